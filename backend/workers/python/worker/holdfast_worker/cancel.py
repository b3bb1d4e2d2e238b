"""Cancelling the running cell.

The control thread sends a real SIGINT, since nothing else wakes `sleep`, locks and reads (FACTS "Python worker"). The handler,
on the main thread, decides by phase what it does. Engine frames are never interrupted, so that no frame is half written and no
bookkeeping is cut short; each signal is sent under a lock while its execution runs, so that none reaches the next cell.
A cell on the executor thread is reached by `thread_interrupts` instead, while the signal still ends its children.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from queue import SimpleQueue

from . import force, nudge, processes
from .deadlines import Deadlines
from .engine_frames import in_user_code, is_engine_code, is_gate_code, is_reading_code
from .thread_interrupts import ThreadInterrupts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any, NoReturn

IDLE = "idle"
ENGINE = "engine"
USER = "user"
AWAIT = "await"
# The main thread steps the loop while the cell runs on the executor thread.
BESIDE = "beside"
# No cell runs: the main thread does something for the editor that may call user code.
WORK = "work"

_RANK = {"cooperative": 1, "interrupt": 2, "children": 3, "force": 4}
# While a cell is forced, it is signalled again: a swallowed exception may have left a place where nothing was armed.
_FORCE_INTERVAL_SECONDS = 0.02
# A thread that computes lets the control thread in once in so long, for one system call: reading the process table takes hundreds.
_SWITCH_SECONDS = 1e-4


class Running:
    """The execution that runs. `rung` is the highest rung that reached it, None while nobody cancelled it."""

    def __init__(self, execution_id: str) -> None:
        self.id = execution_id
        self.rung: str | None = None
        self.asked: str | None = None
        self.deferred = False
        # Of a cell on the executor thread: its code has ended, only the main thread has not come to it yet.
        self.code_ended = False
        # What the interrupt raises where the stack has no room for deciding.
        self.without_room = KeyboardInterrupt()
        self.started_at = time.time()
        self.clock_ticks = processes.clock_ticks()


class Canceller:
    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._main = threading.main_thread().ident or _thread.get_ident()
        self._phase = IDLE
        # The main thread sits in `wait`: engine code that may be interrupted.
        self._waiting = False
        self.running: Running | None = None
        self._idle_interrupt = False
        self._work: object = None
        # How the work is to be interrupted: not at all, or whether by force.
        self._work_forced: bool | None = None
        # The switch interval that the program had, while a cancel has another one in force.
        self._switch_seconds: float | None = None
        self.thread = ThreadInterrupts()
        self.deadlines = Deadlines()
        self.cancel_await: Callable[[bool], None] = lambda forced: None
        self.call_soon: Callable[[Callable[[], None]], None] = lambda call: None

    @property
    def lock(self) -> _thread.LockType:
        """Whoever holds it keeps every other thread out of here."""
        return self._lock

    def install(self) -> None:
        signal.signal(signal.SIGINT, self._on_signal)
        nudge.install(self._on_nudge)

    # Main thread.

    def begin(self, running: Running) -> None:
        with self._lock:
            self.running = running
            self._phase = ENGINE
            self._idle_interrupt = False

    def begin_work(self, work: object) -> None:
        """Work of the main thread between cells, which `interrupt_work` interrupts until `finish`."""
        with self._lock:
            self._work = work
            self._work_forced = None
            self._phase = ENGINE

    def guard(self, phase: str, call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
        """Runs user code and returns its value or what it raised, whatever that is and whenever it comes."""
        try:
            try:
                self._enter(phase)
                value = call()
                self._leave()
                return value, None
            except BaseException as error:
                self._leave()
                return None, error
        except BaseException as error:
            self._leave()
            return None, error

    def finish(self) -> None:
        with self._lock:
            self.running = None
            self._work = None
            self._phase = IDLE
            self._let_go()

    def guard_thread(self, call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
        """`guard` for the executor thread."""
        return self.thread.guard(call, self._refuse_cancelled)

    def wait(self, queue: SimpleQueue[Any]) -> Any:
        """The next item of the queue. An interrupt of the cell ends the wait at once, on the thread that the cell runs on."""
        if _thread.get_ident() == self.thread.thread:
            return self.thread.wait(queue, self._lock, self.begin_wait)
        if _thread.get_ident() != self._main:
            return queue.get()
        # A signal handler of the program's may ask while its main code waits.
        before, self._waiting = self._waiting, True
        try:
            self.begin_wait()
            return queue.get()
        finally:
            self._waiting = before

    def pause(self, seconds: float) -> None:
        """Sleeps. An interrupt of the cell ends it at once."""
        woken: SimpleQueue[None] = SimpleQueue()
        _thread.start_new_thread(_put_after, (woken, seconds))
        self.wait(woken)

    def begin_wait(self) -> None:
        """Before user code waits for an answer: an interrupt that came a moment ago finds it waiting, in effect."""
        if self.running is not None and self.running.deferred:
            self._was_cooperative(self.running)
        self.checkpoint()

    def rearm(self) -> None:
        """The cell has ended: further user code on its behalf (`str` of its error) is interrupted by further cancels only."""
        with self._lock:
            if self.running is not None:
                self.running.asked = None
                self.running.deferred = False

    def checkpoint(self) -> None:
        """Raises the interrupt that came while the engine worked for user code. Called before it returns there."""
        running = self.running
        if running is not None and running.deferred and _thread.get_ident() in (self._main, self.thread.thread):
            running.deferred = False
            _raise_here(running.asked == "force")

    def _enter(self, phase: str) -> None:
        with self._lock:
            self._refuse_cancelled()
            self._phase = phase

    def _refuse_cancelled(self) -> None:
        if self.running is not None and self.running.asked is not None:
            raise KeyboardInterrupt

    def _leave(self) -> None:
        with self._lock:
            self._phase = ENGINE
        force.disarm()

    def abandon(self) -> None:
        """In a forked child: nobody cancels it from here. Its locks may be held by threads that it does not have."""
        self._lock = _thread.allocate_lock()
        self.running = None
        self._let_go()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nudge.uninstall()

    # Control thread.

    def deliver(self, execution_id: str, rung: str) -> None:
        """Climbs to a rung. Ignored when that execution is not running or has left user code."""
        with self._lock:
            running = self.running
            if running is None or running.id != execution_id:
                return
            if self._phase == ENGINE:
                # Not yet in user code: `_enter` sees it. Already out of it: nobody looks.
                running.asked = rung
                running.rung = running.rung or "cooperative"
                return
            self._hurry()
            if rung == "children":
                if processes.end_children(running.clock_ticks):
                    self._raise_rung(running, rung)
                return
            running.asked = rung
            self._raise_rung(running, "interrupt" if rung == "cooperative" else rung)
            if self._phase == BESIDE:
                self._interrupt_beside(running, rung == "force")
            _interrupt_group()
        if rung == "force":
            _thread.start_new_thread(self._insist, (running,))

    def _hurry(self) -> None:
        if self._switch_seconds is None:
            self._switch_seconds = sys.getswitchinterval()
            sys.setswitchinterval(_SWITCH_SECONDS)

    def _let_go(self) -> None:
        # The cell may have set one of its own.
        if self._switch_seconds is not None and abs(sys.getswitchinterval() - _SWITCH_SECONDS) < 1e-6:
            sys.setswitchinterval(self._switch_seconds)
        self._switch_seconds = None

    def interrupt_idle(self) -> None:
        """Raises in the background task that holds up the idle loop. From any thread; nothing happens when a cell has begun."""
        with self._lock:
            if self._phase == IDLE:
                self._idle_interrupt = True
                _interrupt_thread(self._main)

    def interrupt_work(self, work: object, forced: bool) -> None:
        """Raises in that work if it is still under way. Does nothing while a message is written: ask again. From any thread."""
        with self._lock:
            if self._phase == WORK and self._work is work:
                self._work_forced = forced
                _interrupt_thread(self._main)

    def _raise_rung(self, running: Running, rung: str) -> None:
        if running.rung is None or _RANK[rung] > _RANK[running.rung]:
            running.rung = rung

    def _insist(self, running: Running) -> None:
        while True:
            time.sleep(_FORCE_INTERVAL_SECONDS)
            with self._lock:
                if self.running is not running or self._phase == ENGINE:
                    return
                if self._phase == BESIDE:
                    self._interrupt_beside(running, True)
                _interrupt_thread(self._main)

    def _interrupt_beside(self, running: Running, forced: bool) -> None:
        reached = self.thread.interrupt(forced)
        if reached == "waited":
            self._was_cooperative(running)
        elif reached == "shielded":
            running.deferred = True

    # Signal handlers, main thread.

    def _on_nudge(self, _signum: int, frame: FrameType | None) -> None:
        """Decides nothing about the cell, so that one that comes late does nothing to the next one."""
        self.deadlines.strike(frame, self._waiting)
        running = self.running
        if running is None or self._phase not in (USER, AWAIT) or frame is None or is_engine_code(frame.f_code):
            return
        asked = running.asked
        nudge.give_way(lambda: running.asked != asked)
        # An interrupt that came meanwhile found engine code.
        self.checkpoint()

    def _on_signal(self, _signum: int, frame: FrameType | None) -> None:
        try:
            self._interrupt(frame)
        except RecursionError:
            running = self.running
            if running is None or (self._phase is not USER and self._phase is not AWAIT):
                raise
            # Made beforehand, and `is` where `in` would do: a call or a comparison needs room on the stack, too.
            raise running.without_room from None

    def _interrupt(self, frame: FrameType | None) -> None:
        if self._phase == IDLE and self._idle_interrupt and in_user_code(frame):
            self._idle_interrupt = False
            raise KeyboardInterrupt
        if self._phase == WORK:
            if self._work_forced is not None and (self._waiting or _may_end_work(frame)):
                _raise_here(self._work_forced)
            return
        running = self.running
        if running is None or self._phase not in (USER, AWAIT, BESIDE):
            return
        forced = running.asked == "force"
        if self._phase == BESIDE:
            # A background task that holds up the loop holds up the cell's end, or what the cell waits for.
            if (running.code_ended or forced) and in_user_code(frame):
                raise KeyboardInterrupt
            return
        if self._waiting:
            self._was_cooperative(running)
            _raise_here(forced)
        if self._phase == AWAIT and not in_user_code(frame):
            self._was_cooperative(running)
            self.cancel_await(forced)
            return
        if frame is None or (is_engine_code(frame.f_code) and not is_gate_code(frame.f_code)):
            running.deferred = True
            if self._phase == AWAIT:
                self.call_soon(lambda: self._cancel_overdue(running))
            return
        _raise_here(forced)

    def _cancel_overdue(self, running: Running) -> None:
        """The engine code that was interrupted has gone into an await without coming to a checkpoint."""
        if running is self.running and running.deferred:
            running.deferred = False
            self._was_cooperative(running)
            self.cancel_await(running.asked == "force")

    def _was_cooperative(self, running: Running) -> None:
        if running.asked == "cooperative":
            running.rung = "cooperative"


def _put_after(queue: SimpleQueue[None], seconds: float) -> None:
    time.sleep(seconds)
    queue.put(None)


def _may_end_work(frame: FrameType | None) -> bool:
    return frame is not None and (is_reading_code(frame.f_code) or not is_engine_code(frame.f_code))


def _raise_here(forced: bool) -> NoReturn:
    """By force: with everything armed that leads here, since it may be swallowed."""
    if forced:
        force.arm(sys._getframe())
        raise force.ForcedCancel
    raise KeyboardInterrupt


def _interrupt_group() -> None:
    """The group, so that a child the cell waits for (`subprocess.run`) ends with the same signal."""
    if os.name == "posix":
        os.killpg(os.getpgrp(), signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _interrupt_thread(thread: int) -> None:
    if os.name == "posix":
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)
