# %% Programs may ask
# Escape leaves the question open;
# "Holdfast: Answer Pending Prompt" shows it again.

name = input("What is your name? ")

f"Hello, {name}!"

# %% What is typed here is not shown
from getpass import getpass

secret = getpass("A secret: ")

f"It has {len(secret)} characters."

# %% Questions have forms of their own

approve("Delete a row?", diff=("a, 1\nb, 2\n", "a, 1\n", "orders.csv"))

model = choose("Which model?", ["linear", "ridge", "lasso"])

query = review("select * from orders", "Run this query?", language="sql")
