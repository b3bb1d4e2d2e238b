"""The last rung inside the process: an exception where the code's own handlers cannot swallow it.

A cell such as `while True: try: … except: pass` catches every interrupt. It cannot catch one that is raised at an instruction
which none of its handlers covers (`coverage`), so the frames on the stack are armed to raise at the first such instruction.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

from .engine_frames import is_engine_code


class ForcedCancel(BaseException):
    """The cell was cancelled by force. Not an Exception and not a KeyboardInterrupt: code that means those lets it pass."""


def arm(frame: FrameType | None) -> None:
    """Arms the frame and its callers up to the engine. Main thread only."""
    frames: list[FrameType] = []
    while frame is not None:
        if not is_engine_code(frame.f_code):
            frames.append(frame)
        frame = frame.f_back
    _arm_frames(frames)


def arm_coroutine(coroutine: Any) -> None:
    """Arms the frames of a suspended coroutine and of those that it awaits."""
    _arm_frames([frame for frame in _suspended_frames(coroutine) if not is_engine_code(frame.f_code)])


def disarm() -> None:
    """Does nothing when nothing is armed."""
    module = sys.modules.get(_backend_name())
    if module is not None:
        module.disarm()


def _arm_frames(frames: list[FrameType]) -> None:
    if sys.version_info >= (3, 12):
        from . import force_monitoring as backend
    else:
        from . import force_trace as backend
    backend.arm(frames)


def _backend_name() -> str:
    return __package__ + (".force_monitoring" if sys.version_info >= (3, 12) else ".force_trace")


def _suspended_frames(coroutine: Any) -> Iterator[FrameType]:
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None:
            yield frame
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
