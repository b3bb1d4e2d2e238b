"""What a value is, told without running its code: metaclasses and `__class__` may lie, be slow or raise."""

from __future__ import annotations

from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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
    return shorten(str(name_of(cls)), 100)


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
