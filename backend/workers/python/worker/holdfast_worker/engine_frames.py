"""Tells the engine's own stack frames from those of user code and its libraries."""

from __future__ import annotations

import os
import selectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_ENGINE = (_PACKAGE + os.sep, os.path.join(os.path.dirname(_PACKAGE), "main.py"))
_LOOP = (os.path.dirname(os.__file__) + os.sep + "asyncio" + os.sep, selectors.__file__)


def is_engine_code(code: CodeType) -> bool:
    return code.co_filename.startswith(_ENGINE)


def is_loop_code(code: CodeType) -> bool:
    """Code of asyncio itself or of the selector it waits in."""
    return code.co_filename.startswith(_LOOP)


def in_user_code(frame: FrameType | None) -> bool:
    """Whether anything but the engine and asyncio is on the stack."""
    while frame is not None:
        if not is_engine_code(frame.f_code) and not is_loop_code(frame.f_code):
            return True
        frame = frame.f_back
    return False


def user_location(frame: FrameType | None) -> tuple[str, int] | None:
    """File and line of the innermost frame of user code: where a question comes from."""
    while frame is not None:
        code = frame.f_code
        if not is_engine_code(code) and not is_loop_code(code) and code.co_filename != _GETPASS:
            return code.co_filename, max(1, frame.f_lineno or 1)
        frame = frame.f_back
    return None


_GETPASS = os.path.join(os.path.dirname(os.__file__), "getpass.py")
