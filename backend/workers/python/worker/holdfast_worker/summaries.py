"""Variables as the namespace view shows them, made without calling user code: the control thread does it while a cell runs."""

from __future__ import annotations

import types

from .attributes import could_have, is_enum
from .library_types import library_type
from .representation import bounded_int
from .scalars import scalar_text
from .text import shorten
from .types_safely import class_of, find_entry, is_a, own_attributes, plain_text, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PREVIEW = 200
ITEMS = 8
# Characters of a text within a container.
ITEM = 20
# Told apart by `is`, or by id: a metaclass may have its own `__eq__` and `__hash__`.
_TEXTS = (str, bytes, bytearray)
_CONTAINERS = (list, tuple, dict, set, frozenset)
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
_SCALAR_IDS = frozenset(map(id, (float, bool, complex, type(None), range)))
_TEXT_IDS = frozenset(map(id, _TEXTS))
_CONTAINER_IDS = frozenset(map(id, _CONTAINERS))
_FUNCTION_IDS = frozenset(map(id, _FUNCTIONS))
_TABULAR_IDS = frozenset(map(id, (list, tuple)))
_PLAIN_IDS = _SCALAR_IDS | _TEXT_IDS | _FUNCTION_IDS | {id(int)}
_arguments: Any = BaseException.__dict__["args"].__get__
_MAX_DIMENSIONS = 32
# What `tables` can read.
_TABLES = frozenset(("numpy.ndarray", "pandas.DataFrame", "pandas.Series"))


def facts(value: Any) -> dict[str, Any]:
    """The ValueFacts of the protocol."""
    shape = _shape(value) if _kind(value) == "value" else None
    return {
        "type": type_name(type(value)),
        "length": _length(value) if shape is None else (shape[0] if shape else None),
        "shape": shape,
    }


def summarize(name: str, value: Any) -> dict[str, Any]:
    """The Variable of the protocol."""
    kind = _kind(value)
    known = facts(value)
    shape = known["shape"]
    return {
        "name": shorten(name, 500),
        **known,
        "kind": kind,
        "expandable": _is_expandable(value, shape),
        "tabular": is_tabular(value, shape),
        "preview": shorten(_preview(value, kind, shape), PREVIEW).encode("utf-8", "replace").decode(),
    }


def _is_expandable(value: Any, shape: list[int] | None) -> bool:
    """Told by the class where the value has attributes: they come and go without its summary being made anew."""
    if shape is not None:
        # Of a table its columns, of an array its rows.
        return bool(shape) and shape[-1 if type_name(class_of(value)) == "DataFrame" else 0] > 0
    if id(class_of(value)) in _CONTAINER_IDS:
        return len(value) > 0
    return has_insides(value) and (bool(_length(value)) or could_have(class_of(value)))


def has_insides(value: Any) -> bool:
    """False for what is its own text, or runs code when it is looked into."""
    return id(class_of(value)) not in _PLAIN_IDS and scalar_text(value) is None


def is_tabular(value: Any, shape: list[int] | None) -> bool:
    """Whether it can be read as a table. `shape`: that of its facts. Runs no user code."""
    if shape is not None:
        return 1 <= len(shape) <= 2 and library_type(value) in _TABLES
    if class_of(value) is not dict:
        return id(class_of(value)) in _TABULAR_IDS and len(value) > 0
    try:
        columns = _first(value.values())
    except RuntimeError:
        return False
    return len(columns) > 0 and all(id(class_of(column)) in _TABULAR_IDS or library_type(column) in _TABLES for column in columns)


def _kind(value: Any) -> str:
    if id(class_of(value)) in _FUNCTION_IDS:
        return "function"
    if is_a(value, types.ModuleType):
        return "module"
    return "class" if is_a(value, type) else "value"


def _length(value: Any) -> int | None:
    """By the builtin base: a subclass's own `__len__` is user code."""
    if type(value) is range:
        return len(value)
    bases: tuple[Any, ...] = (*_CONTAINERS, *_TEXTS)
    for base in bases:
        if is_a(value, base):
            return base.__len__(value)
    return None


def _shape(value: Any) -> list[int] | None:
    if not library_type(value):
        return None
    try:
        shape = [int(size) for size in value.shape]
    except Exception:
        # The main thread may be in the middle of changing it.
        return None
    return shape if len(shape) <= _MAX_DIMENSIONS else None


def _preview(value: Any, kind: str, shape: list[int] | None) -> str:
    if kind == "module":
        name = _own(value, "__name__")
        return f"<module {name}>" if name else "<module>"
    if kind == "class":
        return f"<class {type_name(value)}>"
    if kind == "function":
        name = "method" if type(value) is types.MethodType else plain_text(value.__name__)
        return f"<function {name}>"
    if shape is not None:
        dtype = str(value.dtype) if type_name(type(value)) == "ndarray" else ""
        return " × ".join(map(str, shape)) + (f" {dtype}" if dtype else "")
    return inline(value, PREVIEW, True)


def inline(value: Any, room: int, nested: bool) -> str:
    """One line for a value: exact builtin types by content, everything else by its type."""
    cls = class_of(value)
    if cls is int:
        return bounded_int(value)
    if id(cls) in _SCALAR_IDS:
        return repr(value)
    if id(cls) in _TEXT_IDS:
        return repr(value[:room])
    if id(cls) in _CONTAINER_IDS and nested:
        return _items(value, cls)
    return (_special(value, room) if nested else None) or f"<{type_name(cls)}>"


def _special(value: Any, room: int) -> str | None:
    cls = class_of(value)
    if is_enum(cls):
        name = find_entry(own_attributes(value), "_name_")
        return f"{type_name(cls)}.{name}" if type(name) is str else None
    if is_a(value, BaseException):
        args: Any = _arguments(value)
        shown = inline(args, room, True) if type(args) is tuple else "(…)"
        return type_name(cls) + (f"{shown[:-2]})" if shown.endswith(",)") else shown)
    return scalar_text(value)


def _items(value: Any, cls: Any) -> str:
    opening, closing = "[]" if cls is list else "()" if cls is tuple else "{}"
    try:
        if cls is dict:
            pairs = _first(value.items())
            shown = [f"{inline(key, ITEM, False)}: {inline(item, ITEM, False)}" for key, item in pairs]
        else:
            shown = [inline(item, ITEM, False) for item in _first(value)]
    except RuntimeError:
        # It changed size while it was read: the main thread is at work on it.
        return f"{opening}…{closing}"
    if len(value) > len(shown):
        shown.append("…")
    return opening + ", ".join(shown) + closing


def _first(items: Any) -> list[Any]:
    return [item for item, _ in zip(items, range(ITEMS))]


def _own(module: Any, name: str) -> str:
    module_type: Any = types.ModuleType
    value: Any = module_type.__dict__["__dict__"].__get__(module).get(name)
    return value if type(value) is str else ""
