"""Answers `read_value`: a page of a table, or an export."""

from __future__ import annotations

from ..edits import Refused
from ..messages import Order, ReadValue, Table as TableReading
from ..targets import resolve
from ..text import shorten
from ..types_safely import MISSING, class_of, type_module, type_name
from .arrays import array_table
from .cells import cell, encode
from .exports import export, export_rows
from .plain_tables import plain_table
from .selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .table import Table

MAX_CELLS = 100_000
_MAX_CELL_CHARACTERS = 1000
# In UTF-8 at most four times as many bytes, which a payload holds.
_MAX_PAGE_CHARACTERS = 12_000_000
_MAX_KEPT = 4
_OF_OTHER_LIBRARIES = ("polars", "pyarrow")


class Reader:
    """Keeps tables and orders from page to page, until `forget`: code that runs may change the values."""

    def __init__(self) -> None:
        # The value itself too: another could be made where it was.
        self._tables: dict[int, tuple[Any, Table]] = {}
        self._selections: dict[tuple[Any, ...], Selection] = {}

    def forget(self) -> None:
        self._tables.clear()
        self._selections.clear()

    def read(self, message: ReadValue, namespace: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The outcome and the payload. Raises Refused."""
        value = resolve(message.target, namespace)
        if value is MISSING:
            raise Refused(f"There is no value “{shorten(message.target.expression, 200)}” (any more).")
        if message.table is not None:
            return self._page(value, message.table)
        if message.order is not None:
            data, truncated = self._csv(value, message.order)
        else:
            data, truncated = export(value, message.format or "text", table_of)
        return {"status": "exported", "truncated": truncated}, data

    def _page(self, value: Any, reading: TableReading) -> tuple[dict[str, Any], bytes]:
        table = self._table(value)
        columns = range(table.columns)[reading.first_column : reading.first_column + reading.columns]
        selection = self._selection(value, table, reading)
        rows = selection.page(reading.sort, reading.start, reading.count)
        if len(rows) * len(columns) > MAX_CELLS:
            raise Refused(f"A page of a table has at most {MAX_CELLS} cells: ask for fewer rows or columns.")
        most = min(_MAX_CELL_CHARACTERS, _MAX_PAGE_CHARACTERS // max(1, len(rows) * (len(columns) + 1)))
        taken = [table.column(index).take(rows) for index in columns]
        labels = list(map(int, rows)) if table.labels is None else table.labels(rows)
        page = [[cell(value, most) for value in row] for row in zip(labels, *taken)]
        outcome = {
            "status": "table",
            "columns": [table.column(index).told() for index in columns],
            "totalColumns": table.columns,
            "totalRows": table.rows,
            "matchingRows": len(selection.rows),
        }
        return outcome, encode(page)

    def _csv(self, value: Any, order: Order) -> tuple[bytes, bool]:
        table = self._table(value)
        selection = self._selection(value, table, order)
        return export_rows(value, table, selection.page(order.sort, 0, len(selection.rows)))

    def _table(self, value: Any) -> Table:
        kept = self._tables.get(id(value))
        if kept is not None:
            return kept[1]
        table = table_of(value)
        if len(self._tables) >= _MAX_KEPT:
            self.forget()
        self._tables[id(value)] = value, table
        return table

    def _selection(self, value: Any, table: Table, reading: Order) -> Selection:
        key = (id(value), *((one.column, one.operator, one.text) for one in reading.filters))
        if key not in self._selections:
            if len(self._selections) >= _MAX_KEPT:
                self._selections.clear()
            self._selections[key] = Selection(table, reading.filters)
        return self._selections[key]


def table_of(value: Any) -> Table:
    """Raises Refused for what is none."""
    table = array_table(value) or plain_table(value)
    if table is None:
        name, library = type_name(type(value)), type_module(class_of(value)).partition(".")[0]
        if library in _OF_OTHER_LIBRARIES:
            raise Refused(f"A {name} of {library} is not shown as a table. Make one of pandas of it: .to_pandas().")
        raise Refused(f"A {name} has no rows and columns that could be shown.")
    return table
