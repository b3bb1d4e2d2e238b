"""Copies of the session's process from before its cells, each a `fork` that waits until it is to take over, or is let go.

The copy shares open files, sockets and their positions with the session, and what was done outside the process stays done.
"""

from __future__ import annotations

import _random
import os
import signal
import sys
import time
import warnings

from .. import processes
from .board import MOST, Board
from .options import Limits
from .trunk import GAVE_WAY, THAW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

    from ..gate.consent import Consent

# How long the main thread tries to find no other in the middle of something.
_TRIES = 200
_LOOKS = 5
_PAUSE_SECONDS = 0.001


class Snapshot:
    __slots__ = ("pid", "handle", "ticks")

    def __init__(self, pid: int, handle: int, ticks: int | None) -> None:
        self.pid = pid
        # A pidfd: whatever happens to the number, it means this process.
        self.handle = handle
        # When it was made: see `processes`.
        self.ticks = ticks

    def send(self, number: int) -> bool:
        """False when it is gone."""
        try:
            signal.pidfd_send_signal(self.handle, number)
            return True
        except ProcessLookupError:
            return False


class Snapshots:
    """`locks`: those of the engine, which no other thread may hold while the process is copied."""

    def __init__(self, limits: Limits, board: Board, locks: Sequence[Any], obstacle: Callable[[], str | None], consent: Consent) -> None:
        self._limits = limits
        self._board = board
        self._locks = locks
        self._obstacle = obstacle
        self._consent = consent
        self._kept: list[Snapshot] = []
        # Killed, and not gone yet: giving much memory back takes a while.
        self._going: list[Snapshot] = []
        self._weigh_at = 0.0
        # Why there is none of the last cell.
        self._reason: str | None = "no cell has run"

    @property
    def reason(self) -> str | None:
        """Why the last cell cannot be undone, for a person; None: it can."""
        return self._reason

    def take(self, obstacle: str | None) -> bool:
        """Before a cell. True in the copy, once it has taken over; the cell is not to be run then. `obstacle`: one that the caller knows."""
        self._reason = obstacle or self._look() or self._hold()
        if self._reason is not None:
            # What is older would undo more than one cell.
            self._let_go(len(self._kept))
            return False
        try:
            return self._fork()
        except OSError as error:
            self._reason = f"the process cannot be copied ({error.strerror})"
            return False
        finally:
            self._release()

    def _look(self) -> str | None:
        """A thread of ours may be about to end."""
        reason = None
        for _ in range(_LOOKS):
            try:
                reason = self._consent.exempted(self._obstacle)
            except OSError as error:
                return f"what goes on in the process cannot be looked at ({error.strerror})"
            if reason is None:
                break
            time.sleep(_PAUSE_SECONDS)
        return reason

    def give_way(self) -> NoReturn:
        """Ends this process; the newest snapshot is the session then. Only without a `reason`."""
        newest = self._kept.pop()
        self._consent.exempted(lambda: processes.end_children(newest.ticks))
        self._board.write([one.pid for one in (*self._kept, newest)], newest.pid)
        os._exit(GAVE_WAY)

    def is_there(self) -> bool:
        """The newest may have been ended by the system, for want of memory."""
        if self._reason is None and not (self._kept and self._kept[-1].send(0)):
            self._reason = "its copy was ended by the system"
        return self._reason is None

    def _fork(self) -> bool:
        self._reap()
        self._let_go(len(self._kept) + 1 - min(self._limits.count, MOST))
        self._weigh()
        keep_random = _random_state()
        ticks = processes.clock_ticks()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            pid = self._copy()
            if pid == 0:
                _freeze()
                keep_random()
                self._drop_gone()
                self._reason = "nothing before it is kept" if not self._kept else None
                return True
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        self._kept.append(Snapshot(pid, handle, ticks))
        processes.spared.add(pid)
        self._tell()
        return False

    def _weigh(self) -> None:
        """Lets the oldest go until the rest is light enough. Weighing takes milliseconds a gigabyte: no more than a twentieth of the time."""
        if time.monotonic() < self._weigh_at:
            return
        # Of this thread alone: on a busy machine the clock goes on while another program has the processor.
        began = time.thread_time()
        weights = self._consent.exempted(lambda: [_own_bytes(snapshot) for snapshot in self._kept])
        while weights and sum(weights) > self._limits.memory:
            del weights[0]
        self._let_go(len(self._kept) - len(weights))
        self._weigh_at = time.monotonic() + 20 * (time.thread_time() - began)

    def _copy(self) -> int:
        with warnings.catch_warnings():
            # That there are threads: they hold nothing now, and begin anew in the copy.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._consent.copying = True
            try:
                return os.fork()
            finally:
                self._consent.copying = False

    def _let_go(self, count: int) -> None:
        """The oldest."""
        going = self._kept[: max(0, count)]
        for snapshot in going:
            snapshot.send(signal.SIGKILL)
        self._going += going
        del self._kept[: max(0, count)]
        self._tell()

    def _reap(self) -> None:
        for snapshot in list(self._going):
            try:
                if os.waitpid(snapshot.pid, os.WNOHANG) == (0, 0):
                    continue
            except ChildProcessError:
                # Of a session before this one: the trunk reaps it.
                pass
            os.close(snapshot.handle)
            processes.spared.discard(snapshot.pid)
            self._going.remove(snapshot)

    def _drop_gone(self) -> None:
        """In the copy: what was let go since it was made."""
        living = [snapshot for snapshot in self._kept if snapshot.send(0)]
        for snapshot in (*self._kept, *self._going):
            if snapshot not in living:
                os.close(snapshot.handle)
                processes.spared.discard(snapshot.pid)
        self._kept, self._going = living, []

    def _tell(self) -> None:
        self._board.write([one.pid for one in self._kept])

    def _hold(self) -> str | None:
        """All or none, and no waiting with some: another thread may need one of them for what it does with another."""
        for _ in range(_TRIES):
            held: list[Any] = []
            for lock in self._locks:
                if not lock.acquire(False):
                    break
                held.append(lock)
            else:
                return None
            for lock in held:
                lock.release()
            time.sleep(_PAUSE_SECONDS)
        return "the session was busy with the editor"

    def _release(self) -> None:
        for lock in self._locks:
            lock.release()


def _freeze() -> None:
    """Until this copy is to take over. What was sent to the group meanwhile was not meant for it."""
    signal.sigwait({THAW})
    while signal.sigtimedwait(signal.valid_signals(), 0) is not None:
        pass


def _random_state() -> Callable[[], None]:
    """What gives the copy the random numbers that the session would draw: Python seeds anew in a child."""
    generator: Any = getattr(sys.modules.get("random"), "_inst", None)
    if not isinstance(generator, _random.Random):
        return lambda: None
    # By the C base: the module, and the methods of its generator, may be the program's.
    state = _random.Random.getstate(generator)
    return lambda: _random.Random.setstate(generator, state)


def _own_bytes(snapshot: Snapshot) -> int:
    """What it does not share with another process, as Linux counts it; 0 when it does not tell."""
    try:
        with open(f"/proc/{snapshot.pid}/smaps_rollup", encoding="ascii") as file:
            rows = dict(line.split(":", 1) for line in file.read().splitlines()[1:])
    except OSError:
        return 0
    return sum(int(rows[name].split()[0]) * 1024 for name in ("Private_Clean", "Private_Dirty"))
