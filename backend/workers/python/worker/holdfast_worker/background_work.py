"""What goes on after its cell has ended: found, named and ended without calling the person's code. From any thread."""

from __future__ import annotations

import functools
import sys
import threading
import types

from .engine_frames import is_loop_code
from .text import shorten
from .thread_interrupts import raise_in
from .types_safely import class_of, is_a, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection, Iterator
    from typing import Any

_MAX_NAME = 100
_MAX_WRAPPERS = 10


def find(loop: asyncio.AbstractEventLoop | None, own_threads: Collection[int | None]) -> Iterator[tuple[str, Any]]:
    """Each as its kind and the object, of every kind the oldest first as far as that can be told."""
    if loop is not None:
        yield from (("task", task) for task in sorted(asyncio_module().all_tasks(loop), key=_task_age))
        yield from (("timer", handle) for handle in list(getattr(loop, "_scheduled", ())) if _is_own_timer(handle))
    # Most sessions have no other thread than the main one.
    if len(threading._active) > 1 or threading._limbo:  # pyright: ignore
        yield from _threads(own_threads)


def name_of(thing: Any) -> str:
    if is_a(thing, threading.Timer):
        name = _name_of_function(object.__getattribute__(thing, "function"))
    elif is_a(thing, threading.Thread):
        name = object.__getattribute__(thing, "_name")
    elif is_a(thing, asyncio_module().TimerHandle):
        name = _name_of_function(thing._callback)
    elif is_a(thing, asyncio_module().Task):
        given: Any = asyncio_module().Task.get_name(thing)
        name = _name_of_coroutine(thing) if _task_number(thing) else given
    else:
        name = type_name(class_of(thing))
    return shorten(name if type(name) is str else type_name(class_of(thing)), _MAX_NAME)


def end_thread(thread: threading.Thread) -> str:
    """The status that `task_cancelled` tells."""
    ident = object.__getattribute__(thread, "_ident")
    if type(ident) is not int or not threading.Thread.is_alive(thread):
        return "gone"
    if is_a(thread, threading.Timer) and _still_waits(ident):
        threading.Timer.cancel(thread)  # pyright: ignore[reportArgumentType]
        return "cancelled"
    return "requested" if raise_in(ident, SystemExit) else "gone"


def asyncio_module() -> Any:
    """Imported by the session's loop, or there is nothing of it to look at."""
    return sys.modules["asyncio"]


def _threads(own: Collection[int | None]) -> Iterator[tuple[str, Any]]:
    main = threading.main_thread()
    frames: dict[int, types.FrameType] | None = None
    for thread in threading.enumerate():
        # Dummies stand for threads that others have started: the engine's are among them.
        if thread is main or is_a(thread, threading._DummyThread):  # pyright: ignore
            continue
        ident: Any = object.__getattribute__(thread, "_ident")
        if ident in own:
            continue
        frames = frames or sys._current_frames()
        if not _is_idle_worker(frames.get(ident)):
            yield ("timer" if is_a(thread, threading.Timer) else "thread", thread)


def _is_idle_worker(frame: types.FrameType | None) -> bool:
    """Threads of a pool (`asyncio.to_thread`, executors) that wait for work."""
    pool: Any = sys.modules.get("concurrent.futures.thread")
    return pool is not None and frame is not None and frame.f_code is pool._worker.__code__


def _still_waits(ident: int) -> bool:
    """Whether a threading.Timer has not come to its function yet."""
    frame = sys._current_frames().get(ident)
    waits = threading.Event.wait.__code__
    while frame is not None and frame.f_back is not None:
        if frame.f_back.f_code is threading.Timer.run.__code__:
            return frame.f_code is waits
        frame = frame.f_back
    return False


def _is_own_timer(handle: Any) -> bool:
    """Not one of asyncio's own, which `sleep` and timeouts use."""
    function = _unwrapped(handle._callback)
    if handle._cancelled or function is None:
        return False
    return type(function) is not types.FunctionType or not is_loop_code(function.__code__)


def _unwrapped(callback: Any) -> Any:
    for _ in range(_MAX_WRAPPERS):
        if type(callback) is functools.partial:
            callback = callback.func
        elif type(callback) is types.MethodType:
            callback = callback.__func__
        else:
            break
    return callback


def _name_of_function(callback: Any) -> str:
    function = _unwrapped(callback)
    if type(function) in (types.FunctionType, types.BuiltinFunctionType):
        return function.__qualname__
    return type_name(class_of(function))


def _name_of_coroutine(task: Any) -> str:
    coroutine: Any = asyncio_module().Task.get_coro(task)
    if type(coroutine) in (types.CoroutineType, types.GeneratorType):
        return coroutine.__qualname__
    return type_name(class_of(coroutine))


def _task_age(task: Any) -> float:
    return _task_number(task) or float("inf")


def _task_number(task: Any) -> int:
    """Of the name that asyncio gives, in the order of making; 0 when the person has given another."""
    if not is_a(task, asyncio_module().Task):
        return 0
    given: Any = asyncio_module().Task.get_name(task)
    number = given[5:] if type(given) is str and given.startswith("Task-") else ""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 20 else 0
