"""Values as bytes: `pickle` of protocol 5 with its buffers aside, and what the environment has that can do more."""

from __future__ import annotations

import importlib
import importlib.util
import io
import pickle
import sys
import types

from .by_value import is_of_session, namespace_of, pickler_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PROTOCOL = 5
# Written by value what pickle can only name: lambdas, functions in functions, classes in functions.
_BY_VALUE = ("cloudpickle", "dill")
# What many values hold without sharing it: it cannot be changed, or is found by its name.
_NEVER_SHARED = (
    *(str, bytes, int, float, complex, tuple, frozenset, type, range),
    *(types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.MethodDescriptorType, types.CodeType),
)


class TooLarge(Exception):
    """More bytes than a variable may take."""


class Pickled:
    """`parts`: the pickle, then its buffers, which are the value's own; nothing once they have been let go. `size`: bytes of all of them.
    `shared`: the objects in it that other values may hold, too, kept alive so that their ids stay theirs. `named`: functions and
    classes of the session that it only names.
    """

    __slots__ = ("format", "parts", "size", "shared", "named")

    def __init__(self, format: str, parts: list[Any], shared: list[object], named: list[Any]) -> None:
        self.format = format
        self.parts = parts
        self.size = sum(len(part) for part in parts)
        self.shared = shared
        self.named = named

    @property
    def copied(self) -> int:
        """Bytes that it takes beside the value."""
        return len(self.parts[0]) if self.parts else 0


class _Writer:
    """Takes what a pickler writes, up to a limit that its buffers count for, too."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self.data = bytearray()
        self.buffers: list[memoryview] = []

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self._count(size)
        self.data += data
        return size

    def take(self, buffer: pickle.PickleBuffer) -> None:
        raw = buffer.raw()
        self._count(raw.nbytes)
        self.buffers.append(raw)

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise TooLarge


def serialize(value: object, limit: int) -> Pickled:
    """Raises TooLarge, and whatever `pickle` and the value's own code raise."""
    writer = _Writer(limit)
    pickler: Any = pickle.Pickler(writer, PROTOCOL, buffer_callback=writer.take)
    pickler.dump(value)
    shared, named = _held(pickler)
    return Pickled("pickle", [writer.data, *writer.buffers], shared, named)


def serialize_by_value(value: object, limit: int, by_name: Callable[[Any], bool]) -> Pickled | None:
    """With the first of `cloudpickle` and `dill` that is installed and can; None when there is none.

    `by_name`: which functions and classes of the session are found by their name where this is read, and need not be written.
    """
    for name in _BY_VALUE:
        if importlib.util.find_spec(name) is None:
            continue
        writer = _Writer(limit)
        try:
            pickler = pickler_of(name, writer, PROTOCOL, writer.take, by_name)
            pickler.dump(value)
        except TooLarge:
            raise
        except Exception:
            continue
        shared, named = _held(pickler)
        shared.extend(one for one in named if not by_name(one))
        return Pickled(name, [writer.data, *writer.buffers], shared, [])
    return None


def _held(pickler: Any) -> tuple[list[object], list[Any]]:
    """Of what was written: what other values may hold, too; functions and classes of the session."""
    shared: list[object] = []
    named: list[Any] = []
    held: object
    for _, held in pickler.memo.copy().values():
        kind = type(held)
        if kind is types.FunctionType or issubclass(kind, type):
            if is_of_session(held):
                named.append(held)
        elif kind not in _NEVER_SHARED and type(kind).__name__ != "_DTypeMeta":
            shared.append(held)
    return shared, named


def deserialize(format: str, parts: list[bytearray], needed: Callable[[str], None]) -> Any:
    """`needed` is told the names of `__main__` that it looks for, before it does.

    Raises whatever `pickle`, the value's own code and a missing library raise.
    """
    if format in _BY_VALUE:
        importlib.import_module(format)
    namespace = vars(sys.modules["__main__"])
    builtins = namespace.get("__builtins__")
    try:
        return _Unpickler(parts[0], parts[1:], needed).load()
    finally:
        # cloudpickle gives each function its own.
        namespace["__builtins__"] = builtins


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytearray, buffers: list[bytearray], needed: Callable[[str], None]) -> None:
        super().__init__(io.BytesIO(data), buffers=buffers)
        self._needed = needed

    def find_class(self, module: str, name: str, /) -> Any:
        if module == "__main__":
            self._needed(name.partition(".")[0])
        namespace = namespace_of(module, name)
        return super().find_class(module, name) if namespace is None else namespace
