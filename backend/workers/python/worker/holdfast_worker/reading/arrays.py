"""Arrays of numpy and tables of pandas. Imports neither: what is not loaded made no value."""

from __future__ import annotations

import sys

from ..edits import Refused
from ..text import shorten
from .cells import kind_of
from .table import Column, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .table import Rows

# Values at a time.
_CHUNK = 50_000
_KINDS = {"i": "number", "u": "number", "f": "number", "b": "boolean", "M": "date", "U": "text", "S": "text"}


def is_array(value: Any) -> bool:
    """One column: an array of one dimension, a Series or an Index."""
    return _is(value, "pandas", "Series", "Index") or (_is(value, "numpy", "ndarray") and value.ndim == 1 and not value.dtype.names)


def array_table(value: Any) -> Table | None:
    """None: it is neither numpy's nor pandas'."""
    if _is(value, "pandas", "DataFrame"):
        names = [label if type(label) is str else shorten(str(label), 250) for label in value.columns]
        return Table(len(value), len(names), lambda index: _series_column(names[index], value.iloc[:, index]), _labels(value.index))
    if _is(value, "pandas", "Series"):
        name = "value" if value.name is None else str(value.name)
        return Table(len(value), 1, lambda _: _series_column(name, value), _labels(value.index))
    if _is(value, "pandas", "Index"):
        return Table(len(value), 1, lambda _: array_column(str(value.name or "value"), value))
    if _is(value, "numpy", "ndarray"):
        return _array(value)
    return None


def array_column(name: str, value: Any) -> Column:
    """Of what `is_array`."""
    if _is(value, "numpy", "ndarray"):
        return _array_column(name, value)
    return _series_column(name, value if _is(value, "pandas", "Series") else value.to_series())


def _array(value: Any) -> Table:
    if value.ndim == 1 and value.dtype.names:
        names = list(value.dtype.names)
        return Table(len(value), len(names), lambda index: _array_column(names[index], value[names[index]]))
    if value.ndim == 1:
        return Table(len(value), 1, lambda _: _array_column("value", value))
    if value.ndim == 2:
        return Table(value.shape[0], value.shape[1], lambda index: _array_column(str(index), value[:, index]))
    raise Refused(f"An array of {value.ndim} dimensions is no table. Open one of its rows, such as [0].")


def _array_column(name: str, array: Any) -> Column:
    kind = _KINDS.get(array.dtype.kind) or ("other" if array.dtype.kind != "O" else kind_of(array[:1000].tolist()))

    def take(rows: Rows) -> list[Any]:
        part = array[places(rows)]
        values: list[Any] = part.tolist() if part.dtype.kind not in "Mm" else list(part.astype(str))
        return [None if value == "NaT" else value for value in values] if part.dtype.kind in "Mm" else values

    return Column(name, kind, str(array.dtype), take, (lambda: _comparable(array)) if array.dtype.kind in "iufbM" else None)


def _series_column(name: str, series: Any) -> Column:
    dtype = series.dtype
    of_numpy = _is(dtype, "numpy", "dtype")
    plain = of_numpy and dtype.kind in "iufbM"
    kind = _KINDS.get(dtype.kind) if of_numpy else _extension_kind(series)

    def take(rows: Rows) -> list[Any]:
        return series.iloc[places(rows)].tolist()

    kind = kind or kind_of(series.iloc[:1000].tolist())
    if plain:
        return Column(name, kind, str(dtype), take, vector=lambda: _comparable(series.to_numpy()))
    return Column(name, kind, str(dtype), take, factors=(lambda: _factors(series)) if kind == "text" else None)


def _factors(series: Any) -> tuple[Any, list[Any]]:
    """Made in pieces, between which the work can be interrupted: of a million texts pandas needs a tenth of a second."""
    numpy: Any = sys.modules["numpy"]
    places: dict[Any, int] = {}
    codes = numpy.empty(len(series), dtype="i8")
    for at in range(0, len(series), _CHUNK):
        own, different = sys.modules["pandas"].factorize(series.iloc[at : at + _CHUNK])
        found = [places.setdefault(value, len(places)) for value in different.tolist()]
        # Null is -1, which takes the last.
        codes[at : at + _CHUNK] = numpy.asarray([*found, -1], dtype="i8")[own]
    return codes, list(places)


def _extension_kind(series: Any) -> str | None:
    types: Any = sys.modules["pandas"].api.types
    dtype = series.dtype
    if types.is_bool_dtype(dtype):
        return "boolean"
    if types.is_numeric_dtype(dtype):
        return "number"
    if types.is_datetime64_any_dtype(dtype):
        return "date"
    return "text" if types.is_string_dtype(dtype) and dtype.name != "category" else None


def _comparable(array: Any) -> tuple[Any, Any]:
    """Numbers and times as they are. Nulls: NaN and NaT."""
    numpy: Any = sys.modules["numpy"]
    if array.dtype.kind == "M":
        return array, numpy.isnat(array)
    if array.dtype.kind == "b":
        return array.view("u1"), None
    return array, numpy.isnan(array) if array.dtype.kind == "f" else None


def _labels(index: Any) -> Callable[[Rows], list[Any]] | None:
    if _is(index, "pandas", "RangeIndex") and index.start == 0 and index.step == 1:
        return None
    return lambda rows: index[places(rows)].tolist()


def places(rows: Rows) -> Any:
    """What takes these rows."""
    if isinstance(rows, range) and rows.step == 1:
        return slice(rows.start, rows.stop)
    numpy: Any = sys.modules["numpy"]
    return numpy.asarray(rows, dtype="i8")


def _is(value: Any, library: str, *names: str) -> bool:
    module = sys.modules.get(library)
    return any(isinstance(value, getattr(module, name, ())) for name in names)
