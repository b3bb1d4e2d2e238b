"""Which values are arrays and tables of well-known libraries. Only the library's own class counts: a subclass may be the person's code."""

from __future__ import annotations

import sys

from .types_safely import class_of, type_module, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Their shapes are read in C or by the library itself, never by code of the person's.
LIBRARIES = {
    "ndarray": ("numpy",),
    "DataFrame": ("pandas", "polars"),
    "Series": ("pandas", "polars"),
    "Table": ("pyarrow",),
    "Tensor": ("torch",),
    "Array": ("jax",),
}


def library_type(value: Any) -> str:
    """For example `pandas.DataFrame`; empty when it is none of those."""
    cls = class_of(value)
    name = type_name(cls)
    for library in LIBRARIES.get(name, ()):
        if type_module(cls).split(".")[0] == library and getattr(sys.modules.get(library), name, None) is cls:
            return f"{library}.{name}"
    return ""
