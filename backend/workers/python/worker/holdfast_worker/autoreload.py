"""Imports modules of the project anew that have been edited. Loaded by the first cell that wants it."""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import linecache
import os
import sys
import sysconfig
import traceback
import types

from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Union

    # Where a name came from: `("utils", "clean")` after `from utils import clean`.
    Origin = Callable[[str], Union[tuple[str, ...], None]]

_INSTALLED = {"site-packages", "dist-packages", "__pycache__"}
_OTHERS = tuple(
    os.path.realpath(path) + os.sep
    for path in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), os.path.dirname(__file__)}
    if path
)
_MAX_MESSAGE = 2_000


class _Source:
    """A module's file as it was imported. Its hash tells an edit from a file that was only written again."""

    __slots__ = ("file", "stamp", "hash")

    def __init__(self, file: str) -> None:
        self.file = file
        self.stamp = _stamp(file)
        self.hash = _hash(file)


class Autoreload:
    """Looks at modules whose file is under one of the folders and belongs to no installed package."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._sources: dict[str, _Source | None] = {}

    def note(self, folders: Iterable[str]) -> None:
        """Remembers how the files of newly imported modules are now. Called when a cell has ended."""
        for name, module in _modules():
            file = _file_of(module)
            known = self._sources.get(name)
            if name not in self._sources or (known is not None and known.file != file):
                self._sources[name] = _Source(file) if file is not None and _is_in_project(file, folders) else None

    def refresh(self, folders: Iterable[str], origin: Origin, checkpoint: Callable[[], None]) -> None:
        """Runs edited modules again, those first that others import. Runs user code; its errors become warnings on stderr.

        `checkpoint` raises when the cell has been cancelled while no user code ran.
        """
        self._note_older(folders)
        changed = {name: source for name, source in self._known() if self._was_edited(source)}
        for name in _in_order(changed):
            checkpoint()
            self._reload(name, changed[name], origin)
        checkpoint()

    def _known(self) -> Iterator[tuple[str, _Source]]:
        for name, source in self._sources.items():
            if source is not None and name in sys.modules:
                yield name, source

    def _note_older(self, folders: Iterable[str]) -> None:
        """Modules that were imported before anyone watched: their compiled file tells of which source they are."""
        before = set(self._sources)
        self.note(folders)
        for name, source in self._known():
            if name not in before and _is_newer_than_compiled(source.file):
                source.stamp, source.hash = None, None

    def _was_edited(self, source: _Source) -> bool:
        stamp = _stamp(source.file)
        if stamp is None or stamp == source.stamp:
            return False
        source.stamp = stamp
        before, source.hash = source.hash, _hash(source.file)
        return source.hash is not None and source.hash != before

    def _reload(self, name: str, source: _Source, origin: Origin) -> None:
        module = sys.modules[name]
        values = module.__dict__
        before = dict(values)
        _forget_compiled(source.file)
        try:
            importlib.reload(module)
        except BaseException as error:
            values.clear()
            values.update(before)
            if not isinstance(error, (Exception, SystemExit)):
                # The cell was cancelled: the next one tries again.
                source.stamp, source.hash = None, None
                raise
            _warn(source.file, error)
            return
        self._replace(name, before, values, origin)

    def _replace(self, module: str, before: dict[str, Any], after: dict[str, Any], origin: Origin) -> None:
        """Gives `from module import name` the new object, where the old one still stands."""
        new = {key: value for key, value in after.items() if key in before and before[key] is not value}
        for name, value in list(self._namespace.items()):
            path = origin(name)
            if path is not None and path[:-1] == tuple(module.split(".")) and path[-1] in new and before[path[-1]] is value:
                self._namespace[name] = new[path[-1]]
        # Without such knowledge, a function or a class is the module's own for certain; the number 5 is anybody's.
        own = {id(before[key]): value for key, value in new.items() if _is_defined_in(module, before[key])}
        users = [self._namespace, *(sys.modules[name].__dict__ for name, _ in self._known() if name != module)]
        for values in users:
            for name, value in list(values.items()):
                if id(value) in own:
                    values[name] = own[id(value)]


def _modules() -> Iterator[tuple[str, types.ModuleType]]:
    for name, module in list(sys.modules.items()):
        if name != "__main__" and type(module) is types.ModuleType:
            yield name, module


def _file_of(module: types.ModuleType) -> str | None:
    file = module.__dict__.get("__file__")
    return file if type(file) is str and file.endswith(".py") else None


def _is_in_project(file: str, folders: Iterable[str]) -> bool:
    real = os.path.realpath(file)
    if real.startswith(_OTHERS) or _INSTALLED & set(real.split(os.sep)):
        return False
    return any(real.startswith(os.path.join(os.path.realpath(folder), "")) for folder in folders)


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _hash(file: str) -> bytes | None:
    try:
        with open(file, "rb") as source:
            return hashlib.blake2b(source.read()).digest()
    except OSError:
        return None


def _is_newer_than_compiled(file: str) -> bool:
    """PEP 552: the source's time in seconds and its size stand in bytes 8 to 16 of what was compiled from it."""
    stamp = _stamp(file)
    try:
        with open(importlib.util.cache_from_source(file), "rb") as compiled:
            header = compiled.read(16)
    except (OSError, NotImplementedError):
        return False
    if stamp is None or len(header) < 16 or header[4:8] != b"\0\0\0\0":
        return False
    seconds, size = int.from_bytes(header[8:12], "little"), int.from_bytes(header[12:16], "little")
    return (seconds, size) != (stamp[0] // 10**9 & 0xFFFFFFFF, stamp[1] & 0xFFFFFFFF)


def _forget_compiled(file: str) -> None:
    """An edit of the same length within a second would be taken for what was compiled before."""
    linecache.checkcache(file)
    try:
        os.unlink(importlib.util.cache_from_source(file))
    except (OSError, NotImplementedError):
        # There is none, or it cannot be removed: then Python's own check has to do.
        return


def _in_order(sources: dict[str, _Source]) -> list[str]:
    """What others import comes before them; within a circle, what was imported first."""
    ordered: dict[str, None] = {}
    open_names: set[str] = set()

    def add(name: str) -> None:
        if name in ordered or name in open_names:
            return
        open_names.add(name)
        for needed in _imported_by(name, sources[name].file):
            if needed in sources:
                add(needed)
        ordered[name] = None

    for name in sources:
        add(name)
    return list(ordered)


def _imported_by(name: str, file: str) -> list[str]:
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return []
    package = name if os.path.basename(file) == "__init__.py" else name.rpartition(".")[0]
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return names


def _is_defined_in(module: str, value: Any) -> bool:
    if type(value) is types.FunctionType:
        return value.__module__ == module
    return type(value) is type and value.__dict__.get("__module__") == module


def _warn(file: str, error: BaseException) -> None:
    line = None
    if isinstance(error, SyntaxError) and error.filename == file:
        line = error.lineno
    else:
        lines = [number for frame, number in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
        line = lines[-1] if lines else None
    place = f"{file}:{line}" if line is not None else file
    told = "".join(traceback.format_exception_only(type(error), error)).strip()
    print(f"holdfast: {place} could not be imported anew, its old code stays in use.\n{shorten(told, _MAX_MESSAGE)}", file=sys.stderr)
