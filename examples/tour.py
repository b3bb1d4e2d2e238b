# %% Two minutes with Holdfast, in Python
# Put the cursor on a line and press Ctrl+Enter (on a Mac: Cmd+Enter).
# The value appears at the end of the line.

6 * 7

planets = {"Mercury": 0.39, "Venus": 0.72, "Earth": 1.0, "Mars": 1.52}

# The next statement sees what the one before has made.
# Look at the Holdfast view in the side bar, too.
max(planets, key=planets.get)

[name.upper() for name in planets]

# %% Output appears while it is printed
# A statement of several lines runs as a whole.
# The results panel has everything that it printed.

for name, distance in planets.items():
    print(f"{name:<8} {'.' * round(distance * 10)} {distance}")

# %% Await works at the top level
import asyncio

await asyncio.sleep(0.3, "three tenths of a second later")

# %% Cancel always ends it
# Run the loop, then "Holdfast: Cancel Execution" from the command palette.
# `step` is still there.
import time

for step in range(1, 31):
    time.sleep(0.1)

f"the loop came to step {step}"
