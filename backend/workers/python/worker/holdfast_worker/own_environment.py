"""What user code has made of its environment: its own, which it may see without asking, and which its commands get."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MISSING = object()
# As it is stored: reading through the mapping may be the person's to allow.
stored: dict[Any, Any] = getattr(os.environ, "_data", {})
_at_start = dict(stored)


def changes() -> dict[str, str | None]:
    """Variables that were set since the worker started; None: taken out."""
    names = [name for name in {**_at_start, **stored} if stored.get(name, _MISSING) != _at_start.get(name, _MISSING)]
    return {_text(name): _text(stored[name]) if name in stored else None for name in names}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else os.fsdecode(value)
