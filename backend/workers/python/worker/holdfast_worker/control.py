"""The control thread: reads every message from the backend and answers what needs no user code."""

from __future__ import annotations

import _thread
import os
import sys

from . import processes
from .background import Background
from .cancel import Canceller
from .capabilities import Capabilities
from .executions import ExecutionQueue
from .gate.consent import Consent
from .idle_work import IdleWorks
from .inspection import complete_value, inspect_value
from .messages import (
    Cancel,
    CancelTask,
    CapabilityResponse,
    Checkpoint,
    Complete,
    EditNamespace,
    Execute,
    Hello,
    Inspect,
    InspectValue,
    Interrupt,
    Policy,
    ReadValue,
    Restore,
    RestorePart,
    Shutdown,
    Undo,
    decode,
)
from .namespace import Namespace
from .wire import Channel, FrameReader, ProtocolError, write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .messages import ToWorker

EXIT_PROTOCOL = 76  # EX_PROTOCOL of sysexits.h
_SHUTDOWN_SECONDS = 1.5


class Control:
    """`wake` lets the main thread look at its queue."""

    def __init__(
        self,
        reader: FrameReader,
        channel: Channel,
        queue: ExecutionQueue,
        canceller: Canceller,
        capabilities: Capabilities,
        consent: Consent,
        namespace: Namespace,
        background: Background,
        idle_works: IdleWorks,
        wake: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._channel = channel
        self._queue = queue
        self._canceller = canceller
        self._capabilities = capabilities
        self._consent = consent
        self._namespace = namespace
        self._background = background
        self._idle_works = idle_works
        self._wake = wake
        self._parts: list[bytearray] = []

    def run(self) -> None:
        """Does not return: the process ends with this thread."""
        try:
            while True:
                frame = self._reader.read()
                if frame is None:
                    break
                self._handle(decode(*frame))
        except ProtocolError as error:
            abort(f"The backend broke the protocol: {error}")
        except BrokenPipeError:
            pass
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__)
            abort("The control thread failed.")
        processes.end_group()
        os._exit(0)

    def _handle(self, message: ToWorker) -> None:
        if isinstance(message, Execute):
            if self._queue.put(message):
                self._idle_works.give_way()
                self._wake()
        elif isinstance(message, Cancel):
            self._cancel(message.execution_id)
        elif isinstance(message, Interrupt):
            self._canceller.deliver(message.execution_id, message.rung)
        elif isinstance(message, CapabilityResponse):
            self._capabilities.answer(message)
        elif isinstance(message, Policy):
            self._capabilities.policy = message
            self._consent.update(message)
        elif isinstance(message, Inspect):
            variables, total = self._namespace.page(message.start, message.count)
            self._channel.send("inspected", {"replyTo": message.id, "variables": variables, "total": total})
        elif isinstance(message, InspectValue):
            self._channel.send("value_inspected", inspect_value(message, self._namespace.mapping))
        elif isinstance(message, Complete):
            self._channel.send("completed", complete_value(message, self._namespace.mapping))
        elif isinstance(message, (EditNamespace, ReadValue, Checkpoint, Undo)):
            self._idle_works.submit(message)
            self._wake()
        elif isinstance(message, RestorePart):
            self._add_part(message)
        elif isinstance(message, Restore):
            message.parts, self._parts = self._parts, []
            self._idle_works.submit(message)
            self._wake()
        elif isinstance(message, CancelTask):
            self._background.cancel(message.task_id, message.id)
        elif isinstance(message, Shutdown):
            self._shut_down()
        elif isinstance(message, Hello):
            raise ProtocolError("A second hello.")

    def _add_part(self, message: RestorePart) -> None:
        if message.part == 0 and message.offset == 0:
            self._parts = []
        parts = self._parts
        if message.part == len(parts) and message.offset == 0:
            parts.append(bytearray())
        elif message.part != len(parts) - 1 or message.offset != len(parts[-1]):
            raise ProtocolError(f"Part {message.part} of a checkpoint came out of order, at {message.offset}.")
        parts[-1] += message.payload

    def _cancel(self, execution_id: str) -> None:
        if not self._queue.withdraw(execution_id):
            self._canceller.deliver(execution_id, "cooperative")
            return
        report: dict[str, object] = {
            "name": "KeyboardInterrupt",
            "message": "Cancelled before it began.",
            "frames": [],
            "traceback": "KeyboardInterrupt: Cancelled before it began.\n",
            "notes": [],
        }
        self._channel.send(
            "error",
            {"executionId": execution_id, "mode": "unknown", "seconds": 0, "error": report, "cancelled": "queued"},
        )

    def _shut_down(self) -> None:
        """An idle session ends as a Python process does (atexit, buffers of open files), a busy one at once."""
        processes.end_children()
        self._consent.close()
        if self._canceller.running is None:
            self._queue.put_end()
            self._wake()
            never = _thread.allocate_lock()
            never.acquire()
            never.acquire(timeout=_SHUTDOWN_SECONDS)
        os._exit(0)


def abort(message: str) -> None:
    """Ends the worker and what it started, with the reason on standard error."""
    write_all(2, f"holdfast worker: {message}\n".encode("utf-8", "replace"))
    processes.end_children()
    os._exit(EXIT_PROTOCOL)
