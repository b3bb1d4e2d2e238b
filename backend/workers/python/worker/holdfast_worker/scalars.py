"""The text of small values that are no builtin types but read like one: dates, decimals, paths, the numbers of numpy.

Only the library's own class counts, and a time zone only when it is Python's: a subclass may be the person's code.
"""

from __future__ import annotations

import sys

from .representation import bounded_int
from .types_safely import class_of, type_module, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NUMPY = (
    "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 longlong ulonglong float16 float32 float64 longdouble complex64 complex128"
    " datetime64 timedelta64 str_ bytes_"
)
_MODULES: dict[str, str] = {
    **dict.fromkeys(("date", "datetime", "time", "timedelta", "timezone"), "datetime"),
    **dict.fromkeys(("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"), "pathlib"),
    **dict.fromkeys(("Timestamp", "Timedelta", "Period"), "pandas"),
    **dict.fromkeys(_NUMPY.split(), "numpy"),
    "Decimal": "decimal",
    "Fraction": "fractions",
    "UUID": "uuid",
}
NAMES = frozenset(_MODULES)
_ZONES = ("NoneType", "timezone", "ZoneInfo", "UTC")
_BUILTIN: Any = (int, float, bool, complex, str, bytes)


def scalar_text(value: Any) -> str | None:
    """None for any other value, and where it cannot be told."""
    cls = class_of(value)
    name = type_name(cls)
    module = _MODULES.get(name)
    if module is None or type_module(cls).split(".")[0] != module or getattr(sys.modules.get(module), name, None) is not cls:
        return None
    try:
        if name in ("datetime", "time", "Timestamp") and type_name(class_of(value.tzinfo)) not in _ZONES:
            return None
        plain = value.item() if module == "numpy" else value
    except Exception:
        return None
    if type(plain) is int:
        return bounded_int(plain)
    if type(plain) is str or type(plain) is bytes:
        return repr(plain[:1000])
    return repr(plain) if any(type(plain) is kind for kind in _BUILTIN) else str(value)
