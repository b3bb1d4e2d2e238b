"""Lets the control thread run while the main thread is in C code that holds the interpreter, yet serves signals.

Regular expressions do: neither the control thread nor its interrupt comes through while one is matched. The backend's SIGURG,
which does nothing where it is not expected, makes them call a handler, and that gives way to the control thread.
"""

from __future__ import annotations

import signal
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Optional

    Handler = Callable[[int, Optional[FrameType]], None]

_PAUSE_SECONDS = 0.001
_PAUSES = 50


def install(handler: Handler) -> None:
    """Main thread only. Does nothing on systems without the signal."""
    _set(handler)


def uninstall() -> None:
    _set(signal.SIG_DFL)


def give_way(until: Callable[[], bool]) -> None:
    """Waits until it is so, 50 ms at most. For the handler: a lock or an event could be held by what it interrupts."""
    for _ in range(_PAUSES):
        if until():
            return
        time.sleep(_PAUSE_SECONDS)


def _set(handler: Handler | signal.Handlers) -> None:
    number = getattr(signal, "SIGURG", None)
    if number is not None:
        signal.signal(number, handler)
