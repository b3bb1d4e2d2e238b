"""No worker outlives its backend, also when C code holds the GIL and the control thread cannot run."""

from __future__ import annotations

import os
import signal
import sys


def hold(fd: int) -> None:
    """Linux: has the kernel kill this process's group when the other end of the descriptor closes.

    The backend never writes to it, so its closing is the one event that raises the signal (fcntl(2), F_SETSIG, O_ASYNC).
    Elsewhere the end of the backend's messages has to do, which the control thread sees.
    """
    if sys.platform != "linux":
        return
    import fcntl

    fcntl.fcntl(fd, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)


def own_group() -> None:
    """Makes sure that signals to the group reach this process and its children only."""
    if os.name == "posix" and os.getpgrp() != os.getpid():
        os.setsid()
