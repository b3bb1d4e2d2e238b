"""Which files may always be read: the interpreter's, its libraries', the worker's, and the system's own data."""

from __future__ import annotations

import os
import sys

from .paths import touched_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What the standard library and common libraries read of the system: time zones, languages, types, fonts, certificates, the machine.
_SYSTEM_FOLDERS = (
    "/usr/share/zoneinfo",
    "/usr/share/locale",
    "/usr/lib/locale",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/etc/fonts",
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    "/usr/share/ca-certificates",
    "/sys/devices/system",
    "/sys/fs/cgroup",
)
_SYSTEM_FILES = (
    "/etc/localtime",
    "/etc/timezone",
    "/etc/mime.types",
    "/etc/os-release",
    "/usr/lib/os-release",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/kernel/osrelease",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)
_OF_THIS_PROCESS = ("stat", "statm", "status", "cgroup", "mountinfo", "maps", "smaps", "limits", "comm", "fd", "task")
_WORKER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# A whole prefix below one of these is no library's: `/usr` holds much else.
_SHARED_PREFIXES = ("/", "/usr", "/usr/local")

# Written to as well.
SINKS = frozenset(("/dev/null", "/dev/full", "nul"))


def library_folders(search_path: list[str]) -> tuple[str, ...]:
    """Each ends with a separator. `search_path`: where the interpreter finds modules as the session begins."""
    home = os.path.expanduser("~")
    found: dict[str, None] = {}
    for folder in _candidates(search_path):
        for path in (os.path.abspath(folder), touched_path(os.path.abspath(folder)) or ""):
            if path and path not in _SHARED_PREFIXES and path != home and not _holds(path, home):
                found[path.rstrip(os.sep) + os.sep] = None
    return tuple(found)


def _candidates(search_path: list[str]) -> Iterator[str]:
    yield _WORKER
    yield os.path.dirname(os.__file__)
    yield from _prefixes()
    here = os.path.abspath(os.curdir)
    for entry in search_path:
        if entry and os.path.isabs(entry) and not _holds(entry, here):
            yield entry


def _holds(folder: str, path: str) -> bool:
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


class FreeFiles:
    """`roots`: the folders that are the workspace. An environment may lie in it, which its programs can change."""

    def __init__(self, libraries: tuple[str, ...], roots: Iterable[str]) -> None:
        self._roots = tuple({root.rstrip(os.sep) + os.sep for root in roots if root})
        within = tuple(folder for folder in libraries if self.in_workspace(touched_path(folder) or folder))
        # Longest first.
        self._environment = tuple(sorted((folder for folder in within if _is_installed(folder)), key=len, reverse=True))
        # What leads out of them is theirs.
        self.installed = tuple(folder for folder in libraries if folder not in within)
        self._libraries = self.installed + self._environment
        self._data = self._libraries + tuple(folder + "/" for folder in _SYSTEM_FOLDERS)
        own = f"/proc/{os.getpid()}/"
        program = touched_path(sys.executable) or ""
        self._files = frozenset((*_SYSTEM_FILES, *SINKS, program, *(own + name for name in _OF_THIS_PROCESS)))

    def is_library(self, path: str) -> bool:
        return f"{path}{os.sep}".startswith(self._libraries)

    def is_data(self, real: str) -> bool:
        return f"{real}{os.sep}".startswith(self._data) or real in self._files

    def in_workspace(self, real: str) -> bool:
        return f"{real}{os.sep}".startswith(self._roots) if self._roots else False

    def package(self, real: str) -> str | None:
        """What was installed together with a file of the workspace's environment: the folder, or the file itself. None: it is not of one."""
        for folder in self._environment:
            if real.startswith(folder):
                return folder + real[len(folder) :].partition(os.sep)[0]
        return None


def _is_installed(folder: str) -> bool:
    """Not only on the search path."""
    return folder.startswith(tuple(os.path.join(place, "") for place in (_WORKER, *_prefixes())))


def _prefixes() -> set[str]:
    given = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    return given | {touched_path(prefix) or prefix for prefix in given}
