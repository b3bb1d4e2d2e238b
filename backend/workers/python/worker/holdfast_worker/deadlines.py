"""Time limits of functions that wait or compute: an exception is raised where they are.

The signal that `nudge` uses wakes the main thread from `sleep`, locks and reads. One that comes late does nothing. In other threads, and on
systems without the signal, a function is not ended; that its time was over is seen when it returns.
"""

from __future__ import annotations

import _thread
import signal
import threading

from .engine_frames import is_engine_code, is_gate_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_SIGNAL = getattr(signal, "SIGURG", None)
# The function may be in code of the engine, or catch what is raised.
_AGAIN_SECONDS = 0.1


class Overdue(BaseException):
    """Not an Exception: code that means those lets it pass."""


class _Deadline:
    __slots__ = ("due", "left")

    def __init__(self) -> None:
        self.due = False
        # Released when the function has returned.
        self.left = _thread.allocate_lock()
        self.left.acquire()


class Deadlines:
    def __init__(self) -> None:
        self._main = threading.main_thread().ident
        # Of the main thread, outermost first.
        self._open: list[_Deadline] = []

    def within(self, seconds: float, call: Callable[[], Any]) -> Any:
        """Runs user code. Raises TimeoutError when it takes longer."""
        deadline = _Deadline()
        main = _thread.get_ident() == self._main
        if main:
            self._open.append(deadline)
        _thread.start_new_thread(self._watch, (deadline, seconds, main))
        try:
            value = call()
        except Overdue as overdue:
            if overdue.args[0] is not deadline:
                raise
            value = None
        finally:
            if main:
                self._open.remove(deadline)
            deadline.left.release()
        if deadline.due:
            raise TimeoutError(f"It took longer than {seconds:g} s.")
        return value

    def strike(self, frame: FrameType | None, waiting: bool) -> None:
        """From the signal's handler. `waiting`: engine code that may be interrupted waits for something."""
        if frame is None or (not waiting and is_engine_code(frame.f_code) and not is_gate_code(frame.f_code)):
            return
        for deadline in self._open:
            if deadline.due:
                raise Overdue(deadline)

    def _watch(self, deadline: _Deadline, seconds: float, main: bool) -> None:
        if deadline.left.acquire(timeout=seconds):
            return
        deadline.due = True
        while main and _SIGNAL is not None and self._main is not None:
            signal.pthread_kill(self._main, _SIGNAL)
            if deadline.left.acquire(timeout=_AGAIN_SECONDS):
                return
