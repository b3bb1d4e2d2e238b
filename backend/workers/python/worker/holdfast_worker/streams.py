"""Standard output and error of user code: text straight to fds 1 and 2, whose other ends the backend reads itself."""

from __future__ import annotations

import os
import sys

from .wire import write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from io import TextIOWrapper
    from typing import Any

_NAMES = ("stdout", "stderr")


class Streams:
    def __init__(self, marker: str) -> None:
        self._marker = marker
        # Private copies: markers reach the backend also after user code has closed or redirected fds 1 and 2.
        self._private = tuple(private_copy(fd) for fd in (1, 2))
        self._files: list[TextIOWrapper] = []
        self._c_flush: Any = None
        _silence_stdin()
        for name in _NAMES:
            self._open(name)

    def mark(self, edge: str, what: str) -> None:
        """Writes a marker (`start`, `end` or `sync`) to both streams, behind everything that was written to them before."""
        marker = f"\0\x1e{self._marker}:{edge}:{what}\x1e".encode()
        for fd in self._private:
            write_all(fd, marker)

    def mark_sync(self, number: int) -> None:
        self.mark("sync", str(number))

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
            self._c_flush = _c_flush()

    def repair(self) -> None:
        """Puts fds 1 and 2 back when user code closed them, so that no file it opens next takes their place."""
        for index, name in enumerate(_NAMES):
            try:
                os.fstat(index + 1)
            except OSError:
                os.dup2(self._private[index], index + 1)
            if self._files[index].closed:
                was_current = getattr(sys, name) is self._files[index]
                self._open(name, replace=was_current)

    def close_private(self) -> None:
        """In a forked child, which must not write markers."""
        for fd in self._private:
            os.close(fd)

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


def _silence_stdin() -> None:
    """Questions go to the person by `input`; a read of fd 0 must not take bytes from someone else's terminal."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    if null != 0:
        os.close(null)


def _c_flush() -> Any:
    """Flushes C's `stdout` only: `fflush(NULL)` would wait for any thread that reads a stream."""
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        stdout = ctypes.c_void_p.in_dll(libc, "__stdoutp" if sys.platform == "darwin" else "stdout")
    except (ImportError, OSError, TypeError, ValueError):
        return None
    return lambda: libc.fflush(stdout)
