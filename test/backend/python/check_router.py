"""Reads the table of modes with the worker's own compiler and router: check_router.py WORKER_FOLDER TABLE.

Writes one JSON object a cell: `{"session", "code", "line", "expected", "mode"}`.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
from holdfast_worker.cells import Compiler  # noqa: E402
from holdfast_worker.router import Router  # noqa: E402
from holdfast_worker.sources import Sources  # noqa: E402


class Source:
    name, path, column = "<table>", None, 0

    def __init__(self, line):
        self.line = line


def cells(text):
    """Session, line of the label, mode, code."""
    session, cell = None, None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("# ==", "# %%")) and cell:
            yield cell
            cell = None
        if line.startswith("# =="):
            session = line[4:].strip()
        elif line.startswith("# %%"):
            cell = [session, number, line[4:].strip(), ""]
        elif cell:
            cell[3] += line + "\n"
    if cell:
        yield cell


with open(sys.argv[2], encoding="utf-8") as file:
    table = list(cells(file.read()))
current = router = compiler = None
for session, line, expected, code in table:
    if session != current:
        current, router, compiler = session, Router(), Compiler(Sources())
    cell = compiler.compile(code, Source(line + 1))
    mode = router.route(cell.tree, cell.awaits).mode
    print(json.dumps({"session": session, "code": code, "line": line, "expected": expected, "mode": mode}))
