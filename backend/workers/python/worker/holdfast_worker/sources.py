"""The text of each cell, kept as long as its code lives: tracebacks show what ran, not what the file says now."""

from __future__ import annotations

import linecache
import types
import weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType


class CellText:
    """The lines of a cell as they stand in their file. `name` is shown, `key` is the name of these lines in `linecache`."""

    __slots__ = ("name", "key", "first_line", "lines")

    def __init__(self, number: int, name: str, first_line: int, lines: list[str]) -> None:
        self.name = name
        self.key = f"<holdfast cell {number}>"
        self.first_line = first_line
        self.lines = lines

    def line(self, number: int) -> str:
        index = number - self.first_line
        return self.lines[index] if 0 <= index < len(self.lines) else ""


class Sources:
    def __init__(self) -> None:
        self._texts: dict[int, tuple[weakref.ref[CodeType], CellText]] = {}

    def register(self, code: CodeType, text: CellText) -> None:
        """Remembers the text for the code and for everything defined in it."""
        key = id(code)

        def forget(_: object) -> None:
            self._texts.pop(key, None)

        self._texts[key] = (weakref.ref(code, forget), text)
        for constant in code.co_consts:
            if type(constant) is types.CodeType:
                self.register(constant, text)

    def find(self, code: CodeType) -> CellText | None:
        entry = self._texts.get(id(code))
        return entry[1] if entry is not None and entry[0]() is code else None

    def publish(self, text: CellText) -> None:
        """Lets `inspect.getsource`, `pdb` and `warnings` see the cell at its place in its file, among earlier cells of it."""
        known = linecache.cache.get(text.name)
        lines = list(known[2]) if known is not None and len(known) == 4 and known[1] is None else []
        last = text.first_line - 1 + len(text.lines)
        lines.extend(["\n"] * (last - len(lines)))
        lines[text.first_line - 1 : last] = [line + "\n" for line in text.lines]
        # A modification time of None keeps `linecache.checkcache` from dropping it for what is on disk.
        linecache.cache[text.name] = (sum(map(len, lines)), None, lines, text.name)
