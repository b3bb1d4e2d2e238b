"""A whole value as a file: text, JSON or CSV. What would be too large or take too long is cut off, and said to be."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from itertools import islice

from ..representation import bounded_repr
from ..types_safely import class_of, is_a
from .cells import is_null, text
from .arrays import places
from .table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from .table import Rows

MAX_BYTES = 32 * 1024**2
# A reading is interrupted after 3 s: what has been written by then would be lost.
_MOST_SECONDS = 2.0
_ROWS = 1000
_MAX_DEPTH = 50
_MAX_TEXT = 10_000


def export(value: Any, format: str, table_of: Callable[[Any], Table]) -> tuple[bytes, bool]:
    """The file and whether it was cut off. Raises Refused when the value has no such form."""
    if format == "text":
        return _text(value)
    if format == "csv":
        table = table_of(value)
        return export_rows(value, table, range(table.rows))
    return _collect(_json(value, table_of))


def export_rows(value: Any, table: Table, rows: Rows) -> tuple[bytes, bool]:
    """These rows of a value's table as CSV, and whether it was cut off."""
    if hasattr(class_of(value), "to_csv") and hasattr(class_of(value), "iloc"):
        return _collect(_frame_csv(value, table, rows))
    return _collect(_csv(table, rows))


def _text(value: Any) -> tuple[bytes, bool]:
    if isinstance(value, str):
        written = str.__str__(value[: MAX_BYTES + 1])
    elif hasattr(class_of(value), "to_string"):
        # Tables of pandas: their `repr` leaves rows out.
        parts = (value.iloc[at : at + _ROWS].to_string(header=not at) + "\n" for at in range(0, max(1, len(value)), _ROWS))
        return _collect(part.encode("utf-8", "replace") for part in parts)
    elif class_of(value) in (list, tuple, dict, set) and len(value) > _ROWS:
        return _collect(part.encode("utf-8", "replace") for part in _repr_parts(value))
    else:
        written = bounded_repr(value, MAX_BYTES + 1, items=None)
    return _cut(written.encode("utf-8", "replace"))


def _repr_parts(value: Any) -> Iterator[str]:
    """What `repr` writes of a long container, so many items at a time."""
    cls = class_of(value)
    items: Any = iter(value.items() if cls is dict else value)
    kind: Any = dict if cls is dict else list
    opening, closing = ("(", ")") if cls is tuple else ("[", "]") if cls is list else ("{", "}")
    before = opening
    for _ in range(0, len(value), _ROWS):
        part: Any = kind(islice(items, _ROWS))
        yield before + bounded_repr(part, MAX_BYTES, items=None)[1:-1]
        before = ", "
    yield closing


def _collect(parts: Iterable[bytes]) -> tuple[bytes, bool]:
    """The parts up to the limits of size and time."""
    until = time.monotonic() + _MOST_SECONDS
    data = bytearray()
    for part in parts:
        if data and time.monotonic() > until:
            return bytes(data), True
        data += part
        if len(data) > MAX_BYTES:
            return _cut(bytes(data))
    return bytes(data), False


def _cut(data: bytes) -> tuple[bytes, bool]:
    if len(data) <= MAX_BYTES:
        return data, False
    # Not in the midst of a character.
    return data[:MAX_BYTES].decode("utf-8", "ignore").encode(), True


def _frame_csv(value: Any, table: Table, rows: Rows) -> Iterator[bytes]:
    for at in range(0, max(1, len(rows)), _ROWS):
        text = value.iloc[places(rows[at : at + _ROWS])].to_csv(header=not at, index=table.labels is not None, lineterminator="\n")
        yield text.encode("utf-8", "replace")


def _csv(table: Table, rows: Rows) -> Iterator[bytes]:
    columns = [table.column(index) for index in range(table.columns)]
    names = [column.name for column in columns]
    yield _lines([names if table.labels is None else ["", *names]])
    for at in range(0, len(rows), _ROWS):
        part = rows[at : at + _ROWS]
        labels = [] if table.labels is None else [table.labels(part)]
        yield _lines([["" if is_null(cell) else _csv_cell(cell) for cell in row] for row in zip(*labels, *(column.take(part) for column in columns))])


def _csv_cell(value: Any) -> Any:
    return value if type(value) in (str, int, float, bool) else text(value, _MAX_TEXT)


def _lines(rows: list[list[Any]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode("utf-8", "replace")


def _json(value: Any, table_of: Callable[[Any], Table]) -> Iterator[bytes]:
    """Tables as a list of objects, one a line; so are lists, that a cut leaves whole lines."""
    if is_a(value, list) or is_a(value, tuple):
        yield from _listed(_plain(item, table_of, 1) for item in value)
    elif _is_frame(value):
        yield from _listed(_records(table_of(value)))
    else:
        yield _dump(_plain(value, table_of, 0)) + b"\n"


def _listed(items: Iterable[Any]) -> Iterator[bytes]:
    separator = b"[\n"
    for item in items:
        yield separator + _dump(item)
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def _records(table: Table) -> Iterator[Any]:
    columns = [table.column(index) for index in range(table.columns)]
    names = [column.name for column in columns]
    for at in range(0, table.rows, _ROWS):
        rows = range(at, min(at + _ROWS, table.rows))
        for row in zip(*(column.take(rows) for column in columns)):
            yield {name: _plain(cell, None, 1) for name, cell in zip(names, row)}


def _plain(value: Any, table_of: Callable[[Any], Table] | None, depth: int) -> Any:
    """What JSON can say of it; the `repr` of what it cannot."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return str.__str__(value)
    if is_null(value):
        return None
    if depth >= _MAX_DEPTH:
        return bounded_repr(value, _MAX_TEXT)
    if is_a(value, dict):
        return {key if type(key) is str else text(key, _MAX_TEXT): _plain(item, table_of, depth + 1) for key, item in value.items()}
    if any(is_a(value, kind) for kind in (list, tuple, set, frozenset)):
        return [_plain(item, table_of, depth + 1) for item in value]
    if _is_frame(value) and table_of is not None:
        return list(_records(table_of(value)))
    if hasattr(class_of(value), "tolist"):
        return _plain(value.tolist(), table_of, depth + 1)
    return text(value, _MAX_TEXT)


def _is_frame(value: Any) -> bool:
    return hasattr(class_of(value), "columns") and hasattr(class_of(value), "iloc")


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
