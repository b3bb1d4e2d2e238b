"""Performs, on the main thread, what the editor asks for between cells."""

from __future__ import annotations

import json
import os

from .cancel import WORK, Canceller
from .edits import Refused, edit
from .engine_imports import EngineImports
from .idle_work import IdleWork, IdleWorks, failed
from .loop import SessionLoop
from .messages import Checkpoint, EditNamespace, ReadValue, Restore, Undo
from .namespace import Namespace
from .streams import Streams
from .summaries import summarize
from .wire import Channel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .checkpoints.definitions import Definitions
    from .checkpoints.restore import Host
    from .checkpoints.save import Saved
    from .reading.reader import Reader
    from .undo.snapshots import Snapshots


# Bytes of a checkpoint in one message.
_CHUNK_BYTES = 4 * 1024 * 1024


class BetweenCells:
    """`leave_fork` ends the process when user code has forked it."""

    def __init__(
        self,
        channel: Channel,
        canceller: Canceller,
        namespace: Namespace,
        streams: Streams,
        loop: SessionLoop,
        works: IdleWorks,
        engine_imports: EngineImports,
        definitions: Definitions,
        restoring: Host,
        leave_fork: Callable[[BaseException | None], None],
        snapshots: Snapshots | None,
    ) -> None:
        self._channel = channel
        self._canceller = canceller
        self._namespace = namespace
        self._streams = streams
        self._loop = loop
        self._works = works
        self._engine_imports = engine_imports
        self._definitions = definitions
        self._restoring = restoring
        self._leave_fork = leave_fork
        self._snapshots = snapshots
        self._reader: Reader | None = None
        self._pid = os.getpid()

    def forget(self) -> None:
        """What is kept of values is of no use when they may change."""
        if self._reader is not None:
            self._reader.forget()

    def thaw(self) -> None:
        """In a copy of the process that takes over."""
        self._pid = os.getpid()
        self.forget()

    def do(self, work: IdleWork) -> None:
        if not work.begin():
            return
        changes = isinstance(work.message, (EditNamespace, Restore))
        if changes:
            self.forget()
        work.events.put("begun")
        self._canceller.begin_work(work)
        value, error = self._canceller.guard(WORK, lambda: self._loop.context.run(self._perform, work.message))
        if os.getpid() != self._pid:
            self._leave_fork(error)
        # What user code has printed. A stream of its own may be endless.
        self._canceller.guard(WORK, self._streams.flush)
        self._canceller.finish()
        if error is not None:
            outcome, payload = _refusal(work, error), b""
        elif isinstance(work.message, Checkpoint):
            outcome, payload = self._send_parts(work, value)
        else:
            outcome, payload = value
        if changes and type(error) is not Refused:
            self._channel.send("namespace_changed", {"executionId": None, **self._namespace.changes()})
        self._works.answer(work, outcome, payload)
        if isinstance(work.message, Undo) and outcome["status"] == "done" and self._snapshots is not None:
            # No message of another thread is cut off.
            self._channel.lock.acquire()
            self._snapshots.give_way()

    def _send_parts(self, work: IdleWork, saved: Saved) -> tuple[dict[str, Any], bytes]:
        """Where no interrupt can cut a message off. A cell that comes meanwhile waits for one message at most."""
        for number, part in enumerate(saved.parts):
            view = memoryview(part).cast("B") if len(part) > 0 else memoryview(b"")
            for start in range(0, max(1, len(view)), _CHUNK_BYTES):
                if work.interrupted is not None:
                    return work.interrupted, b""
                chunk: Any = view[start : start + _CHUNK_BYTES]
                self._channel.send("checkpoint_part", {"replyTo": work.message.id, "part": number}, chunk)
        return {"status": "done"}, json.dumps(saved.manifest).encode("ascii")

    def _perform(self, message: EditNamespace | ReadValue | Checkpoint | Restore | Undo) -> Any:
        if isinstance(message, Undo):
            return self._undo(), b""
        if isinstance(message, EditNamespace):
            edit(message, self._namespace.mapping)
            return {"status": "done"}, b""
        if isinstance(message, Checkpoint):
            with self._engine_imports.here():
                from .checkpoints.save import save
            return save(message, self._namespace, self._definitions, self._namespace.mapping.get("__file__"))
        if isinstance(message, Restore):
            with self._engine_imports.here():
                from .checkpoints.restore import restore
            report = {"variables": restore(message, self._namespace.mapping, self._restoring)}
            return {"status": "done"}, json.dumps(report).encode("ascii")
        return self._loaded_reader().read(message, self._namespace.mapping)

    def _undo(self) -> dict[str, Any]:
        if self._snapshots is None:
            return failed("Undoing cells is not switched on for this session, or this system cannot do it.")
        if not self._snapshots.is_there():
            return failed(f"The last cell cannot be undone: {self._snapshots.reason}.")
        return {"status": "done"}

    def _loaded_reader(self) -> Reader:
        if self._reader is None:
            with self._engine_imports.here():
                from .reading.reader import Reader
            self._reader = Reader()
        return self._reader


def _refusal(work: IdleWork, error: BaseException) -> dict[str, Any]:
    if type(error) is Refused:
        return failed(str(error))
    if work.interrupted is not None:
        return work.interrupted
    return failed(f"It raised {summarize('', error)['preview']}.")
