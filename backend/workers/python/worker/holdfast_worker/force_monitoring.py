"""`force` from Python 3.12: `sys.monitoring` (PEP 669) on the armed code. Its callbacks stay when they raise."""

from __future__ import annotations

import _thread
import sys

from .coverage import escapes
from .force import ForcedCancel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

_NAME = "holdfast"
# 0, 1, 2 and 5 are meant for debuggers, coverage, profilers and optimizers (PEP 669).
_IDS = (4, 3)

_monitoring: Any = getattr(sys, "monitoring")
_tool: int | None = None
_codes: list[CodeType] = []
_main = 0


def arm(frames: list[FrameType]) -> None:
    """Does nothing when other tools hold every id: the repeated interrupts of the rung have to do then.

    A signal may cut it short anywhere, by the next interrupt of the rung: so nothing that was done before is taken for granted.
    """
    global _main
    _main = _thread.get_ident()
    tool = _claim()
    if tool is None:
        return
    for frame in frames:
        if not any(code is frame.f_code for code in _codes):
            _codes.append(frame.f_code)
        _monitoring.set_local_events(tool, frame.f_code, _monitoring.events.INSTRUCTION)


def disarm() -> None:
    global _tool
    if _tool is None:
        return
    for code in _codes:
        _monitoring.set_local_events(_tool, code, 0)
    _codes.clear()
    _monitoring.register_callback(_tool, _monitoring.events.INSTRUCTION, None)
    _monitoring.free_tool_id(_tool)
    _tool = None


def _claim() -> int | None:
    global _tool
    if _tool is None:
        _tool = next((tool for tool in _IDS if _monitoring.get_tool(tool) in (None, _NAME)), None)
    if _tool is not None:
        if _monitoring.get_tool(_tool) is None:
            _monitoring.use_tool_id(_tool, _NAME)
        _monitoring.register_callback(_tool, _monitoring.events.INSTRUCTION, _on_instruction)
    return _tool


def _on_instruction(code: CodeType, offset: int) -> None:
    # Other threads may run the same code; they were not cancelled.
    if _thread.get_ident() == _main and escapes(code, offset):
        raise ForcedCancel
