"""`sys.path` and `sys.argv` as a script in the cell's file would have them."""

from __future__ import annotations

import os
import sys

from .engine_imports import EngineImports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


class ScriptPath:
    """Keeps the folder of the running cell's file in front; folders of earlier files stay behind it."""

    def __init__(self, engine_threads: Collection[int]) -> None:
        self._folders: list[str] = []
        self.engine_imports = EngineImports(engine_threads, self._folders)
        self.engine_imports.install()
        self.follow(None)

    def follow(self, path: str | None) -> str | None:
        """None: a cell that is in no file finds modules in the current folder. Returns the package that the file belongs to."""
        sys.argv[:] = [path or ""]
        folder = os.path.dirname(path) if path else ""
        root, package = _package_of(folder)
        self._put(folder, 0)
        if package is not None:
            self._put(root, 1)
        return package

    def _put(self, folder: str, place: int) -> None:
        if sys.path[place : place + 1] == [folder]:
            return
        if folder in self._folders and folder in sys.path[place:]:
            # Entries only move back: a thread that goes through the list to import something meets one twice, and misses none.
            end = sys.path.index(folder, place)
            sys.path[place : end + 1] = [folder, *sys.path[place:end]]
            return
        if folder not in self._folders:
            self._folders.append(folder)
        sys.path.insert(place, folder)


def _package_of(folder: str) -> tuple[str, str | None]:
    """The folder from which the package is imported, and its dotted name; None: the folder is no package."""
    names: list[str] = []
    while folder and os.path.basename(folder).isidentifier() and os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        names.insert(0, name)
    return folder, ".".join(names) or None
