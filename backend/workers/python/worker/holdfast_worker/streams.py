"""Standard output and error of user code: text straight to fds 1 and 2, whose other ends the backend reads itself."""

from __future__ import annotations

import _thread
import os
import sys

from .wire import write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from io import TextIOWrapper
    from typing import Any

_NAMES = ("stdout", "stderr")
# Four times the usual. Few enough for a hundred sessions within what Linux lets a user's pipes take (64 MiB).
_PIPE_BYTES = 256 * 1024


class Streams:
    def __init__(self, marker: str) -> None:
        self._marker = marker
        # Private copies: markers reach the backend also after user code has closed or redirected fds 1 and 2.
        self._private: tuple[int, ...] = tuple(private_copy(fd) for fd in (1, 2))
        for fd in self._private:
            _enlarge(fd)
        self._files: list[TextIOWrapper] = []
        self._c_flush: Any = None
        self._placing = _thread.allocate_lock()
        self._placed = 0
        _silence_stdin()
        for name in _NAMES:
            self._open(name)

    def mark(self, edge: str, execution_id: str) -> None:
        """Writes a marker to both streams, behind everything that was written to them before."""
        self._write_marker(edge, execution_id)

    def place(self, send: Callable[[int], None]) -> None:
        """Sends a message that has its place among the output: behind all that was written before. `send` gets its number."""
        self.flush()
        # Not the channel's lock: a marker may have to wait for the reader of the output, the control thread must not.
        with self._placing:
            self._placed += 1
            self._write_marker("sync", str(self._placed))
            send(self._placed)

    def flush(self) -> None:
        """Pushes out what Python's and C's buffers hold. Raises nothing."""
        for file in {id(file): file for file in (*self._files, sys.stdout, sys.stderr)}.values():
            try:
                file.flush()
            except Exception:
                # Closed, or an object of the user's own: its trouble showed when it was written to.
                continue
        if self._c_flush is not None:
            self._c_flush()

    def load_c_flush(self) -> None:
        """From now on `flush` covers C's `stdout` too. Costs an import of ctypes."""
        if self._c_flush is None:
            self._c_flush = c_flush()

    def repair(self) -> None:
        """Puts fds 0 to 2 back when user code closed them, so that no file it opens next takes their place."""
        if not _is_open(0):
            _silence_stdin()
        for index, name in enumerate(_NAMES):
            if not _is_open(index + 1):
                os.dup2(self._private[index], index + 1)
            if self._files[index].closed:
                was_current = getattr(sys, name) is self._files[index]
                self._open(name, replace=was_current)

    @property
    def lock(self) -> _thread.LockType:
        """Whoever holds it keeps every other thread out of here."""
        return self._placing

    def close_private(self) -> None:
        """In a forked child, which must not write markers."""
        for fd in self._private:
            os.close(fd)
        self._private = ()
        # A thread that the child does not have may have held it.
        self._placing = _thread.allocate_lock()

    def _write_marker(self, kind: str, value: str) -> None:
        marker = f"\0\x1e{self._marker}:{kind}:{value}\x1e".encode()
        for fd in self._private:
            write_all(fd, marker)

    def _open(self, name: str, replace: bool = True) -> None:
        index = _NAMES.index(name)
        file = open(index + 1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
        self._files[index : index + 1] = [file]
        setattr(sys, f"__{name}__", file)
        if replace:
            setattr(sys, name, file)


def private_copy(fd: int) -> int:
    """A copy out of the way of user code's low descriptors, which its children do not inherit."""
    try:
        import fcntl
    except ImportError:
        copy = os.dup(fd)
        os.set_inheritable(copy, False)
        return copy
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 200)
    except OSError:
        # The limit on open files is below that.
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 0)


def _enlarge(fd: int) -> None:
    """Lets a flood run further ahead of its reader. Where it cannot be done (no pipe, another system) all works as well."""
    if sys.platform != "linux":
        return
    import fcntl

    try:
        # F_SETPIPE_SZ, which Python names from 3.10 on.
        fcntl.fcntl(fd, 1031, _PIPE_BYTES)
    except OSError:
        return


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _silence_stdin() -> None:
    """Questions go to the person by `input`; a read of fd 0 must not take bytes from someone else's terminal."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    if null != 0:
        os.close(null)


def c_flush() -> Any:
    """Flushes C's `stdout` only: `fflush(NULL)` would wait for any thread that reads a stream."""
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        flush, stdout = libc.fflush, ctypes.c_void_p.in_dll(libc, "__stdoutp" if sys.platform == "darwin" else "stdout")
    except (ImportError, AttributeError, OSError, TypeError, ValueError):
        return None
    return lambda: flush(stdout)
