"""Tells the engine's own stack frames from those of user code and its libraries."""

from __future__ import annotations

import os
import selectors
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

# The entry is named as Python was given it, which may be through a link; until the session has begun it is `__main__`.
_ENTRY = getattr(sys.modules["__main__"], "__file__", None) or __file__
_ENGINE = (os.path.dirname(__file__) + os.sep, _ENTRY)
# Loops over what it reads, and may be cut short anywhere.
_READING = (
    os.path.join(os.path.dirname(__file__), "reading") + os.sep,
    os.path.join(os.path.dirname(__file__), "checkpoints") + os.sep,
    os.path.join(os.path.dirname(__file__), "representation.py"),
)
_GATE = os.path.join(os.path.dirname(__file__), "gate") + os.sep
_LOOP = (os.path.dirname(os.__file__) + os.sep + "asyncio" + os.sep, selectors.__file__)


def is_engine_code(code: CodeType) -> bool:
    return code.co_filename.startswith(_ENGINE)


def is_reading_code(code: CodeType) -> bool:
    return code.co_filename.startswith(_READING)


def is_gate_code(code: CodeType) -> bool:
    """Stands between an operation and its permission. Keeps no state, so that it may be cut short anywhere."""
    return code.co_filename.startswith(_GATE)


def is_loop_code(code: CodeType) -> bool:
    """Code of asyncio itself or of the selector it waits in."""
    return code.co_filename.startswith(_LOOP)


def is_machinery(code: CodeType) -> bool:
    """Neither the person's code nor a library that it calls: what runs it."""
    return is_engine_code(code) or is_loop_code(code)


def in_user_code(frame: FrameType | None) -> bool:
    """Whether anything but the engine and asyncio is on the stack."""
    while frame is not None:
        if not is_machinery(frame.f_code):
            return True
        frame = frame.f_back
    return False


def user_location(frame: FrameType | None) -> tuple[str, int] | None:
    """File and line of the innermost frame of user code: where a question comes from."""
    while frame is not None:
        code = frame.f_code
        if not is_machinery(code):
            return code.co_filename, max(1, frame.f_lineno or 1)
        frame = frame.f_back
    return None

