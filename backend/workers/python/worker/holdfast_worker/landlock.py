"""Linux' Landlock: this process gives up rights for itself and all that it starts, for good (landlock(7)).

Called before there is a second thread, since it holds for the calling thread and its descendants only.
"""

from __future__ import annotations

import json
import os
import struct
import sys

from .gate.places import library_folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# The same on every machine (asm-generic/unistd.h).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PR_SET_NO_NEW_PRIVS = 38
_O_PATH = 0o10000000

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_READ = _READ_FILE | _READ_DIR
# Writing, removing and making of all kinds; moving between folders and truncating came with later versions.
_WRITE = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

# What programs need of the system; of `/etc` not all.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix", "/proc", "/sys", "/run/systemd/resolve")
_ETC = (
    "ld.so.cache ld.so.conf ld.so.conf.d ld.so.preload ssl pki ca-certificates alternatives fonts localtime timezone locale.alias"
    " resolv.conf hosts hostname host.conf nsswitch.conf gai.conf services protocols passwd group mime.types os-release terminfo"
).split()
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "shm", "ptmx", "pts")


def restrict(bounds: str) -> None:
    """`bounds`: the backend's FloorBounds as JSON. Raises OSError, ImportError or ValueError when it cannot be held."""
    wanted = json.loads(bounds)
    import ctypes

    kernel = _Kernel(ctypes)
    version = kernel.call(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    read = _READ | (_EXECUTE if wanted["programs"] else 0)
    write = _WRITE | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    handled = _EXECUTE | _READ | write | (_IOCTL_DEV if version >= 5 else 0)
    network = _TCP if version >= 4 and not wanted["network"] else 0
    scopes = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0
    # Older kernels take a shorter structure.
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = kernel.call(_CREATE_RULESET, struct.pack("<QQQ", handled, network, scopes), ctypes.c_size_t(size), 0)
    try:
        kernel.allow(ruleset, _readable(wanted["readable"]), read)
        kernel.allow(ruleset, wanted["writable"], read | write)
        kernel.allow(ruleset, (f"/dev/{name}" for name in _DEVICES), (_READ | write | _IOCTL_DEV) & handled)
        kernel.library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        kernel.call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _readable(workspace: Iterable[str]) -> list[str]:
    own = [os.path.realpath(sys.executable), *library_folders(list(sys.path))]
    return [*_SYSTEM, *(f"/etc/{name}" for name in _ETC), *own, *workspace]


class _Kernel:
    def __init__(self, ctypes: Any) -> None:
        self._ctypes = ctypes
        self.library = ctypes.CDLL(None, use_errno=True)

    def call(self, number: int, *args: Any) -> int:
        result: int = self.library.syscall(number, *args)
        if result < 0:
            error = self._ctypes.get_errno()
            raise OSError(error, f"Landlock: {os.strerror(error)}")
        return result

    def allow(self, ruleset: int, paths: Iterable[str], rights: int) -> None:
        """What is not there needs no rule."""
        for path in dict.fromkeys(paths):
            try:
                fd = os.open(path, _O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                allowed = rights if os.path.isdir(path) else rights & _OF_FILES
                self.call(_ADD_RULE, ruleset, 1, struct.pack("<Qi", allowed, fd), 0)
            finally:
                os.close(fd)
