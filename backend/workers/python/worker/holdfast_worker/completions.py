"""What may follow an expression: attributes of the value, or its keys. Calls no user code, so `__dir__` is not asked."""

from __future__ import annotations

import types

from . import attributes, library_values
from .types_safely import MISSING, class_items, class_of, entries, is_a, mro, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    # Label, kind, and the value or `MISSING`.
    Offer = tuple[str, str, Any]

# Of a dict with more keys the first are looked at: typing does not wait.
_MAX_KEYS = 100_000
_MAX_LABEL = 500
_CALLABLES: Any = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.WrapperDescriptorType,
    staticmethod,
    classmethod,
)


def complete(value: Any, members: str, prefix: str, count: int) -> tuple[list[dict[str, str]], bool]:
    """Completions of the protocol, and whether there are more. Names with underscores only when the prefix has one."""
    wanted = prefix.lower()
    found: dict[str, dict[str, str]] = {}
    offers = _attributes(value) if members == "attributes" else _keys(value)
    for label, kind, item in offers:
        if label in found or not label.lower().startswith(wanted) or len(label) > _MAX_LABEL:
            continue
        if members == "attributes" and label.startswith("_") and not wanted.startswith("_"):
            continue
        if len(found) == count:
            return list(found.values()), True
        detail = "" if item is MISSING else type_name(class_of(item))
        found[label] = {"label": label, "kind": kind, "detail": detail}
    return list(found.values()), False


def _attributes(value: Any) -> Iterator[Offer]:
    """The nearest first: the value's own, its columns, then those of its classes."""
    is_class, is_module = is_a(value, type), is_a(value, types.ModuleType)
    if not is_class:
        for name, item in attributes.stored(value):
            yield name, _kind(item, is_module), item
    for label in library_values.labels(value):
        if type(label) is str and label.isidentifier():
            yield label, "column", MISSING
    if is_module:
        return
    for cls in mro(value if is_class else class_of(value)):
        for name, member in class_items(cls):
            if type(name) is not str or (name.startswith("__") and cls is object and is_class):
                continue
            hidden = attributes.is_getter(member) or type(member) is types.MemberDescriptorType
            yield name, "property" if hidden else _kind(member, False), MISSING if hidden else member


def _keys(value: Any) -> Iterator[Offer]:
    if is_a(value, dict):
        for key, item in entries(value, 0, _MAX_KEYS):
            if type(key) is str:
                yield key, "key", item
    for label in library_values.labels(value):
        if type(label) is str:
            yield label, "column", MISSING


def _kind(value: Any, in_module: bool) -> str:
    if any(is_a(value, kind) for kind in _CALLABLES):
        return "method"
    if is_a(value, type):
        return "class"
    if is_a(value, types.ModuleType):
        return "module"
    return "variable" if in_module else "property"
