"""The session's one asyncio loop. It runs while cells await and while the session is idle, so that tasks go on between cells."""

from __future__ import annotations

import _thread
import contextvars
import functools
import sys

from . import force

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine
    from typing import Any

_ABSENT = object()


class SessionLoop:
    """`context` is the one contextvars.Context of the session: what a cell sets, the next cell sees."""

    def __init__(self) -> None:
        self.context = contextvars.copy_context()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._idle = False
        self._others: dict[int, asyncio.AbstractEventLoop] = {}

    @property
    def loaded(self) -> bool:
        return self._loop is not None

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """None until `load`."""
        return self._loop

    def load(self) -> None:
        """Imports asyncio and makes the loop. Takes tens of milliseconds the first time."""
        if self._loop is not None:
            return
        import asyncio

        loop = asyncio.new_event_loop()
        setattr(loop, "close", _refuse_close)
        asyncio.set_event_loop(loop)
        self._loop = loop
        self._wrap_runners()

    @property
    def can_move(self) -> bool:
        """Whether it could go on in a copy of the process: its selector is one of ours to replace, and watches nothing of the program's."""
        if self._loop is None:
            return True
        selector = getattr(self._loop, "_selector", None)
        return type(self._loop).__module__.startswith("asyncio.") and selector is not None and len(selector.get_map()) <= 1

    def thaw(self) -> None:
        """In a copy of the process that takes over: epoll is one for all that share its descriptor."""
        loop: Any = self._loop
        if loop is None:
            return
        import selectors

        before = loop._selector
        selector = selectors.DefaultSelector()
        for key in list(before.get_map().values()):
            selector.register(key.fileobj, key.events, key.data)
        before.close()
        loop._selector = selector

    def run_idle(self) -> None:
        """Runs background tasks until `wake` is called."""
        loop = self._require()
        self._idle = True
        self._run(loop)
        self._idle = False

    def wake(self) -> None:
        """From any thread: ends `run_idle`, now or when it is called next. Does nothing while a cell awaits."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop_idle)

    def mark_running(self) -> None:
        """Lets synchronous code of the main thread call `create_task` and `get_running_loop`."""
        if self._loop is not None:
            _set_running_loop(self._loop)

    def unmark_running(self) -> None:
        if self._loop is not None:
            _set_running_loop(None)

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Runs the cell's coroutine to its end, in the session's context."""
        loop = self._require()
        task = self._create_task(loop, coroutine)
        self._task = task
        task.add_done_callback(lambda _: loop.stop())
        try:
            while not task.done():
                if isinstance(self._run(loop), (KeyboardInterrupt, force.ForcedCancel)) and not task.done():
                    # It hit a background task that held up the loop: the cell is what was meant.
                    task.cancel()
            return task.result()
        finally:
            self._task = None

    def run_beside(self, start: Callable[[Callable[[], None]], None]) -> None:
        """Runs background tasks until another thread has called the function that `start` was given."""
        loop = self._require()
        ended = False

        def end() -> None:
            nonlocal ended
            ended = True
            loop.call_soon_threadsafe(loop.stop)

        start(end)
        while not ended:
            self._run(loop)

    def wake_other(self, thread: int) -> None:
        """Lets the loop that user code runs on another thread (`asyncio.run`) see an exception that was raised there."""
        loop = self._others.get(thread)
        if loop is not None:
            try:
                loop.call_soon_threadsafe(_nothing)
            except RuntimeError:
                # It has been closed in the meantime.
                return

    def cancel(self, forced: bool) -> None:
        """From the signal handler: cancels the cell's suspended await. Plain `task.cancel()` there would not wake the selector."""
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            loop.call_soon_threadsafe(_force if forced else _cancel, task)

    def call_soon(self, call: Callable[[], None]) -> None:
        """From a signal handler or any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(call)

    def _run(self, loop: asyncio.AbstractEventLoop) -> BaseException | None:
        """Until the loop is stopped or something that is no Exception comes through it."""
        try:
            loop.run_forever()
        except SystemExit as error:
            # A background task called sys.exit(): it has ended, and its exception is kept in it.
            return error
        except BaseException as error:
            return error
        return None

    def _create_task(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        if sys.version_info >= (3, 11):
            return loop.create_task(coroutine, context=self.context)
        return self.context.run(loop.create_task, self._copying_back(coroutine))

    async def _copying_back(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Before 3.11 a task always runs in a copy of the context."""
        try:
            return await coroutine
        finally:
            for variable, value in contextvars.copy_context().items():
                if self.context.get(variable, _ABSENT) is not value:
                    self.context.run(variable.set, value)

    def _stop_idle(self) -> None:
        if self._idle:
            self._require().stop()

    def _require(self) -> asyncio.AbstractEventLoop:
        assert self._loop is not None
        return self._loop

    def _wrap_runners(self) -> None:
        """`asyncio.run` and its like refuse to work where a loop is marked as running: the mark is lifted while they do."""
        import asyncio
        from asyncio import base_events, runners

        runners.run = asyncio.run = self._lifting(asyncio.run)
        base: Any = base_events.BaseEventLoop
        base.run_until_complete = self._lifting(base.run_until_complete)
        base.run_forever = self._noting(self._lifting(base.run_forever))
        if sys.version_info >= (3, 11):
            runner: Any = asyncio.Runner
            runner.run = self._lifting(runner.run)

    def _lifting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            import asyncio

            loop = self._loop
            if loop is None or asyncio._get_running_loop() is not loop or loop.is_running():
                return function(*args, **kwargs)
            _set_running_loop(None)
            try:
                return function(*args, **kwargs)
            finally:
                asyncio.set_event_loop(loop)
                _set_running_loop(loop)

        return run

    def _noting(self, run_forever: Callable[[asyncio.AbstractEventLoop], None]) -> Callable[[asyncio.AbstractEventLoop], None]:
        @functools.wraps(run_forever)
        def run(loop: asyncio.AbstractEventLoop) -> None:
            if loop is self._loop:
                return run_forever(loop)
            thread = _thread.get_ident()
            outer = self._others.get(thread)
            self._others[thread] = loop
            try:
                return run_forever(loop)
            finally:
                if outer is None:
                    self._others.pop(thread, None)
                else:
                    self._others[thread] = outer

        return run


def _nothing() -> None:
    pass


def _set_running_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    import asyncio

    asyncio._set_running_loop(loop)


def _refuse_close() -> None:
    raise RuntimeError("This event loop is the session's: it is not closed while the session lives.")


def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()


def _force(task: asyncio.Task[Any]) -> None:
    """For coroutines that swallow CancelledError: what it wakes is armed to go no further."""
    force.arm_coroutine(task.get_coro())
    task.cancel()
