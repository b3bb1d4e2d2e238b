// %% Errors name the line, and nothing is lost
// Rest the mouse on the error to see where it comes from.

const moons: Record<string, { count: number }> = { Earth: { count: 1 }, Mars: { count: 2 } }

function moonsOf(planet: string): number {
  return moons[planet].count
}

moonsOf('Vulcan')

// The session goes on with all that it had.
moonsOf('Mars')
