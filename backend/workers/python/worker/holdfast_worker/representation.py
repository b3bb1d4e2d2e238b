"""`repr` within bounds: a list of ten million numbers, a cycle or a text of a gigabyte cost no more than what is shown."""

from __future__ import annotations

from .text import shorten
from .types_safely import class_of, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

MAX_CHARACTERS = 100_000
_MAX_ITEMS = 1000
_MAX_DEPTH = 20
# Python refuses to print larger ones by default (sys.int_info.default_max_str_digits), and its time grows with the square.
_MAX_INT_BITS = 14_000
_BRACKETS = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), frozenset: ("frozenset({", "})"), dict: ("{", "}")}


def bounded_repr(value: object, most: int = MAX_CHARACTERS, items: int | None = _MAX_ITEMS) -> str:
    """Like `repr`, at most `most` characters and of each container so many items (None: all). Calls the value's own `__repr__`: for the main thread, while the cell runs.

    An Exception in a `__repr__` is told in the text; what is no Exception (a cancel) passes through.
    """
    writer = _Writer(most, items)
    writer.write(value, 0)
    return shorten("".join(writer.parts), most)


def bounded_int(value: int) -> str:
    bits = value.bit_length()
    return f"<int of {bits} bits>" if bits > _MAX_INT_BITS else repr(value)


class _Writer:
    def __init__(self, most: int, items: int | None) -> None:
        self._items = items
        self.parts: list[str] = []
        self._left = most
        self._open: set[int] = set()

    def write(self, value: object, depth: int) -> None:
        kind = type(value)
        if kind in _BRACKETS:
            self._write_container(value, kind, depth)
        else:
            self._add(_leaf(value, max(self._left, 0)))

    def _write_container(self, value: Any, kind: type, depth: int) -> None:
        opening, closing = _BRACKETS[kind]
        if id(value) in self._open or depth >= _MAX_DEPTH:
            self._add(f"{opening}...{closing}" if kind is not frozenset else "frozenset({...})")
            return
        if not value and kind in (set, frozenset):
            self._add(f"{type_name(kind)}()")
            return
        self._open.add(id(value))
        self._add(opening)
        if kind is dict:
            self._write_items(value.items(), len(value), depth, True)
        else:
            self._write_items(value, len(value), depth, False)
        self._add(",)" if kind is tuple and len(value) == 1 else closing)
        self._open.discard(id(value))

    def _write_items(self, items: Iterable[Any], count: int, depth: int, pairs: bool) -> None:
        for index, item in enumerate(items):
            if index:
                self._add(", ")
            if index == self._items or self._left <= 0:
                self._add(f"… {count - index} more")
                return
            if pairs:
                self.write(item[0], depth + 1)
                self._add(": ")
                self.write(item[1], depth + 1)
            else:
                self.write(item, depth + 1)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self._left -= len(text)


def _leaf(value: Any, most: int) -> str:
    kind = class_of(value)
    if kind is int:
        return bounded_int(value)
    if kind in (str, bytes, bytearray) and len(value) > most:
        return shorten(repr(value[: most + 1]), most + 1)
    try:
        text = repr(value)
    except Exception as error:
        return f"<{type_name(kind)} object, whose repr raised {_told(error)}>"
    return text if type(text) is str else str.__str__(text)


def _told(error: Exception) -> str:
    try:
        message = str(error)
    except Exception:
        message = ""
    return shorten(f"{type_name(type(error))}: {message}" if message else type_name(type(error)), 500)
