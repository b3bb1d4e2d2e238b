"""Performs, on the main thread, what the editor asks for between cells."""

from __future__ import annotations

import os

from .cancel import WORK, Canceller
from .edits import Refused, edit
from .idle_work import IdleWork, IdleWorks, failed
from .loop import SessionLoop
from .messages import EditNamespace, ReadValue
from .namespace import Namespace
from .script_path import ScriptPath
from .streams import Streams
from .summaries import summarize
from .wire import Channel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .reading.reader import Reader


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
        script_path: ScriptPath,
        leave_fork: Callable[[BaseException | None], None],
    ) -> None:
        self._channel = channel
        self._canceller = canceller
        self._namespace = namespace
        self._streams = streams
        self._loop = loop
        self._works = works
        self._script_path = script_path
        self._leave_fork = leave_fork
        self._reader: Reader | None = None
        self._pid = os.getpid()

    def forget(self) -> None:
        """What is kept of values is of no use when they may change."""
        if self._reader is not None:
            self._reader.forget()

    def do(self, work: IdleWork) -> None:
        if not work.begin():
            return
        if isinstance(work.message, EditNamespace):
            self.forget()
        work.events.put("begun")
        self._canceller.begin_work(work)
        value, error = self._canceller.guard(WORK, lambda: self._loop.context.run(self._perform, work.message))
        if os.getpid() != self._pid:
            self._leave_fork(error)
        # What user code has printed. A stream of its own may be endless.
        self._canceller.guard(WORK, self._streams.flush)
        self._canceller.finish()
        outcome, payload = value if error is None else (_refusal(work, error), b"")
        if isinstance(work.message, EditNamespace) and type(error) is not Refused:
            self._channel.send("namespace_changed", {"executionId": None, **self._namespace.changes()})
        self._works.answer(work, outcome, payload)

    def _perform(self, message: EditNamespace | ReadValue) -> tuple[dict[str, Any], bytes]:
        if isinstance(message, EditNamespace):
            edit(message, self._namespace.mapping)
            return {"status": "done"}, b""
        return self._loaded_reader().read(message, self._namespace.mapping)

    def _loaded_reader(self) -> Reader:
        if self._reader is None:
            with self._script_path.hidden():
                from .reading.reader import Reader
            self._reader = Reader()
        return self._reader


def _refusal(work: IdleWork, error: BaseException) -> dict[str, Any]:
    if type(error) is Refused:
        return failed(str(error))
    if work.interrupted is not None:
        return work.interrupted
    return failed(f"It raised {summarize('', error)['preview']}.")
