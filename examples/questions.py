# %% Programs may ask
# Escape leaves the question open;
# "Holdfast: Answer Pending Prompt" shows it again.

name = input("What is your name? ")

f"Hello, {name}!"

# %% What is typed here is not shown
from getpass import getpass

secret = getpass("A secret: ")

f"It has {len(secret)} characters."
