"""The last rung inside the process: an exception where the code's own handlers cannot swallow it.

A cell such as `while True: try: … except: pass` catches every interrupt. It cannot catch one that is raised at an instruction
which none of its handlers covers (`coverage`), so the frames on the stack are armed to raise at the first such instruction.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType
    from typing import Any

from .engine_frames import is_machinery


_armed = False


class ForcedCancel(BaseException):
    """The cell was cancelled by force. Not an Exception and not a KeyboardInterrupt: code that means those lets it pass."""


def arm(frame: FrameType | None) -> None:
    """Arms the frame and its callers up to the engine. Main thread only."""
    frames: list[FrameType] = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    _arm_frames(frames)


def arm_coroutine(coroutine: Any) -> None:
    """Arms the frames of a suspended coroutine and of those that it awaits."""
    _arm_frames(_suspended_frames(coroutine))


def disarm() -> None:
    """Does nothing when nothing is armed."""
    global _armed
    if _armed:
        _armed = False
        _backend().disarm()


def _arm_frames(frames: Iterable[FrameType]) -> None:
    # An exception in the midst of asyncio's own code would lose the callbacks that it was about to run.
    armed = [frame for frame in frames if not is_machinery(frame.f_code)]
    global _armed
    _armed = True
    _backend().arm(armed)


def _backend() -> Any:
    """Imported when it is first needed: few sessions ever get to this rung."""
    if sys.version_info >= (3, 12):
        from . import force_monitoring as backend
    else:
        from . import force_trace as backend
    return backend


def _suspended_frames(coroutine: Any) -> Iterator[FrameType]:
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None:
            yield frame
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
