"""Changes that a person makes to the namespace in the editor. On the main thread: what a variable held may run code when it goes."""

from __future__ import annotations

import ast
import keyword

from .engine_names import NAMES
from .messages import EditNamespace
from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Refused(Exception):
    """Its text is for the person."""


def edit(message: EditNamespace, namespace: dict[str, Any]) -> None:
    """Raises Refused, and nothing has changed then."""
    name = _checked(message.name)
    if message.kind == "set":
        namespace[name] = _literal(message.text or "")
        return
    if name not in namespace:
        raise Refused(f"There is no variable {_quoted(name)} (any more).")
    if message.kind == "delete":
        del namespace[name]
        return
    to = _checked(message.text or "")
    if to == name:
        return
    if to in namespace:
        raise Refused(f"There is a variable {_quoted(to)} already. Choose another name, or delete it first.")
    namespace[to] = namespace[name]
    del namespace[name]


def _checked(name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise Refused(f"{_quoted(name)} cannot be the name of a variable: use letters, digits and _, and none of Python's own words.")
    if name in NAMES or (name.startswith("__") and name.endswith("__")):
        raise Refused(f"{_quoted(name)} belongs to the session itself and cannot be changed here.")
    return name


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text.strip())
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise Refused(
            f"{_quoted(text)} is not a literal. Enter a number, a text in quotes, True, False, None, or a list, tuple, dict or set of these;"
            " to run code, run a cell."
        ) from error


def _quoted(text: str) -> str:
    return f"“{shorten(text, 100)}”"
