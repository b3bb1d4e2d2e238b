"""Tells cheaply whether a variable would be summarised as before. Calls no user code, neither here nor when two are compared.

Small immutable objects are held and known again by identity; what holds others has a fingerprint of all that its summary shows:
the contents of builtin types within the summary's bounds, of other values the type. A mere address would lie: the next object
is often made where the last one was.
"""

from __future__ import annotations

import types
from itertools import islice
from operator import is_

from .library_types import LIBRARIES
from .scalars import NAMES as SCALARS
from .summaries import ITEM, ITEMS, PREVIEW
from .types_safely import is_subtype, name_of, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Types by their ids, since a metaclass may have its own `__hash__` and `__eq__`. Those of the builtin ones are never given away.
_ITERATED = frozenset(map(id, (tuple, set, frozenset)))
_TEXTS = frozenset(map(id, (str, bytes, bytearray)))
# Equal ones of one type look alike. Those of float do not: there are two zeros.
_EXACT = frozenset(map(id, (int, bool, type(None))))
_SHOWN_WHOLE = frozenset(map(id, (float, complex, range)))
_BUILTIN = _ITERATED | _TEXTS | _EXACT | _SHOWN_WHOLE | {id(list), id(dict)}
_NAMED = frozenset(map(id, (types.FunctionType, types.BuiltinFunctionType)))
_IMMUTABLE = frozenset(map(id, (bool, type(None), float, complex)))
_MEASURED = frozenset(map(id, (int, str, bytes)))
_KEPT_BYTES = 1000
# Of values of these types, and of types derived from them, a summary tells more than the type.
_TOLD: tuple[Any, ...] = (list, tuple, dict, set, frozenset, range, str, bytes, bytearray, types.ModuleType, type, BaseException)
_class_of: Callable[[Any], Any] = type


def fingerprint(value: Any) -> object:
    """None: only the summary itself can tell."""
    cls = _class_of(value)
    kind = id(cls)
    if kind in _EXACT:
        return kind, value
    if kind in _TEXTS:
        return kind, len(value), value[:PREVIEW]
    if kind in _SHOWN_WHOLE:
        return kind, repr(value)
    try:
        if cls is list:
            return kind, len(value), _parts(value[:ITEMS])
        if cls is dict:
            return kind, len(value), _parts(list(islice(value, ITEMS))), _parts(list(islice(value.values(), ITEMS)))
        if kind in _ITERATED:
            return kind, len(value), _parts(list(islice(value, ITEMS)))
    except RuntimeError:
        # It changed size while it was read: another thread is at work on it.
        return None
    if kind in _NAMED:
        return (kind, value.__name__) if _class_of(value.__name__) is str else None
    name = type_name(cls)
    if name in LIBRARIES or name in SCALARS or any(is_subtype(cls, told) for told in _TOLD):
        return None
    return kind, name


def hold(value: Any) -> tuple[int, list[Any], list[Any]] | None:
    """What a summary shows of a builtin value, to be known again by identity. None: some of it can change, or is large."""
    cls = _class_of(value)
    kind = id(cls)
    items: list[Any] = []
    try:
        if cls is dict:
            items = list(islice(value.values(), ITEMS))
        elif cls is not list and kind not in _ITERATED:
            return (0, [value], []) if _is_kept(value) else None
        keys: list[Any] = list(islice(value, ITEMS))
        return (len(value), keys, items) if all(map(_is_kept, keys)) and all(map(_is_kept, items)) else None
    except RuntimeError:
        return None


def is_held(value: Any, held: tuple[int, list[Any], list[Any]]) -> bool:
    """For the object that was held, or another of its type that was made where it was."""
    length, keys, items = held
    if not length:
        return value is keys[0] if keys else not value
    try:
        return length == len(value) and all(map(is_, keys, value)) and (not items or all(map(is_, items, value.values())))
    except RuntimeError:
        return False


def _is_kept(value: Any) -> bool:
    """Whether it never changes and is small."""
    kind = id(_class_of(value))
    return kind in _IMMUTABLE or (kind in _MEASURED and value.__sizeof__() <= _KEPT_BYTES)


def _parts(items: list[Any]) -> tuple[list[Any], list[Any]]:
    kinds = list(map(id, map(_class_of, items)))
    if _EXACT.issuperset(kinds):
        return items, kinds
    shown = [
        item
        if (kind := id(cls := _class_of(item))) in _EXACT or (cls is float and item)
        else item[:ITEM]
        if kind in _TEXTS
        else repr(item)
        if kind in _SHOWN_WHOLE
        else None
        for item in items
    ]
    return shown, kinds if _BUILTIN.issuperset(kinds) else list(map(name_of, map(_class_of, items)))
