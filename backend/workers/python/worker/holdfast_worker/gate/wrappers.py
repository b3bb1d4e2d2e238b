"""Functions of which audit events tell too little: they are replaced by some that say what is missing, and call them."""

from __future__ import annotations

import builtins
import os
import sys

from .native import Native
from .network import Network
from .processes import Processes
from .programs import on_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

globals()["__builtins__"] = vars(builtins).copy()


class _Function:
    """As a function of C it is no method in a class (`pathlib` of Python 3.9 has `open = os.open` in one)."""

    def __init__(self, function: Callable[..., Any], plain: Any) -> None:
        self._function = function
        self.__name__: str = plain.__name__
        self.__qualname__: str = plain.__qualname__
        self.__module__: str = plain.__module__
        self.__doc__: str | None = plain.__doc__

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._function(*args, **options)

    def __repr__(self) -> str:
        return f"<built-in function {self.__name__}>"


def wrap_open() -> None:
    """`open` tells no `dir_fd`. Linux: the path is given through that descriptor instead, which is the same file."""
    if sys.platform != "linux":
        return
    plain = os.open
    system: Any = sys.modules["posix"]

    def open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if dir_fd is None:
            return plain(path, flags, mode)
        name = os.fsdecode(path)
        if name.startswith("/"):
            return plain(path, flags, mode)
        try:
            return plain(f"/proc/self/fd/{dir_fd}/{name}", flags, mode)
        except OSError as error:
            if error.filename is not None:
                error.filename = path
            raise

    function = _Function(open, plain)
    os.open = system.open = function
    # `shutil.rmtree` looks there.
    os.supports_dir_fd.add(function)


def wrap_fork_exec(processes: Processes) -> None:
    """What `subprocess` and `multiprocessing` start other programs with: it has no event of its own."""
    try:
        import _posixsubprocess
    except ImportError:
        return
    module: Any = _posixsubprocess
    plain = module.fork_exec

    def fork_exec(args: Any, executables: Any, close_fds: Any, pass_fds: Any, cwd: Any, *rest: Any) -> Any:
        # Several: one name in each folder of PATH.
        processes.ask("subprocess", executables, args, cwd)
        return plain(args, executables, close_fds, pass_fds, cwd, *rest)

    module.fork_exec = fork_exec
    subprocess: Any = sys.modules.get("subprocess")
    for name in ("_fork_exec", "fork_exec"):
        if getattr(subprocess, name, None) is plain:
            setattr(subprocess, name, fork_exec)


def wrap_spawn(processes: Processes) -> None:
    """`os.spawn…` forks and executes in the child, which cannot ask."""
    system: Any = os
    plain = getattr(system, "_spawnvef", None)
    if plain is None:
        return

    def _spawnvef(mode: Any, file: Any, args: Any, env: Any, func: Any) -> Any:
        # `func` is one of `os.exec…`: those with a p look for it.
        looks = "p" in func.__name__[5:]
        processes.ask_before_fork("os.spawn", on_path(file, env) if looks else [file], args)
        return plain(mode, file, args, env, func)

    system._spawnvef = _spawnvef


def wrap_builtin_modules(native: Native) -> None:
    """A builtin module can be made without `import` and its event."""
    system: Any = sys.modules["_imp"]
    plain = system.create_builtin

    def create_builtin(spec: Any) -> Any:
        native.ask_interpreter(str(spec.name))
        return plain(spec)

    system.create_builtin = create_builtin


def wrap_lookups(network: Network) -> None:
    """Which addresses a name has led to."""
    import _socket

    module: Any = _socket
    lookup, by_name = module.getaddrinfo, module.gethostbyname
    by_name_more = module.gethostbyname_ex

    def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        found = lookup(host, port, *args, **options)
        network.resolved(host, port, [entry[4][0] for entry in found])
        return found

    def gethostbyname(name: Any) -> Any:
        found = by_name(name)
        network.resolved(name, None, [found])
        return found

    def gethostbyname_ex(name: Any) -> Any:
        found = by_name_more(name)
        network.resolved(name, None, found[2])
        return found

    for function in (getaddrinfo, gethostbyname, gethostbyname_ex):
        setattr(module, function.__name__, function)
        socket: Any = sys.modules.get("socket")
        if socket is not None and function.__name__ != "getaddrinfo":
            setattr(socket, function.__name__, function)
