"""Which execution code belongs to: a task of an earlier cell goes on while another one runs, and asks for itself."""

from __future__ import annotations

from contextvars import Context, ContextVar

from .cancel import Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

    Owner = ContextVar[Optional[str]]

_execution: Owner = ContextVar("holdfast_execution", default=None)


def own(context: Context, execution_id: str) -> None:
    """What runs in that context from now on, and what it starts there, belongs to the execution."""
    context.run(_execution.set, execution_id)


def owner_of_code(running: Running | None) -> str | None:
    """None: the session itself. Threads have no context of the cell's: they count as the running one's."""
    if running is None:
        return None
    return running.id if _execution.get() in (None, running.id) else None
