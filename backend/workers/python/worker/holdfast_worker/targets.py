"""Finds the value that a Target of the protocol names, without running code.

Not by `ast.parse`, which warns of odd code by way of `warnings.showwarning`: that may be the person's.
"""

from __future__ import annotations

import ast
import re
from collections import deque

from . import attributes, library_values
from .children import Children
from .library_types import library_type
from .messages import Target
from .types_safely import MISSING, find_entry, is_a

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STRING = r"""[bB]?(?:'(?:[^'\\\n]|{0})*'|"(?:[^"\\\n]|{0})*")""".format(
    r"""\\(?:[\\'"abfnrtv]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"""
)
_NUMBER = r"-?\s*(?:0|[1-9]\d*|\d+\.\d*(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)(?![\w.])"
_LITERAL = rf"(?:{_STRING}|{_NUMBER}|(?:None|True|False)\b)"
_TUPLE = rf"\(?\s*{_LITERAL}(?:\s*,\s*{_LITERAL})*\s*,?\s*\)?"
_STEP = re.compile(rf"\s*(?:\.\s*(?P<attribute>[^\W\d]\w*)|\[\s*(?P<key>{_TUPLE})\s*\])")
_NAME = re.compile(r"\s*([^\W\d]\w*)")
_sequences: Any = (list, tuple, deque)


def resolve(target: Target, namespace: dict[str, Any]) -> Any:
    """The value, or `MISSING`. Calls no user code: for the control thread."""
    value = _evaluate(target.expression, namespace)
    for position in target.path:
        if value is MISSING:
            return MISSING
        child = Children(value).page(position, 1)
        value = child[0].value if child else MISSING
    return value


def _evaluate(expression: str, namespace: dict[str, Any]) -> Any:
    name = _NAME.match(expression)
    if name is None:
        return MISSING
    value = find_entry(namespace, name[1])
    end = name.end()
    while value is not MISSING and expression[end:].strip():
        step = _STEP.match(expression, end)
        if step is None:
            return MISSING
        value = _attribute(value, step["attribute"]) if step["key"] is None else _item(value, step["key"])
        end = step.end()
    return value


def _attribute(value: Any, name: str) -> Any:
    found = attributes.find(value, name)
    if found is not MISSING:
        return found
    fields = attributes.fields(value)
    if name in fields:
        return _at(value, fields.index(name))
    return library_values.find_column(value, name)


def _item(value: Any, literal: str) -> Any:
    try:
        key = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        # Brackets that do not match, a surrogate out of range.
        return MISSING
    kind = library_type(value)
    if kind.endswith(".DataFrame"):
        return library_values.find_column(value, key)
    if is_a(value, dict):
        return find_entry(value, key)
    if type(key) is not int:
        return MISSING
    if kind == "numpy.ndarray":
        length = library_values.length(value)
        key += length if key < 0 else 0
        row = library_values.rows(value, key, key + 1) if 0 <= key < length else []
        return row[0] if row else MISSING
    return _at(value, key)


def _at(value: Any, index: int) -> Any:
    for kind in _sequences:
        if is_a(value, kind):
            try:
                return kind.__getitem__(value, index)
            except IndexError:
                return MISSING
    return MISSING
