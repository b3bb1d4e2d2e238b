"""Audit events of code that is no Python: libraries, extension modules, and interpreters that have no gate of their own."""

from __future__ import annotations

import builtins
import os
import sys
from os import fsdecode
from os import stat as _stat

from ..streams import c_flush
from .gate import Gate
from .paths import touched_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    Handler = Callable[[tuple[Any, ...]], object]

globals()["__builtins__"] = vars(builtins).copy()

_LIBRARY_FOLDERS = ("/lib/{}", "/usr/lib/{}", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib")
# Audit hooks that are written in Python do not hold in another interpreter.
_INTERPRETERS = frozenset(("_xxsubinterpreters", "_interpreters", "_testcapi", "_testinternalcapi", "_xxtestfuzz"))
_HOOK_FILE = os.path.join(os.path.dirname(__file__), "hook.py")
_PYTHON_PREFIXES = ("Py", "_Py")


class Native:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def handlers(self) -> dict[str, dict[str, Handler]]:
        return {
            "native": {
                "ctypes.dlopen": lambda args: self._library("ctypes.dlopen", args[0]),
                "ctypes.dlsym": lambda args: self._symbol(getattr(args[0], "_handle", None), args[1]),
                "ctypes.dlsym/handle": lambda args: self._symbol(args[0], args[1]),
                "ctypes.call_function": lambda args: self._ask("ctypes.call_function", sys.executable),
                "import": self._import,
                "sqlite3.load_extension": lambda args: self._library("sqlite3.load_extension", args[1]),
                "cpython.PyInterpreterState_New": lambda args: self._ask("a subinterpreter", sys.executable),
            }
        }

    def _library(self, operation: str, name: Any) -> None:
        """None: the interpreter itself. What is taken out of it is asked for then."""
        if name is None or name == "":
            return
        path = fsdecode(name)
        if os.sep not in path:
            self._ask(operation, _found(path))
        elif not self._is_library(path):
            self._ask(operation, touched_path(path) or path)

    def _symbol(self, handle: Any, name: Any) -> None:
        """Of a library that was loaded with permission anything may be used. In the interpreter there is all of C's, too."""
        ctypes: Any = sys.modules.get("ctypes")
        own = getattr(getattr(ctypes, "pythonapi", None), "_handle", None)
        if handle != own or (type(name) is str and name.startswith(_PYTHON_PREFIXES)):
            return
        if not _is_engine(ctypes):
            self._ask(f"ctypes: {name}", sys.executable)

    def _import(self, args: tuple[Any, ...]) -> None:
        name, file = args[0], args[1]
        if name in _INTERPRETERS:
            self.ask_interpreter(name)
        elif file is not None and not self._is_library(fsdecode(file)):
            self._extension(name, touched_path(file) or fsdecode(file))

    def _extension(self, name: str, real: str) -> None:
        """What the environment had when the session began is free; of what has come since, all of a package is one question."""
        package = self._gate.rules.files.package(real)
        if package is None:
            self._ask(f"import {name}", real)
            return
        operation = f"import {name.partition('.')[0]}"[:200]
        if self._has_come_since(real) and not self._gate.continues("native", (operation, package)):
            self._ask(operation, package)

    def _has_come_since(self, real: str) -> bool:
        try:
            # When it was made, moved or written last: no program can set that.
            return _stat(real).st_ctime > self._gate.began
        except OSError:
            return True

    def ask_interpreter(self, name: str) -> None:
        if name in _INTERPRETERS:
            self._ask(f"import {name}", sys.executable)

    def _is_library(self, path: str) -> bool:
        return path.startswith(self._gate.rules.files.installed) and f"{os.sep}.." not in path

    def _ask(self, operation: str, path: str) -> None:
        shown = operation[:200]
        self._gate.judge("native", (shown, path), f"{shown} ({path})", lambda: {"operation": shown, "path": path})


def _is_engine(ctypes: Any) -> bool:
    """The worker flushes C's own output."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename in (__file__, _HOOK_FILE, ctypes.__file__):
        frame = frame.f_back
    return frame is not None and frame.f_code is c_flush.__code__


def _found(name: str) -> str:
    """Where the loader finds a library that is named without its folder, most likely."""
    machine = f"{os.uname().machine}-linux-gnu" if hasattr(os, "uname") else ""
    for folder in _LIBRARY_FOLDERS:
        path = os.path.join(folder.format(machine), name)
        if os.path.exists(path):
            return touched_path(path) or path
    return name
