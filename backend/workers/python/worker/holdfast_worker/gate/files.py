"""Audit events of files and folders: reading, writing, deleting."""

from __future__ import annotations

import _thread
import builtins
import os
import sys
from os import fsdecode
from re import sub as _sub

from .gate import Gate, denied
from .paths import touched_path
from .places import SINKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

    from .paths import Named

    Handler = Callable[[tuple[Any, ...]], object]

globals()["__builtins__"] = vars(builtins).copy()

_getframe = sys._getframe
_thread_id = _thread.get_ident
# Letters of a mode that only reads.
_READS = frozenset("rbtU")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What is opened so is empty.
_NEW = tuple(flags for flags in (os.O_TRUNC, os.O_CREAT | os.O_EXCL, getattr(os, "O_TMPFILE", 0)) if flags)
_BYTECODE = f"{os.sep}__pycache__{os.sep}"


def _import_code() -> frozenset[CodeType]:
    """What the import system reads and writes files with."""
    external: Any = sys.modules["_frozen_importlib_external"]
    loader = external.SourceFileLoader
    functions = (external._write_atomic, loader.get_data, loader.set_data, external.FileFinder._fill_cache)
    return frozenset(function.__code__ for function in functions)


class Files:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._import_code = _import_code()
        self._listing: CodeType = getattr(sys.modules["_frozen_importlib_external"], "FileFinder")._fill_cache.__code__
        # By thread, the tree that `shutil.rmtree` may remove: its frame by id and code, and the real path.
        self._trees: dict[int, tuple[int, CodeType, str]] = {}

    def handlers(self) -> dict[str, dict[str, Handler]]:
        """By category, then by event. `open` is read and write."""
        return {
            "read": {
                "open": self._open,
                "os.listdir": lambda args: self._read("os.listdir", args[0]),
                "os.scandir": lambda args: self._read("os.scandir", args[0]),
                "os.getxattr": lambda args: self._read("os.getxattr", args[0]),
                "os.listxattr": lambda args: self._read("os.listxattr", args[0]),
                "os.link": self._link,
                "os.rename": self._rename,
                "sqlite3.connect": self._sqlite,
            },
            "write": {
                "open": self._open,
                "os.mkdir": lambda args: self._write("os.mkdir", args[0], args[2]),
                "os.truncate": lambda args: self._write("os.truncate", args[0]),
                "os.symlink": lambda args: self._write("os.symlink", args[1], args[2], follow=False),
                "os.link": self._link,
                "os.rename": self._rename,
                "os.chmod": lambda args: self._change("os.chmod", args[0], args[2]),
                "os.chown": lambda args: self._change("os.chown", args[0], args[3]),
                "os.chflags": lambda args: self._change("os.chflags", args[0]),
                "os.utime": lambda args: self._change("os.utime", args[0], args[3]),
                "os.setxattr": lambda args: self._change("os.setxattr", args[0]),
                "os.removexattr": lambda args: self._change("os.removexattr", args[0]),
                "sqlite3.connect": self._sqlite,
            },
            "delete": {
                "os.remove": lambda args: self._delete("os.remove", args[0], args[1]),
                "os.rmdir": lambda args: self._delete("os.rmdir", args[0], args[1]),
                "os.rename": self._rename,
                "shutil.rmtree": self._rmtree,
            },
        }

    def _open(self, args: tuple[Any, ...]) -> None:
        path, mode, flags = args
        if type(path) is int:
            return
        operation = "os.open" if mode is None else "open"
        reads, writes = _purpose(mode, flags if type(flags) is int else 0)
        if writes:
            self._write(operation, path)
        if reads and (not writes or self._reads_too()):
            self._read(operation, path)

    def _reads_too(self) -> bool:
        """Whoever may change a file may read it, unless something forbids to read, or changing was not asked for."""
        rules = self._gate.rules
        return not rules.reads_free or "write" not in rules.asks

    def _read(self, operation: str, path: Named, dir_fd: int = -1, follow: bool = True) -> None:
        rules = self._gate.rules
        if "read" not in rules.asks:
            return
        files = rules.files
        # A link in a library's folder is the library's.
        if type(path) is str and path.startswith(files.installed) and f"{os.sep}.." not in path:
            return
        real = touched_path(path, dir_fd, follow)
        if real is None or files.is_data(real) or (rules.reads_free and files.in_workspace(real)):
            return
        if self._in_tree(real) or _is_own_descriptor(real):
            return
        caller = _caller()
        # Which modules a folder has: the one that is imported is asked for when it is read.
        if caller is self._listing:
            return
        self._refuse_bytecode(caller, real)
        self._ask("read", operation, real)

    def _write(self, operation: str, path: Named, dir_fd: int = -1, follow: bool = True) -> None:
        if "write" not in self._gate.rules.asks:
            return
        real = touched_path(path, dir_fd, follow)
        if real is None or self._may_write(real) or _is_own_descriptor(real):
            return
        self._refuse_bytecode(_caller(), real)
        self._ask("write", operation, real)

    def _change(self, operation: str, path: Named, dir_fd: int = -1) -> None:
        """Of what the file is like. Belongs to the writing of it that was just allowed."""
        real = touched_path(path, dir_fd)
        if real is None or self._may_write(real) or self._continues(real):
            return
        self._ask("write", operation, real)

    def _delete(self, operation: str, path: Named, dir_fd: int = -1) -> None:
        if "delete" not in self._gate.rules.asks:
            return
        real = touched_path(path, dir_fd, follow=False)
        if real is None or self._may_write(real) or self._in_tree(real):
            return
        if self._continues(real):
            # A trial of whether something can be written there.
            return
        self._refuse_bytecode(_caller(), real)
        self._ask("delete", operation, real)

    def _rename(self, args: tuple[Any, ...]) -> None:
        """Takes one path away and writes another, where it can be read."""
        source, target, source_fd, target_fd = args
        self._delete("os.rename", source, source_fd)
        self._write("os.rename", target, target_fd, follow=False)
        if self._reads_too():
            self._read("os.rename", source, source_fd, follow=False)

    def _link(self, args: tuple[Any, ...]) -> None:
        """The same file by another name: who may read or write the one may do so with the other. With a `dir_fd` links are followed."""
        source, target, source_fd, target_fd = args
        self._write("os.link", source, source_fd)
        self._write("os.link", target, target_fd, follow=False)
        if self._reads_too():
            self._read("os.link", source, source_fd)

    def _sqlite(self, args: tuple[Any, ...]) -> None:
        name = fsdecode(args[0])
        if name.startswith("file:"):
            path, _, query = name[5:].partition("?")
            if "mode=memory" in query.split("&"):
                return
            name = _sub("%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), path.partition("#")[0])
            if name.startswith("//"):
                name = "/" + name[2:].partition("/")[2]
        if name not in ("", ":memory:"):
            self._write("sqlite3.connect", name)
            if self._reads_too():
                self._read("sqlite3.connect", name)

    def _rmtree(self, args: Any) -> None:
        """Asked for once; what is below is removed in the frame of the same call."""
        frame = _getframe(2)
        thread = _thread_id()
        self._trees.pop(thread, None)
        dir_fd = args[1] if len(args) > 1 and args[1] is not None else -1
        real = touched_path(args[0], dir_fd, follow=False)
        if real is None or self._may_write(real):
            return
        self._ask("delete", "shutil.rmtree", real)
        self._trees[thread] = (id(frame), frame.f_code, real)

    def _in_tree(self, real: str) -> bool:
        tree = self._trees.get(_thread_id())
        if tree is None:
            return False
        number, code, root = tree
        if real != root and not real.startswith(root + os.sep):
            return False
        frame: FrameType | None = _getframe(2)
        while frame is not None:
            if id(frame) == number and frame.f_code is code:
                return True
            frame = frame.f_back
        return False

    def _continues(self, real: str) -> bool:
        """Whether a library goes on with what it was just allowed to write (`shutil.copy2`, `tempfile`)."""
        caller = _caller(4)
        return caller is not None and self._gate.rules.files.is_library(caller.co_filename) and self._gate.continues("write", real)

    def _may_write(self, real: str) -> bool:
        rules = self._gate.rules
        return real in SINKS or (rules.writes_free and rules.files.in_workspace(real))

    def _refuse_bytecode(self, caller: CodeType | None, real: str) -> None:
        """Imports do without bytecode that would have to be asked for: their source is what counts."""
        if caller in self._import_code and _BYTECODE in real:
            raise denied(f"Bytecode is neither read nor written where that has to be asked for: {real}")

    def _ask(self, category: str, operation: str, real: str) -> None:
        self._gate.judge(category, real, f"{operation}({real!r})", lambda: {"operation": operation, "path": real})


def _purpose(mode: Any, flags: int) -> tuple[bool, bool]:
    """Whether a file is opened to be read, and to be written or made."""
    letters = mode if type(mode) is str else ""
    if flags & _WRITES:
        both = flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
        return both and not any(flags & new == new for new in _NEW), True
    if _READS.issuperset(letters):
        return True, False
    return "+" in letters and not set("wx").intersection(letters), True


def _is_own_descriptor(real: str) -> bool:
    """`/dev/stdout`: a pipe that the program has already."""
    return real.startswith(f"/proc/{os.getpid()}/fd/")


def _caller(depth: int = 3) -> CodeType | None:
    """Who does it. Between: `_read` and its like, the handler of the event, the hook."""
    frame: FrameType | None = _getframe(1)
    for _ in range(depth):
        frame = frame.f_back if frame is not None else None
    return None if frame is None else frame.f_code
