"""Answers of the control thread about values, also while user code runs."""

from __future__ import annotations

from .children import Children, told
from .completions import complete
from .descriptions import describe
from .messages import Complete, InspectValue
from .summaries import summarize
from .targets import resolve
from .text import shorten
from .types_safely import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def inspect_value(message: InspectValue, namespace: dict[str, Any]) -> dict[str, Any]:
    """The fields of `value_inspected`."""
    fields: dict[str, Any] = {"replyTo": message.id, "value": None, "text": "", "children": [], "total": 0}
    try:
        value = resolve(message.target, namespace)
        if value is not MISSING:
            children = Children(value)
            fields["children"] = told(children.page(message.start, message.count))
            fields["total"] = children.total
            fields["text"] = describe(value)
            fields["value"] = summarize(shorten(message.target.expression, 500), value)
    except Exception as error:
        # The main thread goes on meanwhile, and may take apart what is being looked at.
        fields["text"] = f"This value could not be looked into ({type(error).__name__}). Try again when the session is idle."
    return fields


def complete_value(message: Complete, namespace: dict[str, Any]) -> dict[str, Any]:
    """The fields of `completed`; nothing when the main thread takes the value apart meanwhile."""
    items: list[dict[str, str]] = []
    truncated = False
    try:
        value = resolve(message.target, namespace)
        if value is not MISSING:
            items, truncated = complete(value, message.members, message.prefix, message.count)
    except Exception:
        items, truncated = [], True
    return {"replyTo": message.id, "items": items, "truncated": truncated}
