"""The text of what cells define at their top level, so that it can be defined again in another process."""

from __future__ import annotations

import ast
import types

from ..cells import Cell
from ..messages import Source
from ..sources import CellText, Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_NAMES = 10_000
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAX_WRAPPERS = 20


class Definition:
    """Lines of a cell, counted as in its file."""

    __slots__ = ("name", "text", "path", "first", "last")

    def __init__(self, name: str, text: CellText, path: str | None, first: int, last: int) -> None:
        self.name = name
        self.text = text
        self.path = path
        self.first = first
        self.last = last

    def told(self) -> dict[str, Any]:
        lines = "\n".join(self.text.line(number) for number in range(self.first, self.last + 1))
        return {"name": self.name, "text": lines, "file": self.text.name, "path": self.path, "line": self.first}


class Definitions:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._latest: dict[str, Definition] = {}

    def note(self, cell: Cell, source: Source) -> None:
        """Before the cell runs: whether it came to its definitions is seen by what their names hold."""
        for statement in _statements(cell.tree.body):
            name = _defined(statement)
            if name is None or (name not in self._latest and len(self._latest) >= _MAX_NAMES):
                continue
            first = min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))])
            last = statement.end_lineno or statement.lineno
            self._latest[name] = Definition(name, cell.shown, source.path, first, last)

    def of(self, name: str, value: object) -> Definition | None:
        """The definition that made the value. Runs code of the value's class when something wraps what was defined."""
        definition = self._latest.get(name)
        if definition is None:
            return None
        inner: Any = value
        for _ in range(_MAX_WRAPPERS):
            if type(inner) is types.FunctionType and self._is_in(definition, inner.__code__):
                return definition
            wrapped = getattr(inner, "__wrapped__", None)
            if wrapped is None or wrapped is inner:
                break
            inner = wrapped
        return definition if isinstance(value, type) and self._makes(definition, value) else None

    def _makes(self, definition: Definition, made: type) -> bool:
        if made.__module__ != "__main__" or made.__qualname__ != definition.name:
            return False
        codes = [member.__code__ for member in vars(made).values() if type(member) is types.FunctionType]
        known = [code for code in codes if self._sources.find(code) is not None]
        # A class without methods has nothing that tells which cell made it.
        return not known or any(self._is_in(definition, code) for code in known)

    def _is_in(self, definition: Definition, code: types.CodeType) -> bool:
        return self._sources.find(code) is definition.text and definition.first <= code.co_firstlineno <= definition.last


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Those that may define a global, branches included."""
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, _DEFINING):
            continue
        for field in ("body", "orelse", "finalbody"):
            found.extend(_statements(getattr(statement, field, [])))
        for handler in getattr(statement, "handlers", ()):
            found.extend(_statements(handler.body))
    return found


def _defined(statement: ast.stmt) -> str | None:
    if isinstance(statement, _DEFINING):
        return statement.name
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda) and len(statement.targets) == 1:
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) else None
    return None
