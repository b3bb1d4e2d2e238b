"""Why a process cannot be copied by `fork` so that the copy can go on: only the thread that forks is in it."""

from __future__ import annotations

import os
import sys

from ..loop import SessionLoop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Parts of the names of libraries whose threads do not come through a fork, or whose state outside the process does not.
_HELD_ELSEWHERE = ("libgomp", "libomp", "libiomp", "libtbb", "libcuda", "libmkl", "libarrow", "_polars", "libtorch")
# Its threads end before a fork and begin again after it (pthread_atfork).
_COMES_THROUGH = "openblas"


def obstacle(loop: SessionLoop, engine_threads: int, listed: Iterable[object]) -> str | None:
    """For a person; None: there is none. `engine_threads`: those of ours beside the main one. `listed`: background tasks."""
    if any(True for _ in listed):
        return "tasks, timers or threads go on in the background"
    # `_thread._count` goes on counting those that a fork has left behind.
    others = len(sys._current_frames()) - 1 - engine_threads
    if others > 0:
        return "another thread of the program runs" if others == 1 else f"{others} other threads of the program run"
    if not loop.can_move:
        return "the session's event loop is not one of asyncio's own"
    return _native(1 + engine_threads)


def _native(python_threads: int) -> str | None:
    if len(os.listdir("/proc/self/task")) <= python_threads:
        return None
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        libraries = {line.rstrip().rpartition("/")[2] for line in file if ".so" in line}
    held = sorted(name for name in libraries if any(part in name for part in _HELD_ELSEWHERE))
    if held:
        return f"threads of {held[0]} run"
    if any(_COMES_THROUGH in name for name in libraries):
        return None
    return "threads of a library run that Python does not know"


def is_supported() -> bool:
    return sys.platform == "linux" and hasattr(os, "pidfd_open")
