"""The cells of a table as JSON has them, and of which kind a column is."""

from __future__ import annotations

import datetime
import decimal
import json

from ..representation import bounded_repr
from ..text import shorten
from ..types_safely import class_of, type_module, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Union

    Cell = Union[str, int, float, bool, None]

_LARGEST = 2**53 - 1
_SAMPLE = 1000
_NUMBERS = (int, float, decimal.Decimal)
_DATES = (datetime.date, datetime.time)


def is_null(value: Any) -> bool:
    """None, NaN, and what pandas has for them."""
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    return type_name(type(value)) in ("NaTType", "NAType")


def cell(value: Any, most: int) -> Cell:
    """Text of at most `most` characters. Calls `__repr__` of what is no scalar."""
    kind = class_of(value)
    if kind is str:
        return shorten(value, most)
    if kind is bool or value is None:
        return value
    if kind is int:
        return value if -_LARGEST <= value <= _LARGEST else shorten(bounded_repr(value), most)
    if kind is float:
        return None if value != value else value if abs(value) != float("inf") else str(value)
    if is_null(value):
        return None
    plain = _of_numpy(value)
    return shorten(text(value, most), most) if plain is value else cell(plain, most)


def text(value: Any, most: int) -> str:
    """How a person reads a value that is not null."""
    if isinstance(value, _DATES):
        return value.isoformat()
    if type_name(type(value)) in ("datetime64", "timedelta64") or isinstance(value, (decimal.Decimal, datetime.timedelta)):
        return str(value)
    if isinstance(value, str):
        return str.__str__(value)
    return bounded_repr(_of_numpy(value), most)


def _of_numpy(value: Any) -> Any:
    """The plain number or text for one of numpy's; anything else as it is."""
    if type_module(class_of(value)) != "numpy" or not hasattr(value, "item") or value.ndim or value.dtype.kind not in "biufUS":
        return value
    plain = value.item()
    # A long double stays what it is.
    return value if type_module(class_of(plain)) == "numpy" else plain


def kind_of(values: Iterable[Any]) -> str:
    """Of the first values that are not null; `other` where there are several kinds or none."""
    kinds: set[str] = set()
    for value, _ in zip(values, range(_SAMPLE)):
        if not is_null(value):
            kinds.add(_kind(value))
    return kinds.pop() if len(kinds) == 1 else "other"


def _kind(value: Any) -> str:
    value = _of_numpy(value)
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, _NUMBERS):
        return "number"
    if isinstance(value, str):
        return "text"
    return "date" if isinstance(value, _DATES) else "other"


def encode(rows: Any) -> bytes:
    return json.dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
