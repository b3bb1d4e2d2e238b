"""Which program is really started: it may be called as it likes, and be looked for in folders of the program's own choice."""

from __future__ import annotations

import builtins
import os
from os import X_OK, fsdecode
from os import access as _access
from os import stat as _stat
from stat import S_ISREG

from ..own_environment import stored
from .paths import descriptor_path, touched_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

globals()["__builtins__"] = vars(builtins).copy()

_DEFAULT_PATH = "/bin:/usr/bin"


def first_program(candidates: Sequence[Any], folder: str | None) -> str | None:
    """Absolute path of the first that can be started. `folder`: where relative ones begin."""
    for candidate in candidates:
        path = descriptor_path(candidate) if isinstance(candidate, int) else os.path.join(folder or "", fsdecode(candidate))
        if path is not None and _can_be_started(path):
            above, name = os.path.split(path)
            return os.path.join(touched_path(above) or above, name)
    return None


def on_path(name: Any, env: Mapping[Any, Any] | None = None) -> list[str]:
    """Where `execvp` looks for it."""
    text = fsdecode(name)
    if os.sep in text:
        return [text]
    given: Mapping[Any, Any] = stored if env is None else env
    folders = next((given[key] for key in ("PATH", b"PATH") if key in given), _DEFAULT_PATH)
    return [os.path.join(folder, text) for folder in fsdecode(folders).split(os.pathsep)]


def _can_be_started(path: str) -> bool:
    try:
        return _access(path, X_OK) and S_ISREG(_stat(path).st_mode)
    except (OSError, ValueError):
        return False
