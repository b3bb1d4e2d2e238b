"""Lists, tuples and dicts as tables: of scalars, of dicts, of sequences, of columns."""

from __future__ import annotations

from collections import deque

from ..text import shorten
from ..types_safely import find_in_classes, is_a
from .arrays import array_column, is_array
from .table import Column, Table, plain_column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .table import Rows

# The first ones tell which columns there are.
_SAMPLE = 1000
_MAX_COLUMNS = 10_000
_dict: Any = dict


def plain_table(value: Any) -> Table | None:
    """None: it is no such thing."""
    if isinstance(value, dict):
        return _of_dict(dict(_dict.items(value)))
    if any(is_a(value, kind) for kind in (set, frozenset, deque)):
        return _of_rows(list(value))
    return _of_rows(value) if isinstance(value, (list, tuple)) else None


def _of_dict(value: dict[Any, Any]) -> Table:
    """Of columns when each entry is one, else of entries."""
    items = list(value.values())
    if items and all(isinstance(item, (list, tuple)) or is_array(item) for item in items):
        keys, rows = list(map(_name, value)), max(map(len, items))
        return Table(rows, len(items), lambda index: _column(keys[index], items[index], rows))
    labels = list(value)
    return Table(len(items), 1, lambda _: plain_column("value", items), lambda rows: [labels[row] for row in rows])


def _column(name: str, values: Any, rows: int) -> Column:
    """Only a list of cells may be shorter than the table."""
    if not is_array(values):
        return plain_column(name, values)
    return array_column(name, values) if len(values) == rows else plain_column(name, list(values))


def _of_rows(rows: Any) -> Table:
    first = list(rows[:_SAMPLE])
    if first and all(isinstance(row, dict) for row in first):
        keys = list(dict.fromkeys(key for row in first for key in _dict.keys(row)))[:_MAX_COLUMNS]
        return Table(len(rows), len(keys), lambda index: _picked(_name(keys[index]), rows, _by_key(keys[index])))
    if first and all(isinstance(row, (list, tuple)) for row in first):
        width = min(max(map(len, first)), _MAX_COLUMNS)
        fields: Any = find_in_classes(type(first[0]), "_fields")
        names = [str(fields[index]) if is_a(fields, tuple) and index < len(fields) else str(index) for index in range(width)]
        return Table(len(rows), width, lambda index: _picked(names[index], rows, _by_place(index)))
    return Table(len(rows), 1, lambda _: plain_column("value", rows))


def _by_key(key: Any) -> Callable[[Any], Any]:
    return lambda row: row.get(key) if is_a(row, dict) else None


def _by_place(index: int) -> Callable[[Any], Any]:
    return lambda row: row[index] if (is_a(row, list) or is_a(row, tuple)) and index < len(row) else None


def _picked(name: str, rows: Any, pick: Callable[[Any], Any]) -> Column:
    """One value out of each row."""
    sample = plain_column(name, [pick(row) for row in rows[:_SAMPLE]])

    def take(numbers: Rows) -> list[Any]:
        return [pick(rows[number]) for number in numbers]

    return Column(name, sample.kind, sample.type, take)


def _name(key: Any) -> str:
    return key if type(key) is str else shorten(str(key), 250)
