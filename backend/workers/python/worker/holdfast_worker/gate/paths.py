"""Where a path leads in truth: absolute, links and `..` followed as the system would.

The system's own functions are kept as they were at the start, since `os.readlink` may be user code's by now.
"""

from __future__ import annotations

import os
import sys
from os import fsdecode, getcwd
from os.path import realpath as _windows_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    # As audit events name a file: a path, a descriptor, None for the current folder.
    Named = Union[str, bytes, int, None]

_readlink = getattr(os, "readlink", None)
_MAX_LINKS = 40


def touched_path(named: Named, dir_fd: int = -1, follow: bool = True) -> str | None:
    """None: what is behind a descriptor has no path (a pipe, a socket). `follow`: the last part may be a link to what is touched."""
    if isinstance(named, int):
        return descriptor_path(named)
    path = "." if named is None else fsdecode(named)
    if sys.platform == "win32":
        return _windows_path(path)
    if not path.startswith("/"):
        folder = descriptor_path(dir_fd) if dir_fd >= 0 else _current_folder()
        path = f"{folder or ''}/{path}"
    return _follow_links(path, follow)


def descriptor_path(fd: int) -> str | None:
    """The path of an open file, None when it has none or this system does not tell."""
    if sys.platform == "darwin":
        import fcntl

        try:
            return fcntl.fcntl(fd, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0").decode()
        except OSError:
            return None
    try:
        path = _readlink(f"/proc/self/fd/{fd}") if _readlink else ""
    except OSError:
        return None
    return path if path.startswith("/") else None


def _current_folder() -> str:
    try:
        return getcwd()
    except OSError:
        # It has been removed.
        return ""


def _follow_links(path: str, follow: bool) -> str:
    read = _readlink
    assert read is not None
    real = ""
    parts = [part for part in reversed(path.split("/")) if part and part != "."]
    left = _MAX_LINKS
    while parts:
        part = parts.pop()
        if part == "..":
            real = real.rpartition("/")[0]
            continue
        real = f"{real}/{part}"
        if not parts and not follow:
            break
        try:
            target = read(real)
        except (OSError, ValueError):
            # No link, or not there. With a NUL in it the operation fails by itself.
            continue
        left -= 1
        if left < 0 or (real.startswith("/proc/") and not target.startswith("/") and ":[" in target):
            # The second: a descriptor without a path.
            continue
        real = "" if target.startswith("/") else real.rpartition("/")[0]
        parts += [part for part in reversed(target.split("/")) if part and part != "."]
    return real or "/"
