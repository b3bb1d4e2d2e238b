"""Audit events of other programs: what is started, and signals to what this session has not started."""

from __future__ import annotations

import builtins
import errno
import os
import re
import sys
from os import fsdecode

from .gate import Gate
from .programs import first_program, on_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from typing import Any

    Handler = Callable[[tuple[Any, ...]], object]

globals()["__builtins__"] = vars(builtins).copy()

_MAX_ARGUMENTS = 100
_MAX_CHARACTERS = 2000
_getpgrp = getattr(os, "getpgrp", None)
_getpgid = getattr(os, "getpgid", None)
# The numbers that multiprocessing tells each of its children differ; the command is the same.
_OF_MULTIPROCESSING = re.compile(r"from multiprocessing\.\w+ import \w+; ?\w+\([\w=, -]*\)")
_OF_FORKSERVER = re.compile(r"(from multiprocessing\.forkserver import main; main\()\d+, \d+(?=,)")


class Processes:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def handlers(self) -> dict[str, dict[str, Handler]]:
        """Of subprocess it is what it does (`fork_exec` or `posix_spawn`) that asks, so that it asks once."""
        return {
            "subprocess": {
                "os.system": lambda args: self.ask("os.system", None, _shell(args[0]), None),
                "os.exec": self._exec,
                # Of a bare name it does not tell whether PATH is gone through, too.
                "os.posix_spawn": lambda args: self.ask("os.posix_spawn", [args[0], *on_path(args[0])], args[1], None),
                "os.spawn": lambda args: self.ask("os.spawn", [args[1]], args[2], None),
                "pty.spawn": lambda args: self.ask_before_fork("pty.spawn", on_path(_listed(args[0])[0]), _listed(args[0])),
                "os.startfile": lambda args: self.ask("os.startfile", None, [args[0]], None),
                "os.startfile/2": lambda args: self.ask("os.startfile", None, [args[0]], None),
                "_winapi.CreateProcess": lambda args: self.ask("_winapi.CreateProcess", None, [args[1] or args[0]], args[2]),
                "os.kill": lambda args: self._kill("os.kill", args[0], args[1]),
                "os.killpg": lambda args: self._kill("os.killpg", args[0], args[1]),
            }
        }

    def ask_before_fork(self, operation: str, candidates: Sequence[Any], arguments: Sequence[Any]) -> None:
        """Of a function that forks, and executes in the child: that cannot ask."""
        self._gate.expect_in_child(self.ask(operation, candidates, arguments, None))

    def ask(self, operation: str, candidates: Sequence[Any] | None, arguments: Sequence[Any], cwd: Any) -> Hashable:
        """`candidates`: of these the first that can be is started, whatever its first argument says. Returns what was judged."""
        folder = _folder(cwd)
        argv = [_text(argument) for argument in list(arguments)[:_MAX_ARGUMENTS]]
        if candidates is not None:
            argv[:1] = [first_program(candidates, folder) or (argv[0] if argv else _text(candidates[0]))]
        target = (tuple(_without_numbers(argument) for argument in argv), len(arguments), folder)
        shown = [_cut(argument) for argument in target[0]]
        self._gate.judge(
            "subprocess",
            target,
            f"{operation}({' '.join(shown)[:300]})",
            lambda: {"operation": operation, "argv": shown, "cwd": folder},
        )
        return target

    def _exec(self, args: tuple[Any, ...]) -> None:
        """What goes through PATH comes here for each folder."""
        path = args[0]
        if not isinstance(path, int) and not os.path.lexists(path):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        self.ask("os.exec", [path], args[1], None)

    def _kill(self, operation: str, number: int, signal: int) -> None:
        """A signal 0 only looks. What was started here is in this process's group, unless it has left that."""
        if signal == 0 or number == 0 or _getpgrp is None or _getpgid is None:
            return
        try:
            group = number if operation == "os.killpg" else _getpgid(number)
        except OSError:
            # Not there: the operation says so itself. Everything (-1) is asked for.
            if number > 0:
                return
            group = None
        if number == os.getpid() or group == _getpgrp():
            return
        self.ask(operation, None, ["kill", f"-{signal}", str(-number if operation == "os.killpg" else number)], None)


def _shell(command: Any) -> list[Any]:
    if sys.platform == "win32":
        return [os.environ.get("COMSPEC", "cmd.exe"), "/c", command]
    return ["/bin/sh", "-c", command]


def _listed(argv: Any) -> list[Any]:
    return [argv] if isinstance(argv, (str, bytes)) else list(argv)


def _text(value: Any) -> str:
    try:
        return fsdecode(value)
    except TypeError:
        return str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "…", text) if _OF_MULTIPROCESSING.fullmatch(text) else _OF_FORKSERVER.sub(r"\1…, …", text, 1)


def _folder(cwd: Any) -> str | None:
    """Absolute. None: it has been removed."""
    try:
        return os.path.join(os.getcwd(), "" if cwd is None else _text(cwd)).rstrip(os.sep) or os.sep
    except OSError:
        return None
