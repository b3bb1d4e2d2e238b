"""The cells, and the work between them, that wait for the main thread, in the order they came."""

from __future__ import annotations

import _thread
from queue import Empty, SimpleQueue

from .messages import Execute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Union

    from .idle_work import IdleWork

    Item = Union[Execute, IdleWork, None]

_REMEMBERED_IDS = 100_000


class ExecutionQueue:
    def __init__(self) -> None:
        self._items: SimpleQueue[Item] = SimpleQueue()
        self._lock = _thread.allocate_lock()
        self._waiting: set[str] = set()
        self._seen: dict[str, None] = {}

    @property
    def lock(self) -> _thread.LockType:
        """Whoever holds it keeps every other thread out of here."""
        return self._lock

    def put(self, execute: Execute) -> bool:
        """False when an execution with that id has been here before: a step may be sent twice, it runs once."""
        with self._lock:
            if execute.execution_id in self._seen:
                return False
            self._seen[execute.execution_id] = None
            if len(self._seen) > _REMEMBERED_IDS:
                del self._seen[next(iter(self._seen))]
            self._waiting.add(execute.execution_id)
        self._items.put(execute)
        return True

    def put_work(self, work: IdleWork, is_busy: Callable[[], bool]) -> bool:
        """False when a cell runs or waits."""
        with self._lock:
            if self._waiting or is_busy():
                return False
            self._items.put(work)
            return True

    def thaw(self) -> None:
        """In a copy of the process that takes over: what waited is not to be run."""
        self._items = SimpleQueue()
        self._waiting.clear()

    def put_end(self) -> None:
        """Makes `take` return None."""
        self._items.put(None)

    def withdraw(self, execution_id: str) -> bool:
        """Takes back an execution that has not begun. It still comes out of `take`, so that its turn can be marked."""
        with self._lock:
            if execution_id not in self._waiting:
                return False
            self._waiting.remove(execution_id)
            return True

    def take(self, timeout: float | None) -> Item:
        """Waits for what is next. Raises queue.Empty when none came in time (seconds; 0: do not wait)."""
        if timeout == 0:
            return self._items.get_nowait()
        return self._items.get(timeout=timeout)

    def begin(self, execute: Execute, begun: Callable[[], None]) -> bool:
        """Calls `begun` unless it was withdrawn. One step: a cancel finds the execution either waiting or begun."""
        with self._lock:
            if execute.execution_id not in self._waiting:
                return False
            self._waiting.remove(execute.execution_id)
            begun()
            return True


__all__ = ["Empty", "ExecutionQueue"]
