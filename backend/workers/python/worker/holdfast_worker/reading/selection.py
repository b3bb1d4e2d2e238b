"""Which rows of a table are on a page: filtered, sorted, and those from one number to another."""

from __future__ import annotations

import datetime
import sys
from itertools import islice


from ..edits import Refused
from ..messages import Filter
from ..text import shorten
from .cells import is_null, text
from .table import Column, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .table import Rows

# Values at a time: between two chunks the work can be interrupted.
_CHUNK = 20_000
# Rows of an order that are found without putting all in order.
_TOP = 10_000
_MOST = 1000
_REFUSALS = {
    "number": "The column holds numbers, and “{}” is none. Enter a number.",
    "date": "The column holds dates, and “{}” is none. Enter one as 2026-01-31 or 2026-01-31T12:30.",
}


class Selection:
    """The rows that the filters let through, and orders of them. Kept from page to page."""

    def __init__(self, table: Table, filters: list[Filter]) -> None:
        self._table = table
        rows: Rows = range(table.rows)
        for one in filters:
            rows = _filtered(table.column(one.column), one, rows)
        self.rows = rows
        self._sortable: dict[int, tuple[Any, Any]] = {}
        # The first rows of an order, and whole ones.
        self._tops: dict[tuple[int, bool], list[int]] = {}
        self._orders: dict[tuple[int, bool], list[int]] = {}

    def page(self, sort: tuple[int, bool] | None, start: int, count: int) -> Rows:
        start, stop = min(start, len(self.rows)), min(start + count, len(self.rows))
        if sort is None:
            return self.rows[start:stop]
        column = self._table.column(sort[0])
        sortable = column.vector or (column.factors and (lambda: _ranks(column)))
        if sortable is not None:
            if sort[0] not in self._sortable:
                self._sortable[sort[0]] = sortable()
            return _sorted_page(*self._sortable[sort[0]], self.rows, sort[1], start, stop)
        if stop <= _TOP:
            if sort not in self._tops:
                self._tops[sort] = _top(column, self.rows, sort[1])
            return self._tops[sort][start:stop]
        if sort not in self._orders:
            self._orders[sort] = _ordered(column, self.rows, sort[1])
        return self._orders[sort][start:stop]


def _ranks(column: Column) -> tuple[Any, Any]:
    """Numbers that are in the order of the texts: only those that differ are compared."""
    numpy: Any = sys.modules["numpy"]
    assert column.factors is not None
    codes, different = column.factors()
    ranks = numpy.empty(len(different) + 1, dtype="i8")
    ranks[numpy.asarray(sorted(range(len(different)), key=lambda place: _key(different[place])), dtype="i8")] = numpy.arange(len(different))
    return ranks[codes], codes < 0


def _sorted_page(values: Any, nulls: Any, rows: Rows, descending: bool, start: int, stop: int) -> Any:
    """Only the page is put in order, in the order that a stable sort of all would give. Nulls are last."""
    numpy: Any = sys.modules["numpy"]
    numbers = None if isinstance(rows, range) else numpy.asarray(rows, dtype="i8")
    if numbers is not None:
        values, nulls = values[numbers], None if nulls is None else nulls[numbers]
    places = None
    last = numpy.empty(0, dtype="i8")
    if nulls is not None and nulls.any():
        places, last = numpy.flatnonzero(~nulls), numpy.flatnonzero(nulls)
        values = values[places]
    found = _ranked(numpy, values, descending, start, min(stop, len(values)))
    found = found if places is None else places[found]
    after = last[max(0, start - len(values)) : max(0, stop - len(values))]
    found = numpy.concatenate((found, after)) if len(after) else found
    return found if numbers is None else numbers[found]


def _ranked(numpy: Any, values: Any, descending: bool, start: int, stop: int) -> Any:
    """Places of the values of the ranks from `start` to `stop`."""
    if start >= stop:
        return numpy.empty(0, dtype="i8")
    if values.dtype.kind == "M":
        values = values.view("i8")
    if descending:
        # Turns the order round and keeps that of equals.
        values = -values if values.dtype.kind == "f" else ~values
    parted = numpy.partition(values, sorted({start, stop - 1}))
    low, high = parted[start], parted[stop - 1]
    before = int(numpy.count_nonzero(values < low))
    near = numpy.flatnonzero((values >= low) & (values <= high))
    near = near[numpy.argsort(values[near], kind="stable")]
    return near[start - before : stop - before]


def _top(column: Column, rows: Rows, descending: bool) -> list[int]:
    """The first rows in the order that `_ordered` gives."""
    best: list[tuple[Any, int]] = []
    nulls: list[int] = []
    values = _values(column, rows)
    while chunk := list(islice(values, _CHUNK)):
        for row, value in chunk:
            if not is_null(value):
                best.append((_key(value), row))
            elif len(nulls) < _TOP:
                nulls.append(row)
        best.sort(key=_first, reverse=descending)
        del best[_TOP:]
    return ([row for _, row in best] + nulls)[:_TOP]


