"""`sys.path` and `sys.argv` as a script in the cell's file would have them."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator


class ScriptPath:
    """Keeps the folder of the running cell's file in front; folders of earlier files stay behind it."""

    def __init__(self) -> None:
        self._folders: list[str] = []
        self.follow(None)

    def follow(self, path: str | None) -> None:
        """None: a cell that is in no file finds modules in the current folder."""
        sys.argv[:] = [path or ""]
        folder = os.path.dirname(path) if path else ""
        if sys.path and sys.path[0] == folder:
            return
        if folder in self._folders and folder in sys.path:
            sys.path.remove(folder)
        elif folder not in self._folders:
            self._folders.append(folder)
        sys.path.insert(0, folder)

    @contextmanager
    def hidden(self) -> Generator[None, None, None]:
        """While the engine imports for itself: a `random.py` beside the cell's file is the person's, not the library's."""
        path = list(sys.path)
        sys.path[:] = [entry for entry in path if entry not in self._folders]
        try:
            yield
        finally:
            sys.path[:] = path
