"""What a person is told of an error that kept a variable from being stored or restored."""

from __future__ import annotations

from ..text import shorten

_MAX_REASON = 250


def reason_of(error: Exception) -> str:
    try:
        return shorten(f"{type(error).__name__}: {error}", _MAX_REASON)
    except Exception:
        # The error's own text raises.
        return type(error).__name__
