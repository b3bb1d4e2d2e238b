// %% Two minutes with Holdfast, in TypeScript
// Put the cursor on a line and press Ctrl+Enter (on a Mac: Cmd+Enter).
// The value appears at the end of the line.

6 * 7

interface Planet {
  name: string
  distance: number
}

const planets: Planet[] = [
  { name: 'Mercury', distance: 0.39 },
  { name: 'Venus', distance: 0.72 },
  { name: 'Earth', distance: 1 },
  { name: 'Mars', distance: 1.52 },
]

// The next statement sees what the one before has made.
// Look at the Holdfast view in the side bar, too.
planets.filter((planet) => planet.distance < 1).map(({ name }) => name)

// A constant may be declared again: edit it and run the line once more.
const astronomicalUnit = 149_597_870.7

Math.round(planets[3].distance * astronomicalUnit)

// %% Output appears while it is printed
// A statement of several lines runs as a whole.
// The results panel has everything that it printed.

for (const { name, distance } of planets) {
  console.log(name.padEnd(8), '.'.repeat(distance * 10), distance)
}

// %% Imports and await work at the top level
import { setTimeout as sleep } from 'node:timers/promises'

await sleep(300, 'three tenths of a second later')

// %% Cancel always ends it
// Run the loop, then "Holdfast: Cancel Execution" from the command palette.
// `steps` is still there.
let steps = 0

for (const end = Date.now() + 3000; Date.now() < end; steps++);

steps > 0
