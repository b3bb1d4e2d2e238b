"""A table as the data grid reads it: columns that give values for row numbers, whatever library holds them."""

from __future__ import annotations

from functools import cache

from ..edits import Refused
from ..text import shorten
from .cells import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    # A range, a list of numbers or an array of numpy's.
    Rows = Any


class Column:
    """`take` gives the values at some rows as plain Python ones. The rest is for columns that a library holds, and made once:
    `vector` is all of them as an array of numbers or times and an array that says which are null (or None); `factors` the place
    of each in a list of those that differ, -1 for null, and that list."""

    def __init__(
        self,
        name: str,
        kind: str,
        type_: str,
        take: Callable[[Rows], list[Any]],
        vector: Callable[[], tuple[Any, Any]] | None = None,
        factors: Callable[[], tuple[Any, list[Any]]] | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.type = type_
        self.take = take
        self.vector = vector and cache(vector)
        self.factors = factors and cache(factors)

    def told(self) -> dict[str, str]:
        """The TableColumn of the protocol."""
        return {"name": shorten(self.name, 250), "kind": self.kind, "type": shorten(self.type, 100)}


class Table:
    """`column` makes one by its number. `labels`: of rows, None where they are just numbered."""

    def __init__(
        self,
        rows: int,
        columns: int,
        column: Callable[[int], Column],
        labels: Callable[[Rows], list[Any]] | None = None,
    ) -> None:
        self.rows = rows
        self.columns = columns
        self._column = column
        self._made: dict[int, Column] = {}
        self.labels = labels

    def column(self, index: int) -> Column:
        if not 0 <= index < self.columns:
            raise Refused(f"There is no column {index} (any more): the table has {self.columns}.")
        if index not in self._made:
            self._made[index] = self._column(index)
        return self._made[index]


def plain_column(name: str, values: Sequence[Any], type_: str = "") -> Column:
    """Over a list or tuple of any values. Short columns end in nulls."""
    count = len(values)

    def take(rows: Rows) -> list[Any]:
        if isinstance(rows, range) and rows.step == 1:
            part = list(values[rows.start : rows.stop])
            return part + [None] * (len(rows) - len(part))
        return [values[row] if row < count else None for row in rows]

    kind = kind_of(values)
    return Column(name, kind, type_ or _type_of(values), take)


def _type_of(values: Sequence[Any]) -> str:
    """The one type of the first values, or nothing."""
    names = {type(value).__name__ for value, _ in zip(values, range(1000)) if value is not None}
    return names.pop() if len(names) == 1 else ""
