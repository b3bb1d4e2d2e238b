"""What a value is, told without running its code: metaclasses and `__class__` may lie, be slow or raise."""

from __future__ import annotations

import types
from itertools import islice

from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

MISSING: Any = object()
# A dict that another thread fills is read again this often.
_ATTEMPTS = 5
_dict: Any = dict
_str: Any = str
_type: Any = type
name_of: Callable[[Any], str] = _type.__dict__["__name__"].__get__
_module = _type.__dict__["__module__"].__get__
_mro = _type.__dict__["__mro__"].__get__
_namespace = _type.__dict__["__dict__"].__get__


def class_of(value: Any) -> Any:
    """`type(value)`: the one that no `__class__` can fake."""
    return _type(value)


def type_name(cls: Any) -> str:
    """The class's own name, at most 100 characters."""
    return shorten(plain_text(name_of(cls)), 100)


def plain_text(text: str) -> str:
    """A name may be of a subclass of `str`, whose methods are the person's."""
    return text if _type(text) is str else _str.__str__(text)


def type_module(cls: Any) -> str:
    try:
        module = _module(cls)
    except AttributeError:
        return ""
    return module if type(module) is str else ""


# Not `in` its order of resolution, which would ask the metaclass of the person's whether two are equal.
_has_subtype: Callable[[Any, Any], bool] = _type.__dict__["__subclasscheck__"]


def is_subtype(cls: Any, base: Any) -> bool:
    """`issubclass` for a base whose metaclass is `type`."""
    return _has_subtype(base, cls)


def is_a(value: Any, cls: type) -> bool:
    """`isinstance` by the real type only."""
    return _has_subtype(cls, _type(value))


def method_of(value: Any, name: str) -> Any:
    """The attribute as it stands in the value's class, unbound; None when no class has it. Never `__getattr__`."""
    for cls in _mro(type(value)):
        namespace = _namespace(cls)
        if name in namespace:
            return namespace[name]
    return None


def mro(cls: Any) -> tuple[Any, ...]:
    return _mro(cls)


def class_namespace(cls: Any) -> Mapping[str, Any]:
    """What the class itself defines."""
    return _namespace(cls)


def class_items(cls: Any) -> list[tuple[Any, Any]]:
    """The same as a copy, made in one step: another thread may add to it."""
    return list(_namespace(cls).items())


def find_in_classes(cls: Any, name: str) -> Any:
    """The attribute as it stands in the class or its bases; `MISSING` when none has it."""
    for base in _mro(cls):
        namespace = _namespace(base)
        if name in namespace:
            return namespace[name]
    return MISSING


def own_attributes(value: Any) -> dict[Any, Any]:
    """The value's own `__dict__`, empty when it has none. Its keys may be anything, it may change meanwhile."""
    for cls in _mro(_type(value)):
        # A property of that name in a subclass is the person's code: the base's own one is taken.
        descriptor = _namespace(cls).get("__dict__")
        if _type(descriptor) is types.GetSetDescriptorType or _type(descriptor) is types.MemberDescriptorType:
            attributes = descriptor.__get__(value)
            return attributes if is_a(attributes, dict) else {}
    return {}


def entries(mapping: Any, start: int, stop: int) -> list[tuple[Any, Any]]:
    """Items of a dict, or of one of a subclass, as they are stored. Safe from any thread."""
    for _ in range(_ATTEMPTS):
        try:
            return list(islice(_dict.items(mapping), start, stop))
        except RuntimeError:
            # It changed size meanwhile.
            continue
    return []


def find_entry(mapping: Any, key: object) -> Any:
    """The entry of a builtin key; `MISSING` when there is none. Compares nothing of the person's, which a look-up by hash might."""
    for _ in range(_ATTEMPTS):
        try:
            for stored, value in _dict.items(mapping):
                if is_same(stored, key):
                    return value
            return MISSING
        except RuntimeError:
            continue
    return MISSING


def is_same(one: Any, other: Any) -> bool:
    """For builtin scalars, texts and tuples of these."""
    if _type(one) is not _type(other):
        return False
    if _type(one) is tuple:
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other
