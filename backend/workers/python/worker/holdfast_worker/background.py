"""Tells the backend what user code has left running, and cancels it (`backend/protocol/worker/background.ts`)."""

from __future__ import annotations

import _thread
import threading
import time
import weakref
from queue import Empty, SimpleQueue

from . import background_work
from .cancel import Canceller
from .loop import SessionLoop
from .types_safely import is_a
from .wire import Channel

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Any

_MAX_LISTED = 50
# Threads and timers end without telling: as long as there is something, it is looked at this often while no cell runs.
_INTERVAL_SECONDS = 0.1
_ANSWER_SECONDS = 0.2


class _Entry:
    __slots__ = ("id", "thing", "fields")

    def __init__(self, task_id: int, kind: str, thing: Any, execution_id: str | None) -> None:
        self.id = task_id
        # Weak: what has ended is not kept.
        self.thing: weakref.ref[Any] = weakref.ref(thing)
        self.fields: dict[str, object] = {
            "taskId": task_id,
            "kind": kind,
            "name": background_work.name_of(thing),
            "executionId": execution_id,
            "since": time.time() * 1000,
        }


class _Cancel:
    """A `cancel_task` that is not answered yet."""

    __slots__ = ("reply_to", "thing", "deadline")

    def __init__(self, reply_to: int, thing: Any) -> None:
        self.reply_to = reply_to
        self.thing = thing
        self.deadline = time.monotonic() + _ANSWER_SECONDS


class Background:
    def __init__(self, channel: Channel, loop: SessionLoop, canceller: Canceller) -> None:
        self._channel = channel
        self._loop = loop
        self._canceller = canceller
        self._lock = _thread.allocate_lock()
        self._wakes: SimpleQueue[None] = SimpleQueue()
        self._watching = False
        self._execution_id: str | None = None
        self._last_id = 0
        self._entries: dict[int, _Entry] = {}
        self._told: tuple[int, list[int]] = (0, [])
        self._told_at = 0.0
        self._scan_seconds = 0.0
        self._cancels: list[_Cancel] = []

    @property
    def lock(self) -> _thread.LockType:
        """Whoever holds it keeps every other thread out of here."""
        return self._lock

    # Main thread.

    def cell_begins(self, execution_id: str) -> None:
        with self._lock:
            self._execution_id = execution_id

    def cell_ended(self) -> None:
        """After its terminal message."""
        with self._lock:
            self._look()
            self._execution_id = None
            if self._has_work():
                self._watch()

    def listed(self) -> list[Any]:
        """What goes on now."""
        return [thing for _, thing in background_work.find(self._loop.loop, (self._canceller.thread.thread,))]

    @property
    def threads(self) -> int:
        """Of our own, for looking."""
        return int(self._watching)

    def thaw(self) -> None:
        """In a copy of the process that takes over, without its other threads."""
        self._wakes = SimpleQueue()
        self._watching = False
        self._entries = {}
        self._cancels = []
        self._told = (-1, [])
        self._told_at = 0.0
        with self._lock:
            self._watch()

    def _cancel_on_loop(self, cancel: _Cancel) -> None:
        thing = cancel.thing
        if is_a(thing, background_work.asyncio_module().TimerHandle):
            # `cancel` forgets the callback, and so does the loop once it has called it.
            waits = any(handle is thing for handle in self._scheduled())
            thing.cancel()
            self._settle(cancel, "cancelled" if waits else "gone")
        elif thing.done():
            self._settle(cancel, "gone")
        else:

            def ended(_: asyncio.Future[Any]) -> None:
                self._settle(cancel, "cancelled")

            thing.add_done_callback(ended)
            thing.cancel()

    def _scheduled(self) -> list[Any]:
        return list(getattr(self._loop.loop, "_scheduled", ()))

    # Control thread.

    def cancel(self, task_id: int, reply_to: int) -> None:
        """Answers within `_ANSWER_SECONDS`: by then it has ended, or is `requested`."""
        with self._lock:
            thing = next((entry.thing() for entry in self._entries.values() if entry.id == task_id), None)
        if thing is None:
            self._answer(reply_to, "gone")
        elif is_a(thing, threading.Thread):
            self._answer(reply_to, background_work.end_thread(thing))
        else:
            loop = self._loop.loop
            assert loop is not None
            cancel = _Cancel(reply_to, thing)
            with self._lock:
                self._cancels.append(cancel)
                self._watch()
            loop.call_soon_threadsafe(self._cancel_on_loop, cancel)

    def _settle(self, cancel: _Cancel, status: str) -> None:
        """The first to come answers: the end of the task or the deadline."""
        with self._lock:
            if cancel not in self._cancels:
                return
            self._cancels.remove(cancel)
        self._answer(cancel.reply_to, status)

    def _answer(self, reply_to: int, status: str) -> None:
        self._channel.send("task_cancelled", {"replyTo": reply_to, "status": status})

    # Its own thread, which begins when there is something to watch.

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            _thread.start_new_thread(self._run, ())
        if self._wakes.empty():
            self._wakes.put(None)

    def _run(self) -> None:
        try:
            while True:
                self._sleep()
                with self._lock:
                    if self._execution_id is None:
                        self._look()
                        self._tell()
                self._answer_late()
        except BrokenPipeError:
            # The control thread sees the end of its stream and ends the process.
            return

    def _sleep(self) -> None:
        """Until something is to be done. Thousands of tasks take time to look at: then it is done less often."""
        with self._lock:
            watches = bool(self._cancels) or (self._execution_id is None and self._has_work())
            pause = max(_INTERVAL_SECONDS, 20 * self._scan_seconds)
        try:
            self._wakes.get(timeout=pause if watches else None)
            while True:
                self._wakes.get_nowait()
        except Empty:
            return

    def _has_work(self) -> bool:
        return bool(self._entries) or self._told != self._now()

    def _now(self) -> tuple[int, list[int]]:
        return len(self._entries), [entry.id for entry in self._listed()]

    def _listed(self) -> list[_Entry]:
        return sorted(self._entries.values(), key=lambda entry: entry.id)[:_MAX_LISTED]

    def _look(self) -> None:
        began = time.perf_counter()
        entries: dict[int, _Entry] = {}
        for kind, thing in background_work.find(self._loop.loop, (self._canceller.thread.thread,)):
            entry = self._entries.get(id(thing))
            if entry is None or entry.thing() is not thing:
                self._last_id += 1
                entry = _Entry(self._last_id, kind, thing, self._execution_id)
            entries[id(thing)] = entry
        self._entries = entries
        self._scan_seconds = time.perf_counter() - began

    def _tell(self) -> None:
        """Late rather than too often: `_sleep` comes back to it."""
        now = self._now()
        if now == self._told or time.monotonic() - self._told_at < _INTERVAL_SECONDS:
            return
        self._channel.send("tasks_changed", {"tasks": [entry.fields for entry in self._listed()], "total": now[0]})
        self._told = now
        self._told_at = time.monotonic()

    def _answer_late(self) -> None:
        with self._lock:
            late = [cancel for cancel in self._cancels if cancel.deadline <= time.monotonic()]
        for cancel in late:
            if self._is_hog(cancel.thing):
                self._canceller.interrupt_idle()
            self._settle(cancel, "requested")

    def _is_hog(self, thing: Any) -> bool:
        """Whether the task does not let the loop come to its cancel."""
        loop: asyncio.AbstractEventLoop | None = self._loop.loop
        return loop is not None and background_work.asyncio_module().current_task(loop) is thing
