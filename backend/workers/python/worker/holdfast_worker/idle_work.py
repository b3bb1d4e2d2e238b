"""What the main thread does for the editor between cells: edits of the namespace, readings of values, checkpoints.

User code may run there (`__repr__`, `__del__`), so each has a thread that watches over it: it is interrupted when it takes too
long, and a reading gives way to a cell.
"""

from __future__ import annotations

import _thread
import time
from queue import Empty, SimpleQueue

from .cancel import Canceller
from .executions import ExecutionQueue
from .messages import Checkpoint, EditNamespace, ReadValue, Restore, Undo
from .wire import Channel, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Union

    Message = Union[EditNamespace, ReadValue, Checkpoint, Restore, Undo]

_MOST_SECONDS = 3.0
# Whole namespaces, with whatever their classes do meanwhile.
_MOST_SECONDS_OF_ALL = 120.0
# How long a cell waits for a reading that has begun. What is in C code cannot be cut short.
_GIVE_WAY_SECONDS = 0.03
_FORCE_AFTER_SECONDS = 0.5
_AGAIN_SECONDS = 0.02
_MAX_WAITING = 64
_ANSWERS = {
    EditNamespace: "namespace_edited",
    ReadValue: "value_read",
    Checkpoint: "checkpointed",
    Restore: "restored",
    Undo: "undone",
}


class IdleWork:
    """Waits, is performed or refused, and is answered once. `interrupted`: how it is answered when it is cut short."""

    __slots__ = ("message", "events", "begun", "interrupted", "lock")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.events: SimpleQueue[str] = SimpleQueue()
        self.begun = False
        self.interrupted: dict[str, Any] | None = None
        self.lock = _thread.allocate_lock()

    def begin(self) -> bool:
        """False when it has been taken already: by the main thread to perform it, or by its watcher to refuse it."""
        with self.lock:
            if self.begun:
                return False
            self.begun = True
            return True

    @property
    def seconds(self) -> float:
        """How long it may take."""
        return _MOST_SECONDS_OF_ALL if isinstance(self.message, (Checkpoint, Restore)) else _MOST_SECONDS

    @property
    def gives_way(self) -> bool:
        """To a cell that comes meanwhile."""
        return isinstance(self.message, ReadValue) or (isinstance(self.message, Checkpoint) and self.message.gives_way)


class IdleWorks:
    def __init__(self, channel: Channel, queue: ExecutionQueue, canceller: Canceller) -> None:
        self._channel = channel
        self._queue = queue
        self._canceller = canceller
        self._lock = _thread.allocate_lock()
        self._open: set[IdleWork] = set()

    @property
    def lock(self) -> _thread.LockType:
        """Whoever holds it keeps every other thread out of here."""
        return self._lock

    # Control thread.

    def submit(self, message: Message) -> None:
        """Answers at once when a cell runs or waits."""
        work = IdleWork(message)
        with self._lock:
            if len(self._open) >= _MAX_WAITING:
                too_many = True
            else:
                too_many = False
                self._open.add(work)
        if too_many:
            self._send(message, failed(f"{_MAX_WAITING} edits and readings wait already. Try again when they are done."))
        elif self._queue.put_work(work, lambda: self._canceller.running is not None):
            _thread.start_new_thread(self._watch, (work,))
        else:
            self.answer(work, self._busy())

    def give_way(self) -> None:
        """A cell waits."""
        with self._lock:
            works = list(self._open)
        for work in works:
            if work.gives_way:
                work.events.put("cell")

    @property
    def threads(self) -> int:
        """Of our own, one for each that is open."""
        return len(self._open)

    def thaw(self) -> None:
        """In a copy of the process that takes over: who asked is answered by the one that gave way, or not at all."""
        self._open = set()

    # Main thread.

    def answer(self, work: IdleWork, outcome: dict[str, Any], payload: bytes = b"") -> None:
        with self._lock:
            self._open.discard(work)
        work.events.put("done")
        self._send(work.message, outcome, payload)

    def _send(self, message: Message, outcome: dict[str, Any], payload: bytes = b"") -> None:
        kind = _ANSWERS[type(message)]
        try:
            self._channel.send(kind, {"replyTo": message.id, "outcome": outcome}, payload)
        except ProtocolError as error:
            self._channel.send(kind, {"replyTo": message.id, "outcome": failed(str(error))})

    def _busy(self) -> dict[str, Any]:
        running = self._canceller.running
        return {"status": "busy", "since": (running.started_at if running else time.time()) * 1000}

    # A thread for each.

    def _watch(self, work: IdleWork) -> None:
        try:
            if not self._wait(work):
                return
            if work.begin():
                self.answer(work, work.interrupted or failed("A background task keeps the session from it. Try again later."))
            else:
                self._interrupt(work)
        except BrokenPipeError:
            # The control thread sees the end of its stream and ends the process.
            return

    def _wait(self, work: IdleWork) -> bool:
        """Until it has to end. False: it has ended."""
        deadline = time.monotonic() + _MOST_SECONDS
        while True:
            try:
                event = work.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                return True
            if event == "done":
                return False
            if event == "begun":
                deadline = time.monotonic() + work.seconds
            else:
                work.interrupted = self._busy()
                deadline = min(deadline, time.monotonic() + (_GIVE_WAY_SECONDS if work.begun else 0))

    def _interrupt(self, work: IdleWork) -> None:
        """Again and again: what it raises may be swallowed, or meet a message that is half written."""
        if work.interrupted is None:
            work.interrupted = failed(f"It took longer than {work.seconds:.0f} s and was interrupted.")
        force_at = time.monotonic() + _FORCE_AFTER_SECONDS
        while True:
            self._canceller.interrupt_work(work, time.monotonic() >= force_at)
            try:
                if work.events.get(timeout=_AGAIN_SECONDS) == "done":
                    return
            except Empty:
                continue


def failed(message: str) -> dict[str, Any]:
    """`message` is for a person, at most 5,000 UTF-16 code units."""
    return {"status": "failed", "message": message[:2500]}
