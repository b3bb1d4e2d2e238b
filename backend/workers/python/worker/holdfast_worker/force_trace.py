"""`force` up to Python 3.11: opcode tracing of the armed frames. It costs 4 to 10 times while it is on, so only then.

CPython drops a trace function that has raised. A profile hook, which stays, arms the caller as each frame is left, so that a
caller that swallows the exception is the next to be hit.
"""

from __future__ import annotations

import sys

from .coverage import escapes
from .engine_frames import is_machinery
from .force import ForcedCancel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

_armed = False


def arm(frames: list[FrameType]) -> None:
    global _armed
    _armed = True
    for frame in frames:
        _arm_frame(frame)
    sys.settrace(_on_call)
    sys.setprofile(_on_profile)


def disarm() -> None:
    global _armed
    if _armed:
        _armed = False
        sys.settrace(None)
        sys.setprofile(None)


def _arm_frame(frame: FrameType) -> None:
    frame.f_trace = _on_opcode
    frame.f_trace_opcodes = True
    frame.f_trace_lines = False


def _on_call(frame: FrameType, event: str, arg: object) -> Any:
    """Also called when an armed coroutine goes on: its trace function stays. New frames have none and run untraced."""
    return frame.f_trace


def _on_opcode(frame: FrameType, event: str, arg: object) -> Any:
    if _armed and event == "opcode" and escapes(frame.f_code, frame.f_lasti):
        raise ForcedCancel
    return _on_opcode


def _on_profile(frame: FrameType, event: str, arg: object) -> None:
    caller = frame.f_back
    if event != "return" or caller is None or is_machinery(caller.f_code):
        return
    _arm_frame(caller)
    sys.settrace(_on_call)
