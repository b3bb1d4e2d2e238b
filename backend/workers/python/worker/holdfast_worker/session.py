"""The main thread: takes cells from the queue, runs them in the one namespace, says how they ended."""

from __future__ import annotations

import os
import sys
import time

from .background import Background
from .between_cells import BetweenCells
from .cancel import AWAIT, BESIDE, USER, Canceller, Running
from .cells import Cell, Compiler
from .checkpoints.definitions import Definitions
from .display import Rendering, render
from .executions import Empty, ExecutionQueue
from .executor import Executor
from .figures import Figures
from .idle_work import IdleWork, IdleWorks
from .loop import SessionLoop
from .messages import MAX_VARIABLES, Execute, Source
from .namespace import Namespace
from .owner import own
from .router import Router
from .script_path import ScriptPath
from .sources import Sources
from .spawned_main import SpawnedMain
from .streams import Streams
from .summaries import is_tabular
from .tracebacks import Tracebacks
from .types_safely import type_name
from .wire import Channel, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Optional

    from .autoreload import Autoreload
    from .undo.snapshots import Snapshots

    # What a piece of user code gave, or what it raised.
    Outcome = tuple[Any, Optional[BaseException]]
    Guard = Callable[[Callable[[], Any]], Outcome]

# A session's first cell often comes right behind `ready`: it does not wait until asyncio has been imported.
_LOAD_AFTER_SECONDS = 0.05
_ON_THREAD = "a cell has run on the session's thread for cells that block"


