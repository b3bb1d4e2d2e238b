"""The process that stays when an undo replaces the session's: the backend's child, parent of whoever is the session now.

It does nothing but wait: it reaps what dies, lets the snapshot that takes over go on, and ends as the session's process has ended.
All of them are in one process group, so whatever ends the group, the backend or the lifeline's signal, ends them all.
"""

from __future__ import annotations

import os
import signal

from .board import Board

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

# With a successor named, the exit code of a session that gives way.
GAVE_WAY = 79
# Lets a snapshot go on.
THAW = signal.SIGUSR1
_PR_SET_CHILD_SUBREAPER = 36


def plant() -> Board:
    """Forks: the caller goes on as the session, in the child. Raises OSError or ImportError when there can be no trunk."""
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    board = Board()
    session = os.fork()
    if session != 0:
        _stay(session, board)
    return board


def _stay(session: int, board: Board) -> NoReturn:
    def nudge(_number: int, _frame: object) -> None:
        os.kill(session, signal.SIGURG)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What wakes C code is meant for the session.
    signal.signal(signal.SIGURG, nudge)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid != session:
            # A snapshot that was let go, or what the program has left behind.
            continue
        snapshots, successor = board.read()
        gave_way = os.WIFEXITED(status) and os.WEXITSTATUS(status) == GAVE_WAY
        if not gave_way or not _is_child(successor):
            _end(snapshots, status)
        board.write(snapshots)
        session = successor
        os.kill(session, THAW)


def _end(snapshots: list[int], status: int) -> NoReturn:
    for pid in snapshots:
        if _is_child(pid):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def _is_child(pid: int) -> bool:
    """Alive, and with a number that stays its own until it is reaped here."""
    try:
        return pid > 0 and os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False
