"""Which execution code belongs to: what an earlier cell has started goes on while another one runs, and asks for itself."""

from __future__ import annotations

import _thread
import functools
from contextvars import Context, ContextVar

from .cancel import Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Optional

    Owner = ContextVar[Optional[str]]

_execution: Owner = ContextVar("holdfast_execution", default=None)


def own(context: Context, execution_id: str) -> None:
    """What runs in that context from now on, and what it starts there, belongs to the execution."""
    context.run(_execution.set, execution_id)


def owner_of_code(running: Running | None) -> str | None:
    """None: the session itself, since the execution that it belongs to has ended."""
    return running.id if running is not None and _execution.get() == running.id else None


def follow_threads() -> None:
    """Threads begin with a context that has nothing of the one that starts them: the owner is put there."""
    import threading

    # From 3.13 on `threading` has a way of its own.
    for name in ("start_new_thread", "start_joinable_thread"):
        plain = getattr(_thread, name, None)
        if plain is None:
            continue
        started = _in_a_context(plain)
        for module, attribute in ((_thread, name), (threading, f"_{name}")):
            if getattr(module, attribute, None) is plain:
                setattr(module, attribute, started)


def _in_a_context(plain: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(plain)
    def start(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        # What cannot be called is refused in the words of the original.
        owner = _execution.get() if callable(function) else None
        if owner is None:
            return plain(function, *args, **options)
        context = Context()
        context.run(_execution.set, owner)
        return plain(functools.partial(context.run, function), *args, **options)

    return start
