"""Rows and columns of arrays and tables, read by the library that made them: its own classes and kinds of data only.

An extension of the person's (a kind of column, a subclass) is left alone. The main thread may be changing the value meanwhile: what
the library then raises makes it a value without children.
"""

from __future__ import annotations

from .library_types import library_type
from .types_safely import MISSING, class_of, is_same, type_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TRUSTED = ("numpy", "pandas", "polars")
_WIDEST = 100_000


def rows(value: Any, start: int, stop: int) -> list[Any]:
    """Elements of an array's first dimension: scalars, or arrays of one dimension less. Never raises."""
    try:
        part = value[start:stop]
        return part.tolist() if len(value.shape) == 1 else [part[index] for index in range(len(part))]
    except Exception:
        return []


def labels(value: Any) -> list[Any]:
    """Those of a table's columns, in their order; empty for other values. Never raises."""
    kind = library_type(value)
    try:
        if kind == "pandas.DataFrame":
            columns = value.columns
            return columns[:_WIDEST].tolist() if _is_trusted(columns.dtype) else []
        return list(value.columns) if kind == "polars.DataFrame" else []
    except Exception:
        return []


def column(value: Any, index: int) -> Any:
    """A column of a table by its place; `MISSING` where it cannot be had. Never raises."""
    try:
        if library_type(value) == "polars.DataFrame":
            return value.to_series(index)
        # Not by its label: that fills a cache that the main thread may be using.
        found = value.iloc[:, index]
        return found if _is_trusted(found.dtype) else MISSING
    except Exception:
        return MISSING


def elements(series: Any, start: int, stop: int) -> list[tuple[Any, Any]]:
    """Labels and values of a Series. Never raises."""
    try:
        if library_type(series) == "polars.Series":
            values: list[Any] = series[start:stop].to_list()
            return list(enumerate(values, start))
        part = series.iloc[start:stop]
        if not _is_trusted(part.dtype) or not _is_trusted(part.index.dtype):
            return []
        return list(zip(part.index.tolist(), part.tolist()))
    except Exception:
        return []


def length(value: Any) -> int:
    """Of the first dimension. Never raises."""
    try:
        return int(value.shape[0]) if value.shape else 0
    except Exception:
        return 0


def kind_of_data(value: Any) -> str:
    """As the library calls it, for example `float64`. Never raises."""
    try:
        dtype = value.dtype
        return str(dtype) if _is_trusted(dtype) else ""
    except Exception:
        return ""


def find_column(value: Any, label: object) -> Any:
    """`MISSING` unless it is a table with a column of that label."""
    for index, found in enumerate(labels(value)):
        if is_same(found, label):
            return column(value, index)
    return MISSING


def _is_trusted(dtype: Any) -> bool:
    return type_module(class_of(dtype)).split(".")[0] in _TRUSTED
