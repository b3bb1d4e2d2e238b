"""Interrupting the executor thread.

No signal handler runs there, so an exception is set from outside (`PyThreadState_SetAsyncExc`): it comes at the thread's next
instruction of Python code. What waits in C (`time.sleep`, a lock, a read) does not wake, and the backend's kill has to end it.
Children of the cell, questions to the person and event loops are woken, so that waiting for these ends at once.
"""

from __future__ import annotations

import _thread
import sys
import time

from . import force

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue
    from typing import Any, Union

    Waiting = SimpleQueue[Union[BaseException, Any]]


class ThreadInterrupts:
    """The thread is shielded but for the time in which it runs user code: engine code there is never cut short."""

    def __init__(self) -> None:
        self.thread: int | None = None
        self.wake_loop: Callable[[int], None] = lambda thread: None
        self._shielded = True
        self._raising = False
        self._waiting: Waiting | None = None

    # The executor thread.

    def guard(self, call: Callable[[], Any], begin: Callable[[], None]) -> tuple[Any, BaseException | None]:
        """Runs user code and returns its value or what it raised. `begin` raises when the cell has been cancelled already."""
        try:
            try:
                self._shielded = False
                begin()
                value = call()
                self._shield()
                return value, None
            except BaseException as error:
                self._shield()
                return None, error
        except BaseException as error:
            self._shield_for_good()
            return None, error
        finally:
            force.disarm()

    def shielded(self, call: Callable[[], Any]) -> Any:
        """Runs engine code that user code has called. From any thread."""
        if _thread.get_ident() != self.thread or self._shielded:
            return call()
        try:
            self._shield()
            return call()
        finally:
            self._shielded = False

    def wait(self, queue: Waiting, lock: _thread.LockType, begin: Callable[[], None]) -> Any:
        """The next item of the queue; `interrupt` ends the wait. Called shielded. `lock` is the one that `interrupt` is under."""
        with lock:
            begin()
            self._waiting = queue
        item = queue.get()
        with lock:
            self._waiting = None
        if isinstance(item, BaseException):
            if isinstance(item, force.ForcedCancel):
                force.arm(sys._getframe())
            raise item
        return item

    def _shield(self) -> None:
        """Raises here what was on its way. No lock: an exception could come between taking and holding it."""
        self._shielded = True
        while self._raising:
            time.sleep(0)
        # Exceptions from outside come when a loop jumps back.
        for _ in range(3):
            pass

    def _shield_for_good(self) -> None:
        while True:
            try:
                self._shield()
                return
            except BaseException:
                # One more of the same cancel: the first is what is reported.
                continue

    # The control thread.

    def interrupt(self, forced: bool) -> str:
        """Raises in the thread. `waited`: a wait was ended; `shielded`: nothing was done, it is in engine code; else `raised`."""
        thread = self.thread
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting.put(force.ForcedCancel() if forced else KeyboardInterrupt())
            return "waited"
        # Its order against `_shield` matters: either this sees the shield, or the shield waits for this.
        self._raising = True
        try:
            if thread is None or self._shielded:
                return "shielded"
            raise_in(thread, ForcedOnThread if forced else KeyboardInterrupt)
        finally:
            self._raising = False
        self.wake_loop(thread)
        return "raised"


class _ArmingType(type):
    """Python makes the exception from its class on the thread that it is raised in: the place to arm that thread's frames."""

    def __call__(cls, *_args: object) -> Any:
        force.arm(sys._getframe(1))
        return force.ForcedCancel()


class ForcedOnThread(force.ForcedCancel, metaclass=_ArmingType):
    pass


def raise_in(thread: int, exception: type[BaseException]) -> bool:
    """False when there is no such thread, or no ctypes to do it with."""
    try:
        import ctypes
    except ImportError:
        return False
    return ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception)) > 0
