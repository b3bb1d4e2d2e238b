# %% Loops show how far they are
import time

for number in progress(range(20), label="Counting"):
    time.sleep(0.05)

# %% Files: written whole, or not at all
write_file("holdfast-example.csv", "a,1\nb,2\n")

list_files(".", "holdfast-*.csv")

read_file("holdfast-example.csv").splitlines()

# %% Commands: what they write is shown as it comes
result = shell(["sort", "-r", "holdfast-example.csv"])

result.exit_code, result.stdout

# %% In code that awaits, tasks go on meanwhile
import asyncio

await asyncio.gather(shell.aio("sleep 0.3"), asyncio.sleep(0.3, "both took 0.3 s"))

# %% What programs of this workspace remember
store["runs"] = store.get("runs", 0) + 1

store["runs"] > 0

# %% Tidy up
import os

os.remove("holdfast-example.csv")
