"""Audit events of files and folders: reading, writing, deleting."""

from __future__ import annotations

import _thread
import builtins
import os
import sys
from os import fsdecode
from os import stat as _stat
from re import compile as _compile
from re import sub as _sub
from stat import S_ISDIR as _S_ISDIR

from ..engine_frames import is_machinery
from ..own_environment import stored
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
# What tells of a file more than its content, or beside it.
_ATTRIBUTES = frozenset(("os.getxattr", "os.listxattr"))
# How `tempfile` makes the file with which it tries a folder, and what that is called.
_TRIAL = os.O_CREAT | os.O_EXCL
_TRIAL_NAME = _compile("[a-z0-9_]{8}").fullmatch
_BYTECODE = f"{os.sep}__pycache__{os.sep}"


def _import_code() -> frozenset[CodeType]:
    """What the import system reads and writes files with."""
    external: Any = sys.modules["_frozen_importlib_external"]
    loader = external.SourceFileLoader
    functions = (external._write_atomic, loader.get_data, loader.set_data, external.FileFinder._fill_cache)
    return frozenset(function.__code__ for function in functions)


def _temporary_folders() -> frozenset[str]:
    named = [stored.get(name if sys.platform == "win32" else name.encode()) for name in ("TMPDIR", "TEMP", "TMP")]
    folders = ["/tmp", "/var/tmp", "/usr/tmp", *(fsdecode(folder) for folder in named if folder)]
    return frozenset(touched_path(os.path.abspath(folder)) or folder for folder in folders)


class Files:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._import_code = _import_code()
        self._listing: CodeType = getattr(sys.modules["_frozen_importlib_external"], "FileFinder")._fill_cache.__code__
        # By thread, the tree that `shutil.rmtree` may remove: its frame by id and code, and the real path.
        self._trees: dict[int, tuple[int, CodeType, str]] = {}
        self._makedirs: CodeType = os.makedirs.__code__
        self._temporary = _temporary_folders()

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
                "os.mkdir": lambda args: self._mkdir(args[0], args[2]),
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
        number = flags if type(flags) is int else 0
        reads, writes = _purpose(mode, number)
        if writes and not (mode is not None and _is_folder(path)) and not self._is_trial(path, number):
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
        if (operation in _ATTRIBUTES and self._continues("read", real)) or (operation == "os.open" and self._opens_for("read", real)):
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
        if operation == "os.open" and self._opens_for("write", real):
            return
        self._refuse_bytecode(_caller(), real)
        self._ask("write", operation, real)

    def _mkdir(self, path: Named, dir_fd: int) -> None:
        """With the folders above that have to be made for it (`os.makedirs`, `Path.mkdir`)."""
        if "write" not in self._gate.rules.asks:
            return
        real = touched_path(path, dir_fd)
        if real is None or self._may_write(real):
            return
        if self._is_library(_caller()) and any(
            category == "write" and f"{target}{os.sep}".startswith(real + os.sep) for category, target in self._gate.latest()
        ):
            return
        named = _made_in_all(self._makedirs)
        whole = None if named is None else touched_path(named)
        self._ask("write", "os.mkdir", whole if whole and whole.startswith(real + os.sep) else real)

    def _is_trial(self, path: Any, flags: int) -> bool:
        """`tempfile` looks where it can write. That this was denied it would not tell."""
        if flags & _TRIAL != _TRIAL or sys.modules.get("tempfile") is None:
            return False
        real = touched_path(path)
        if real is None or os.path.dirname(real) not in self._temporary or not _TRIAL_NAME(os.path.basename(real)):
            return False
        code = _opening()
        if code is None or code.co_name != "_get_default_tempdir" or not self._is_of(code, "tempfile.py"):
            return False
        # It is removed again.
        self._gate.note("write", real)
        return True

    def _change(self, operation: str, path: Named, dir_fd: int = -1) -> None:
        """Of what the file is like. Belongs to the writing of it that was just allowed."""
        real = touched_path(path, dir_fd)
        if real is None or self._may_write(real) or self._continues("write", real):
            return
        self._ask("write", operation, real)

    def _delete(self, operation: str, path: Named, dir_fd: int = -1) -> None:
        if "delete" not in self._gate.rules.asks:
            return
        real = touched_path(path, dir_fd, follow=False)
        if real is None or self._may_write(real) or self._in_tree(real):
            return
        caller = _caller()
        if self._gate.continues("write", real) and self._is_of(caller, "tempfile.py"):
            return
        # `move` to another file system: it could not rename the file.
        if ("delete", real) in self._gate.latest() and self._is_of(caller, "shutil.py"):
            return
        self._refuse_bytecode(caller, real)
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

    def _continues(self, category: str, real: str) -> bool:
        """Whether a library goes on with what it was just allowed (`shutil.copy2`)."""
        return (category, real) in self._gate.latest() and self._is_library(_caller(4))

    def _is_of(self, code: CodeType | None, name: str) -> bool:
        return code is not None and os.path.basename(code.co_filename) == name and self._is_library(code)

    def _opens_for(self, category: str, real: str) -> bool:
        """Whether `open`, which has asked already, has a library do it (`Path.open` of Python 3.9)."""
        if (category, real) not in self._gate.latest():
            return False
        code = _opening()
        return code is not None and code.co_name == "_opener" and self._is_library(code)

    def _is_library(self, code: CodeType | None) -> bool:
        return code is not None and (code.co_filename.startswith("<frozen ") or self._gate.rules.files.is_library(code.co_filename))

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


def _is_folder(path: Any) -> bool:
    """`open` cannot write to it: what is opened is what its opener opens, which asks by itself."""
    try:
        return _S_ISDIR(_stat(path).st_mode)
    except (OSError, ValueError, TypeError):
        return False


def _made_in_all(makedirs: CodeType) -> str | None:
    """What `os.makedirs`, which calls itself for the folder above, was first called with. None: nobody called it."""
    frame = _program()
    found: Any = None
    while frame is not None and frame.f_code is makedirs:
        found, frame = frame.f_locals.get("name"), frame.f_back
    try:
        return fsdecode(found)
    except TypeError:
        return None


def _is_own_descriptor(real: str) -> bool:
    """`/dev/stdout`: a pipe that the program has already."""
    return real.startswith(f"/proc/{os.getpid()}/fd/")


def _opening() -> CodeType | None:
    """Who calls `os.open`, which is the gate's own on Linux."""
    frame = _program()
    return None if frame is None else frame.f_code


def _program() -> FrameType | None:
    """The innermost frame that is not the engine's."""
    frame: FrameType | None = _getframe(1)
    while frame is not None and is_machinery(frame.f_code):
        frame = frame.f_back
    return frame


def _caller(depth: int = 3) -> CodeType | None:
    """Who does it. Between: `_read` and its like, the handler of the event, the hook."""
    frame: FrameType | None = _getframe(1)
    for _ in range(depth):
        frame = frame.f_back if frame is not None else None
    return None if frame is None else frame.f_code
