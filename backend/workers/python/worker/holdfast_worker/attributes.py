"""Attributes of values as they are stored: no descriptor of the person's is called, no `__getattr__`, no `__dir__`."""

from __future__ import annotations

import functools
import types

from .types_safely import (
    MISSING,
    class_items,
    class_namespace,
    class_of,
    entries,
    find_entry,
    find_in_classes,
    is_a,
    mro,
    own_attributes,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Attributes = list[tuple[str, Any]]

_Slot: Any = types.MemberDescriptorType
_MOST = 100_000
# What they give is what they are bound to a value: the function itself says more about it.
_PLAIN = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, type)
# Taken from the wrapper in C, which a subclass of the person's cannot change.
_WRAPPED: Any = tuple((kind, kind.__dict__["__func__"].__get__) for kind in (staticmethod, classmethod))
_property_types = (property, functools.cached_property, types.DynamicClassAttribute, types.GetSetDescriptorType)


def stored(value: Any) -> Attributes:
    """What the value itself holds: its dict in order of assignment, then its slots. Of a class or a module, what that defines."""
    if is_a(value, type):
        return _members(value)
    own = [(name, item) for name, item in entries(own_attributes(value), 0, _MOST) if type(name) is str and not is_dunder(name)]
    if is_a(value, types.ModuleType):
        return own
    return _public_enum(value, own) + list(_slots(value, {name for name, _ in own}))


def getters(value: Any) -> list[str]:
    """Public properties of the value's class that it has no stored value for."""
    if is_a(value, type) or is_a(value, types.ModuleType):
        return []
    seen = {*map(_first, stored(value)), *fields(value)}
    names: list[str] = []
    for cls in mro(class_of(value)):
        for name, member in class_items(cls):
            if type(name) is not str or name in seen:
                continue
            seen.add(name)
            if not name.startswith("_") and is_getter(member):
                names.append(name)
    return names


def find(value: Any, name: str) -> Any:
    """`value.name` as it is stored; `MISSING` when there is none, or when only code could tell."""
    if name == "__class__":
        return class_of(value)
    if is_a(value, type):
        member = find_entry(class_namespace(value)["_member_map_"], name) if is_enum(value) else MISSING
        return _plain(find_in_classes(value, name)) if member is MISSING else member
    if name in ("name", "value") and is_enum(class_of(value)):
        return find_entry(own_attributes(value), f"_{name}_")
    member = find_in_classes(class_of(value), name)
    if type(member) is _Slot:
        return _slot(member, value)
    if is_a(member, property):
        return MISSING
    own = find_entry(own_attributes(value), name)
    return _plain(member) if own is MISSING else own


def fields(value: Any) -> tuple[str, ...]:
    """The names of a named tuple's items."""
    if not is_a(value, tuple) or class_of(value) is tuple:
        return ()
    names: Any = find_in_classes(class_of(value), "_fields")
    return names if class_of(names) is tuple and all(type(name) is str for name in names) else ()


def is_enum(cls: Any) -> bool:
    return type(class_namespace(cls).get("_member_map_")) is dict


def is_getter(member: Any) -> bool:
    return any(is_a(member, kind) for kind in _property_types)


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def could_have(cls: Any) -> bool:
    """Whether values of the class have attributes of their own or properties. Looks at the class only."""
    for base in mro(cls):
        if "__dict__" in class_namespace(base):
            return True
        for name, member in class_items(base):
            if type(name) is str and not name.startswith("_") and (type(member) is _Slot or is_getter(member)):
                return True
    return False


def _members(cls: Any) -> Attributes:
    """What a class defines; of an enumeration its members first."""
    own = [(name, item) for name, item in class_items(cls) if type(name) is str and not is_dunder(name)]
    if not is_enum(cls):
        return own
    members = entries(class_namespace(cls)["_member_map_"], 0, _MOST)
    names = set(map(_first, members))
    return members + [(name, item) for name, item in own if name not in names and not name.startswith("_")]


def _slots(value: Any, seen: set[str]) -> Iterator[tuple[str, Any]]:
    """Those of base classes first, as they were assigned."""
    for cls in reversed(mro(class_of(value))):
        for name, member in class_items(cls):
            if type(member) is _Slot and name not in seen and not is_dunder(name):
                item = _slot(member, value)
                if item is not MISSING:
                    seen.add(name)
                    yield name, item


def _slot(member: Any, value: Any) -> Any:
    try:
        return member.__get__(value)
    except (AttributeError, TypeError):
        # Nothing is in it, or it is of another class.
        return MISSING


def _public_enum(value: Any, own: Attributes) -> Attributes:
    """Members of an enumeration keep what `name` and `value` give under names with underscores."""
    if not is_enum(class_of(value)):
        return own
    return [(name.strip("_"), item) for name, item in own if name in ("_name_", "_value_")] + [
        (name, item) for name, item in own if not name.startswith("_")
    ]


def _plain(member: Any) -> Any:
    """What a class holds under a name, unless it is a descriptor of the person's."""
    for kind, function_of in _WRAPPED:
        if is_a(member, kind):
            return function_of(member)
    if any(is_a(member, kind) for kind in _PLAIN):
        return member
    return member if find_in_classes(class_of(member), "__get__") is MISSING else MISSING


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]
