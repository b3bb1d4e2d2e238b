"""A value as text of several lines, for a hover. Within bounds, and without calling user code."""

from __future__ import annotations

import types

from . import library_values
from .children import Children
from .library_types import library_type
from .signatures import describe_class, describe_function
from .summaries import inline, summarize
from .text import shorten
from .types_safely import MISSING, class_of, entries, is_a, own_attributes, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

MAX_CHARACTERS = 4000
_WIDTH = 80
_MAX_DEPTH = 4
_MAX_ITEMS = 50
_MAX_ROWS = 10
_TEXT = 500
_NARROW = 24
_BRACKETS: dict[int, tuple[str, str]] = {
    id(list): ("[", "]"),
    id(tuple): ("(", ")"),
    id(set): ("{", "}"),
    id(frozenset): ("frozenset({", "})"),
    id(dict): ("{", "}"),
}
_FUNCTIONS: Any = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
)


def describe(value: Any) -> str:
    """At most `MAX_CHARACTERS`."""
    return shorten(_describe(value), MAX_CHARACTERS)


def _describe(value: Any) -> str:
    cls = class_of(value)
    kind = library_type(value)
    if any(cls is function for function in _FUNCTIONS):
        return describe_function(value)
    if is_a(value, types.ModuleType):
        return _module(value)
    if is_a(value, type):
        return describe_class(value)
    if kind:
        return _library_value(value, kind)
    if cls is str or cls is bytes or cls is bytearray:
        return repr(value[:MAX_CHARACTERS])
    if id(cls) in _BRACKETS:
        return _Pretty().write(value, 0, 0)
    if Children(value).total:
        return _object(value)
    return inline(value, _TEXT, True)


def _module(module: Any) -> str:
    about = dict(entries(own_attributes(module), 0, 100))
    file, doc = about.get("__file__"), about.get("__doc__")
    text = summarize("", module)["preview"] + (f"\n{file}" if type(file) is str else "")
    return text + (f"\n\n{doc.strip()[:2000]}" if type(doc) is str else "")


def _library_value(value: Any, kind: str) -> str:
    head = f"{type_name(class_of(value))} {summarize('', value)['preview']}"
    lines: Iterable[str] = ()
    if kind == "numpy.ndarray":
        lines = _array_rows(value)
    elif kind.endswith(".DataFrame"):
        labels = library_values.labels(value)
        lines = (f"{label if type(label) is str else inline(label, 40, True)}: {_dtype(value, index)}" for index, label in enumerate(labels[:_MAX_ITEMS]))
    elif kind.endswith(".Series"):
        head += f" {library_values.kind_of_data(value)}"
        lines = (f"{inline(label, 40, True)}: {inline(item, 60, True)}" for label, item in library_values.elements(value, 0, _MAX_ROWS))
    return "\n".join([head, *(f"  {line}" for line in lines)])


def _dtype(table: Any, index: int) -> str:
    column = library_values.column(table, index)
    return "?" if column is MISSING else library_values.kind_of_data(column)


def _array_rows(array: Any) -> list[str]:
    if not 1 <= len(array.shape) <= 2:
        return []
    rows = library_values.rows(array, 0, _MAX_ROWS)
    if len(array.shape) == 2:
        rows = [library_values.rows(row, 0, _MAX_ROWS) for row in rows]
    lines = [inline(row, _WIDTH, True) for row in rows]
    if library_values.length(array) > len(lines):
        lines.append("…")
    return lines if len(array.shape) == 2 else list(_filled(lines, _WIDTH))


def _object(value: Any) -> str:
    """The type, then what it holds a line each."""
    children = Children(value)
    page = [child for child in children.page(0, _MAX_ITEMS) if child.value is not MISSING]
    lines = [_line(value), *(f"  {child.name}: {_line(child.value)}" for child in page)]
    if len(page) == _MAX_ITEMS and children.total > _MAX_ITEMS:
        lines.append(f"  … {children.total - _MAX_ITEMS} more")
    return "\n".join(lines)


def _line(value: Any) -> str:
    text: str = summarize("", value)["preview"]
    return text


def _filled(parts: list[str], width: int) -> Iterator[str]:
    """Many short items: as many on a line as fit."""
    line = ""
    for part in parts:
        if line and len(line) + len(part) + 2 > width:
            yield line
            line = ""
        line += f", {part}" if line else part
    yield line


class _Pretty:
    """Containers over several lines where one is too narrow, as `pprint` does, which calls `repr`."""

    def __init__(self) -> None:
        self._left = MAX_CHARACTERS
        self._open: set[int] = set()

    def write(self, value: Any, indent: int, depth: int) -> str:
        cls = class_of(value)
        brackets = _BRACKETS.get(id(cls))
        if brackets is None:
            text = inline(value, min(_TEXT, max(self._left, 20)), True)
            self._left -= len(text)
            return text
        if id(value) in self._open or depth >= _MAX_DEPTH:
            return f"{brackets[0]}…{brackets[1]}"
        self._open.add(id(value))
        parts = self._parts(value, indent + 1, depth + 1)
        self._open.discard(id(value))
        if cls is tuple and len(parts) == 1:
            parts[0] += ","
        if not parts and (cls is set or cls is frozenset):
            return f"{type_name(cls)}()"
        line = ", ".join(parts)
        if indent + len(line) <= _WIDTH and "\n" not in line:
            return brackets[0] + line + brackets[1]
        self._left -= (indent + 2) * len(parts)
        space = " " * (indent + 1)
        if cls is not dict and all(len(part) <= _NARROW for part in parts):
            return brackets[0] + f",\n{space}".join(_filled(parts, _WIDTH - indent)) + brackets[1]
        return brackets[0] + f",\n{space}".join(parts) + brackets[1]

    def _parts(self, value: Any, indent: int, depth: int) -> list[str]:
        parts: list[str] = []
        total = len(value)
        if class_of(value) is dict:
            for key, item in entries(value, 0, _MAX_ITEMS):
                if self._left <= 0:
                    break
                name = inline(key, 100, True)
                parts.append(f"{name}: {self.write(item, indent + min(len(name) + 2, 20), depth)}")
        else:
            for child in Children(value).page(0, _MAX_ITEMS):
                if self._left <= 0:
                    break
                parts.append(self.write(child.value, indent, depth))
        if total > len(parts):
            parts.append(f"… {total - len(parts)} more")
        return parts
