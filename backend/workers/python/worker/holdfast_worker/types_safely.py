"""What a value is, told without running its code: metaclasses and `__class__` may lie, be slow or raise."""

from __future__ import annotations

from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_name = type.__dict__["__name__"].__get__
_module = type.__dict__["__module__"].__get__
_mro = type.__dict__["__mro__"].__get__
_namespace = type.__dict__["__dict__"].__get__


def type_name(cls: type) -> str:
    """The class's own name, at most 100 characters."""
    return shorten(str(_name(cls)), 100)


def type_module(cls: type) -> str:
    try:
        module = _module(cls)
    except AttributeError:
        return ""
    return module if type(module) is str else ""


def is_a(value: object, cls: type) -> bool:
    """`isinstance` by the real type only."""
    return cls in _mro(type(value))


def method_of(value: object, name: str) -> Any:
    """The attribute as it stands in the value's class, unbound; None when no class has it. Never `__getattr__`."""
    for cls in _mro(type(value)):
        namespace = _namespace(cls)
        if name in namespace:
            return namespace[name]
    return None