class Session:
    def __init__(
        self,
        channel: Channel,
        queue: ExecutionQueue,
        canceller: Canceller,
        namespace: Namespace,
        streams: Streams,
        loop: SessionLoop,
        background: Background,
        idle_works: IdleWorks,
        figures: Figures,
        snapshots: Snapshots | None,
        script_path: ScriptPath,
        begin_threads: Callable[[], None],
    ) -> None:
        self._channel = channel
        self._queue = queue
        self._canceller = canceller
        self._namespace = namespace
        self._streams = streams
        self._loop = loop
        self._background = background
        self._figures = figures
        self._idle_works = idle_works
        self._snapshots = snapshots
        self._begin_threads = begin_threads
        self._router = Router()
        sources = Sources()
        self._compiler = Compiler(sources)
        self._tracebacks = Tracebacks(sources)
        self._script_path = script_path
        self._definitions = Definitions(sources)
        self._between = BetweenCells(
            channel,
            canceller,
            namespace,
            streams,
            loop,
            idle_works,
            script_path.engine_imports,
            self._definitions,
            self,
            self._leave_fork,
            snapshots,
        )
        self._executor = Executor(canceller.thread)
        self._spawned_main = SpawnedMain(namespace.mapping)
        self._spawned_main.install()
        self._pid = os.getpid()
        self._folder = _working_folder()
        self._autoreload: Autoreload | None = None

    def run(self) -> None:
        """Until the queue has ended."""
        while True:
            execute = self._next()
            if execute is None:
                return
            if isinstance(execute, IdleWork):
                self._between.do(execute)
                continue
            if self._snapshots is not None and self._snapshots.take(_ON_THREAD if self._executor.begun else None):
                self._thaw(execute.execution_id)
                continue
            running = Running(execute.execution_id)
            begun = self._queue.begin(execute, lambda: self._canceller.begin(running))
            self._streams.mark("start", execute.execution_id)
            if begun:
                self._background.cell_begins(execute.execution_id)
                own(self._loop.context, execute.execution_id)
                self._between.forget()
                self._run_cell(execute, running)
                self._background.cell_ended()
            else:
                self._streams.mark("end", execute.execution_id)

    def _thaw(self, undone: str) -> None:
        """This process was a copy from before that cell, and is the session from now on."""
        self._pid = os.getpid()
        for part in (self._queue, self._loop, self._background, self._idle_works, self._between):
            part.thaw()
        variables, total = self._namespace.page(0, MAX_VARIABLES)
        self._channel.send("thawed", {"executionId": undone, "pid": self._pid, "variables": variables, "total": total})
        self._begin_threads()

    def _next(self) -> Execute | IdleWork | None:
        try:
            return self._queue.take(0 if self._loop.loaded else _LOAD_AFTER_SECONDS)
        except Empty:
            self._load()
        while True:
            try:
                return self._queue.take(0)
            except Empty:
                # Tasks that run inside an `except` would have its exception as the context of their own.
                pass
            self._loop.run_idle()

    def _load(self) -> None:
        """What is too slow to import before the first cell that needs it."""
        if not self._loop.loaded:
            with self._script_path.engine_imports.here():
                self._loop.load()
                self._streams.load_c_flush()

    def _run_cell(self, execute: Execute, running: Running) -> None:
        self._namespace.names.begin(execute.text)
        self.follow(execute.source.path)
        mode = "unknown"
        started = time.perf_counter()
        outcome: Outcome
        try:
            cell = self._compiler.compile(execute.text, execute.source)
            route = self._router.route(cell.tree, cell.awaits)
        except Exception as error:
            outcome = None, error
        else:
            self._definitions.note(cell, execute.source)
            self._spawned_main.add(cell.text, execute.source.name, execute.source.line, cell.futures)
            mode = execute.mode or route.mode
            threaded = not cell.awaits and (execute.thread == "always" or (execute.thread == "blocking" and mode == "blocking_sync"))
            if route.imports or cell.awaits or threaded:
                self._load()
            self._channel.send("started", {"executionId": execute.execution_id, "mode": mode})
            started = time.perf_counter()
            outcome = self._reload(execute.source.path) if execute.autoreload else (None, None)
            if outcome[1] is None:
                outcome = self._run_on_thread(cell, running) if threaded else self._run_on_main(cell)
            if execute.autoreload and self._autoreload is not None:
                self._autoreload.note(self._folders(execute.source.path))
        seconds = time.perf_counter() - started
        if os.getpid() != self._pid:
            self._leave_fork(outcome[1])
        self._end(execute, running, mode, seconds, *outcome)

    def define(self, definition: dict[str, Any]) -> None:
        """Runs a definition of a checkpoint where it stood."""
        place = {"name": definition["file"], "path": definition["path"], "line": definition["line"], "column": 0}
        source = Source(place)
        cell = self._compiler.compile(definition["text"], source)
        self._definitions.note(cell, source)
        self.follow(source.path)
        _run_cell(cell, self._namespace.mapping)

    def follow(self, path: str | None) -> None:
        """Files and modules are found as from a cell of that file."""
        self._namespace.prepare(path, self._script_path.follow(path))

    def _reload(self, path: str | None) -> Outcome:
        """Imports edited modules anew. The error: the cell was cancelled meanwhile."""
        autoreload = self._autoreload
        if autoreload is None:
            with self._script_path.engine_imports.here():
                from .autoreload import Autoreload
            autoreload = self._autoreload = Autoreload(self._namespace.mapping)
        self._loop.mark_running()
        folders, checkpoint = self._folders(path), self._canceller.checkpoint
        outcome = self._guard_main(lambda: autoreload.refresh(folders, self._router.origin, checkpoint))
        self._loop.unmark_running()
        return outcome

    def _folders(self, path: str | None) -> list[str]:
        """Where the project's modules are: the session's folder and the one of the cell's file."""
        folders = [self._folder, os.path.dirname(path) if path else None]
        return [folder for folder in folders if folder]

    def _run_on_main(self, cell: Cell) -> Outcome:
        """The cell's value, rendered, or what it raised."""
        if cell.awaits:
            outcome = self._canceller.guard(AWAIT, lambda: self._loop.run(_await_cell(cell, self._namespace.mapping)))
        else:
            self._loop.mark_running()
            outcome = self._run_code(cell, self._guard_main)
            self._loop.unmark_running()
        return self._render(outcome, self._guard_main)

    def _run_on_thread(self, cell: Cell, running: Running) -> Outcome:
        """The same on the executor thread, while this one runs the background tasks."""
        outcome: Outcome | None = None
        guard = self._canceller.guard_thread

        def work() -> None:
            nonlocal outcome
            outcome = self._render(self._run_code(cell, guard), guard)
            if os.getpid() != self._pid:
                self._leave_fork(outcome[1])
            running.code_ended = True

        beside = self._canceller.guard(BESIDE, lambda: self._loop.run_beside(lambda end: self._executor.submit(work, end)))
        return beside if outcome is None else outcome

    def _run_code(self, cell: Cell, guard: Guard) -> Outcome:
        return guard(lambda: self._loop.context.run(_run_cell, cell, self._namespace.mapping))

    def _render(self, outcome: Outcome, guard: Guard) -> Outcome:
        value, error = outcome
        if error is not None or value is None:
            return None, error
        self._namespace.names.succeeded(value)
        if sys.displayhook is not sys.__displayhook__:
            # The person shows values in a way of their own.
            _, error = guard(lambda: self._loop.context.run(sys.displayhook, value))
            return None, error
        rendering, error = guard(lambda: self._loop.context.run(render, value))
        if error is None and is_tabular(value, rendering.facts["shape"]):
            rendering.facts["table"] = self._namespace.names.number
        return rendering, error

    def _guard_main(self, call: Callable[[], Any]) -> Outcome:
        return self._canceller.guard(USER, call)

    def _end(
        self,
        execute: Execute,
        running: Running,
        mode: str,
        seconds: float,
        rendering: Rendering | None,
        error: BaseException | None,
    ) -> None:
        rung = running.rung
        self._canceller.rearm()
        if isinstance(error, SystemExit) and rung is None and self._namespace.names.exited(error.code) == 0:
            error = None
        report = None
        if error is not None:
            self._namespace.names.failed(error)
            report = self._report(error)
            # The error's own text was endless: the cancel ended that.
            rung = running.rung
        elif rung is not None:
            # Its interrupt was swallowed (`os.system` does that), yet that is what ended it.
            report = _bare_report("KeyboardInterrupt")
        self._canceller.rearm()
        if rung is None:
            self._canceller.guard(USER, lambda: self._loop.context.run(self._figures.show_open))
        self._canceller.guard(USER, self._streams.flush)
        self._streams.repair()
        self._namespace.restore()
        self._streams.mark("end", execute.execution_id)
        self._channel.send("namespace_changed", {"executionId": execute.execution_id, **self._namespace.changes()})
        self._canceller.finish()
        fields: dict[str, Any] = {"executionId": execute.execution_id, "mode": mode, "seconds": seconds}
        if report is not None:
            self._send_error({**fields, "error": report, "cancelled": rung})
        elif rendering is None:
            self._channel.send("result", {**fields, "text": None, "parts": None})
        else:
            self._channel.send("result", {**fields, "text": rendering.text, "parts": rendering.parts, "facts": rendering.facts}, rendering.payload)

    def _report(self, error: BaseException) -> dict[str, Any]:
        """Runs the error's own `__str__`: it may be endless, so it can be cancelled, and it may raise anything."""
        report, trouble = self._canceller.guard(USER, lambda: self._loop.context.run(self._tracebacks.report, error))
        return report if trouble is None else _bare_report(type_name(type(error)))

    def _leave_fork(self, error: BaseException | None) -> None:
        """A child of `os.fork` came out of the cell's code. It is not the session: it ends here as a script would."""
        code = 0
        if isinstance(error, SystemExit):
            code = self._namespace.names.exited(error.code)
        elif error is not None:
            sys.stderr.write(self._report(error)["traceback"])
            code = 1
        self._streams.flush()
        os._exit(code & 0xFF)

    def _send_error(self, fields: dict[str, Any]) -> None:
        try:
            self._channel.send("error", fields)
        except ProtocolError:
            # Texts at their limits, all of characters that take four bytes.
            self._channel.send("error", {**fields, "error": _bare_report(fields["error"]["name"])})


def _working_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        # It has been removed.
        return None


def _run_cell(cell: Cell, namespace: dict[str, Any]) -> Any:
    if cell.body is not None:
        exec(cell.body, namespace)
    return eval(cell.expression, namespace) if cell.expression is not None else None


async def _await_cell(cell: Cell, namespace: dict[str, Any]) -> Any:
    value = None
    for code in (cell.body, cell.expression):
        if code is not None:
            value = eval(code, namespace)
            # Code that awaits evaluates to a coroutine (PyCF_ALLOW_TOP_LEVEL_AWAIT).
            if code.co_flags & 0x80:
                value = await value
    return value if cell.expression is not None else None


def _bare_report(name: str) -> dict[str, Any]:
    return {"name": name, "message": "", "frames": [], "traceback": f"{name}\n", "notes": []}
