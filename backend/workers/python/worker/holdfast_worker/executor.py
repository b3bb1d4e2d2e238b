"""The session's one executor thread, for cells that are run there so that background tasks go on meanwhile (DESIGN.md §6)."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from .thread_interrupts import ThreadInterrupts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Work = tuple[Callable[[], None], Callable[[], None]]


class Executor:
    """Always the same thread, as sqlite3 connections and thread-locals want it. It begins with the first cell."""

    def __init__(self, interrupts: ThreadInterrupts) -> None:
        self._interrupts = interrupts
        self._works: SimpleQueue[Work] = SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def begun(self) -> bool:
        return self._thread is not None

    def submit(self, work: Callable[[], None], ended: Callable[[], None]) -> None:
        """Calls both on the thread, one after the other. `work` does not raise."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="holdfast executor", daemon=True)
            self._thread.start()
        self._works.put((work, ended))

    def _run(self) -> None:
        self._interrupts.thread = threading.get_ident()
        while True:
            work, ended = self._works.get()
            work()
            # What the cell's frames hold is let go now, not when the next cell comes.
            del work
            ended()
            del ended
