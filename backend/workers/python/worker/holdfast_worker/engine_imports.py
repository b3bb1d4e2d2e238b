"""Finds what the engine imports for itself: a `random.py` beside the cell's file is the person's, not the library's."""

from __future__ import annotations

import _thread
import sys
from contextlib import contextmanager

from _frozen_importlib_external import PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class EngineImports:
    """
    A finder. `sys.path` itself stays as it is: other threads import at the same time, and miss what is taken out of it, or even what stands
    behind that.
    """

    def __init__(self, engine_threads: Collection[int], hidden: Collection[str]) -> None:
        self._engine_threads = engine_threads
        self._hidden = hidden
        self._importing: set[int] = set()

    def install(self) -> None:
        """Behind the finders of built-in modules, and for good: who goes through the list would miss one when another is taken out."""
        finders = sys.meta_path
        finders.insert(finders.index(PathFinder) if PathFinder in finders else len(finders), self)

    @contextmanager
    def here(self) -> Generator[None, None, None]:
        """While this thread, which runs the person's code at other times, imports for the engine."""
        thread = _thread.get_ident()
        self._importing.add(thread)
        try:
            yield
        finally:
            self._importing.discard(thread)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        thread = _thread.get_ident()
        if path is not None or (thread not in self._importing and thread not in self._engine_threads):
            return None
        return PathFinder.find_spec(name, [entry for entry in list(sys.path) if entry not in self._hidden], target)
