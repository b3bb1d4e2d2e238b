# %% Errors name the line, and nothing is lost
# Rest the mouse on the error to see where it comes from.

moons = {"Earth": 1, "Mars": 2}


def moons_of(planet):
    return moons[planet]


moons_of("Vulcan")

# The session goes on with all that it had.
moons_of("Mars")