def _ordered(column: Column, rows: Rows, descending: bool) -> list[int]:
    """All rows in order. In runs that are merged two by two, so that no step is long."""
    keyed: list[tuple[Any, int]] = []
    nulls: list[int] = []
    for row, value in _values(column, rows):
        if is_null(value):
            nulls.append(row)
        else:
            keyed.append((_key(value), row))
    runs = [sorted(keyed[at : at + _CHUNK], key=_first, reverse=descending) for at in range(0, len(keyed), _CHUNK)]
    while len(runs) > 1:
        # `sorted` finds the runs again, and keeps equal ones in their order.
        runs = [sorted([*runs[at], *(runs[at + 1] if at + 1 < len(runs) else ())], key=_first, reverse=descending) for at in range(0, len(runs), 2)]
    return [row for _, row in runs[0]] + nulls if runs else nulls


def _first(pair: tuple[Any, int]) -> Any:
    return pair[0]


def _key(value: Any) -> tuple[int, Any]:
    """Numbers, then text, then the rest by its text."""
    if isinstance(value, (int, float)):
        return 0, value
    if type(value) is str:
        return 1, value
    return 2, text(value, _MOST)


def _values(column: Column, rows: Rows) -> Iterator[tuple[int, Any]]:
    for at in range(0, len(rows), _CHUNK):
        chunk = rows[at : at + _CHUNK]
        yield from zip(map(int, chunk), column.take(chunk))


def _filtered(column: Column, one: Filter, rows: Rows) -> Rows:
    wanted: Any = None
    if one.operator in ("equals", "less", "greater") and column.kind in ("number", "date"):
        wanted = _number(one.text) if column.kind == "number" else _date(one.text)
        if wanted is None and one.operator != "equals":
            raise Refused(_REFUSALS[column.kind].format(shorten(one.text, 100)))
    fits = _test(one.operator, one.text, wanted if column.kind == "number" else None)
    mask = _mask(column, one.operator, wanted, fits)
    if mask is None:
        return [row for row, value in _values(column, rows) if fits(value)]
    numpy: Any = sys.modules["numpy"]
    if type(rows) is range:
        return numpy.flatnonzero(mask)
    chosen = numpy.asarray(rows, dtype="i8")
    return chosen[mask[chosen]]


def _mask(column: Column, operator: str, wanted: Any, fits: Callable[[Any], bool]) -> Any:
    """Which rows fit, as an array; None where each value has to be asked."""
    numpy: Any = sys.modules.get("numpy")
    if column.factors is not None:
        codes, different = column.factors()
        # The last one is the null's: its place is -1.
        return numpy.asarray([*map(fits, different), fits(None)], dtype=bool)[codes]
    if column.vector is None:
        return None
    values, nulls = column.vector()
    if operator in ("empty", "not_empty"):
        nulls = numpy.zeros(len(values), dtype=bool) if nulls is None else nulls
        return nulls if operator == "empty" else ~nulls
    if values.dtype.kind == "M":
        if wanted is None:
            texts: list[str] = numpy.datetime_as_string(values).tolist()
            return numpy.asarray([*map(fits, texts)], dtype=bool) & ~nulls
        wanted = numpy.datetime64(wanted)
        if operator == "equals" and numpy.datetime_data(wanted)[0] == "D":
            values = values.astype("M8[D]")
    return None if wanted is None else values == wanted if operator == "equals" else values < wanted if operator == "less" else values > wanted


def _test(operator: str, wanted: str, number: Any) -> Callable[[Any], bool]:
    if operator == "empty":
        return lambda value: is_null(value) or value == ""
    if operator == "not_empty":
        return lambda value: not (is_null(value) or value == "")
    if operator == "contains":
        part = wanted.lower()
        return lambda value: not is_null(value) and part in _text(value).lower()
    if number is None:
        compare: Callable[[Any], bool] = _compare(operator, wanted)
        return lambda value: not is_null(value) and compare(_text(value))
    by_number = _compare(operator, number)
    return lambda value: isinstance(value, (int, float)) and by_number(value)


def _compare(operator: str, wanted: Any) -> Callable[[Any], bool]:
    if operator == "equals":
        return lambda value: bool(value == wanted)
    if operator == "less":
        return lambda value: bool(value < wanted)
    return lambda value: bool(value > wanted)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if type(value) is str else str(value) if isinstance(value, (int, float)) else text(value, _MOST)


def _date(written: str) -> str | None:
    """A date, with a time or without, as ISO 8601 writes it."""
    try:
        datetime.datetime.fromisoformat(written.strip())
    except ValueError:
        return None
    return written.strip()


def _number(written: str) -> Any:
    for read in (int, float):
        try:
            return read(written.strip())
        except ValueError:
            continue
    return None
