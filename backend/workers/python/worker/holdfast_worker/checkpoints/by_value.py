"""cloudpickle and dill as a session needs them: functions of the session are written with what they close over, and belong to the session
again when they are read; its classes are named where they are defined again, so that instances are theirs.

By themselves cloudpickle gives functions copies of the variables that they use, and both give instances copies of their classes.
"""

from __future__ import annotations

import importlib
import io
import sys
import types

from ..types_safely import class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Read they would be something else: a file's text, bytes, or the file opened again, which empties one that was opened for writing.
_NOT_ITSELF = (io.TextIOWrapper, io.BufferedIOBase, io.RawIOBase, memoryview)
# How dill writes the session's namespace.
_DILL_NAMESPACE = ("__builtin__", "__main__")


def pickler_of(library: str, file: Any, protocol: int, take: Callable[[Any], None], by_name: Callable[[Any], bool]) -> Any:
    """A pickler of `cloudpickle` or `dill`. `take` gets the buffers; `by_name`: which functions and classes of the session are only named.

    Raises what an unknown version of the library raises.
    """
    make = _dill if library == "dill" else _cloudpickle
    return make(importlib.import_module(library), by_name)(file, protocol=protocol, buffer_callback=take)


def namespace_of(module: str, name: str) -> dict[str, Any] | None:
    """The session's namespace, when that is what a library has written so."""
    return vars(sys.modules["__main__"]) if (module, name) == _DILL_NAMESPACE else None


def is_of_session(made: Any) -> bool:
    """Whether a function or class says that it is of the session."""
    return getattr(made, "__module__", None) == "__main__"


def found(made: Any) -> bool:
    """Whether the session finds a function or class by its name."""
    first, *rest = made.__qualname__.split(".")
    where: Any = vars(sys.modules["__main__"]).get(first)
    for name in rest:
        where = getattr(where, name, None)
    return where is made


def _is_named(obj: Any, by_name: Callable[[Any], bool]) -> bool:
    kind = class_of(obj)
    return (kind is types.FunctionType or issubclass(kind, type)) and is_of_session(obj) and by_name(obj)


def _check(obj: Any) -> None:
    kind = class_of(obj)
    if issubclass(kind, _NOT_ITSELF) and not issubclass(kind, io.BytesIO) and obj is not sys.stdout and obj is not sys.stderr:
        raise TypeError(f"cannot pickle '{kind.__name__}' object")


def _cloudpickle(library: Any, by_name: Callable[[Any], bool]) -> Any:
    namespace = vars(sys.modules["__main__"])
    globals_again = _Namespace()
    # By the ids of cells, which the pickler keeps: functions that share one share it again.
    cells_again: dict[int, _Cell] = {}

    base: Any = library.CloudPickler

    class Pickler(base):
        def reducer_override(self, obj: Any) -> Any:
            _check(obj)
            return NotImplemented if _is_named(obj, by_name) else base.reducer_override(self, obj)

        def _dynamic_function_reduce(self, func: Any) -> Any:
            reduced: tuple[Any, ...] = base._dynamic_function_reduce(self, func)
            make, (code, variables, name, defaults, _), (state, slots) = reduced[:3]
            if func.__globals__ is namespace:
                variables = globals_again
                slots["__globals__"] = {}
            closed = func.__closure__
            cells = None if closed is None else tuple(cells_again.setdefault(id(cell), _Cell()) for cell in closed)
            return (make, (code, variables, name, defaults, cells), (state, slots), *reduced[3:])

    return Pickler


def _dill(library: Any, by_name: Callable[[Any], bool]) -> Any:
    base: Any = library.Pickler

    class Pickler(base):
        # By this it knows its own, for which the namespace need not be written.
        __module__ = base.__module__

        def save(self, obj: Any, save_persistent_id: bool = True) -> None:
            _check(obj)
            if id(obj) not in self.memo and _is_named(obj, by_name):
                self.save_global(obj)
            else:
                base.save(self, obj, save_persistent_id)

    return Pickler


class _Cell:
    """Read as an empty cell, which the functions that close over it fill."""

    def __reduce__(self) -> Any:
        return types.CellType, ()


class _Main:
    """Read as the session's module."""

    def __reduce__(self) -> Any:
        return importlib.import_module, ("__main__",)


class _Namespace:
    """Read as the session's namespace."""

    def __reduce__(self) -> Any:
        return vars, (_Main(),)
