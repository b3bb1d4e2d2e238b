"""Copies the namespace: what can be written as bytes, what can be defined or imported again, and what is none of these."""

from __future__ import annotations

import sys
import types

from ..messages import Checkpoint
from ..namespace import Namespace
from ..text import shorten
from ..types_safely import class_of, type_name
from .by_value import found
from .definitions import Definitions
from .reasons import reason_of
from .serializers import Pickled, TooLarge, serialize, serialize_by_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MAX_VARIABLES = 10_000
MAX_NAME = 1000
MAX_REASON = 500
_NOT_SHARED = "What it shared with other variables is its own after a restore: together they are too large."


class Saved:
    """`manifest` is a CheckpointManifest of the protocol; `parts` are what its groups number."""

    def __init__(self) -> None:
        self.manifest: dict[str, list[Any]] = {"variables": [], "definitions": [], "imports": [], "groups": []}
        self.parts: list[Any] = []


def save(message: Checkpoint, namespace: Namespace, definitions: Definitions, path: str | None) -> Saved:
    """On the main thread: serializing runs code of the values' own classes. `path`: of the file whose cell ran last."""
    return _Saving(message, definitions, path, namespace.mapping).run(namespace.variables())


class _Saving:
    def __init__(self, message: Checkpoint, definitions: Definitions, path: str | None, mapping: dict[str, Any]) -> None:
        self._message = message
        self._definitions = definitions
        self._path = path
        self._mapping = mapping
        self._left = message.max_bytes
        # What may still be held that has been written, before it is known what the checkpoint takes. Beyond that it is written twice.
        self._room = message.max_bytes
        self._saved = Saved()
        self._told: dict[str, dict[str, Any]] = {}

    def run(self, variables: list[tuple[str, Any]]) -> Saved:
        values: dict[str, tuple[Any, Pickled]] = {}
        for index, (name, value) in enumerate(variables):
            if index == MAX_VARIABLES - 1 and len(variables) > MAX_VARIABLES:
                self._tell(name, value, "not_stored", _too_many([name for name, _ in variables[index + 1 :]]))
                break
            pickled = self._classify(name, value)
            if pickled is not None:
                values[name] = value, pickled
                self._hold(pickled)
        for names in _groups({name: pickled for name, (_, pickled) in values.items()}):
            self._add([(name, *values[name]) for name in names])
        self._saved.manifest["variables"] = list(self._told.values())
        return self._saved

    def _hold(self, pickled: Pickled) -> None:
        if pickled.copied > self._room:
            pickled.parts = []
        else:
            self._room -= pickled.copied

    def _classify(self, name: str, value: Any) -> Pickled | None:
        """Its bytes, when it is a value and can be written."""
        if not 0 < len(name) <= MAX_NAME:
            self._tell(name, value, "not_stored", "Its name cannot be written.")
            return None
        try:
            if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
                self._tell(name, value, "import")
                imported = {"name": name, "module": value.__name__, "member": None, "path": self._path}
                self._saved.manifest["imports"].append(imported)
                return None
            definition = self._definitions.of(name, value)
            if definition is not None:
                self._tell(name, value, "source")
                self._saved.manifest["definitions"].append(definition.told())
                return None
            return self._serialize(value, self._message.max_variable_bytes)
        except TooLarge:
            self._tell(name, value, "not_stored", _too_large(self._message.max_variable_bytes))
        except Exception as error:
            self._tell(name, value, "not_stored", reason_of(error))
        return None

    def _serialize(self, value: Any, limit: int) -> Pickled:
        try:
            pickled = serialize(value, limit)
            self._check_named(pickled.named)
            return pickled
        except TooLarge:
            raise
        except Exception:
            other = serialize_by_value(value, limit, self._is_defined_again)
            if other is None:
                raise
            return other

    def _check_named(self, named: list[Any]) -> None:
        """`pickle` writes the names of functions and classes: they are of use only where those can be made again."""
        for one in named:
            if not self._has_source(one):
                raise LookupError(f"The source of {one.__qualname__} is not known.")

    def _has_source(self, one: Any) -> bool:
        name = one.__qualname__.partition(".")[0]
        return self._definitions.of(name, self._mapping.get(name)) is not None

    def _is_defined_again(self, one: Any) -> bool:
        return found(one) and self._has_source(one)

    def _add(self, members: list[tuple[str, Any, Pickled]]) -> None:
        """One group, or each of its members by itself where they cannot be written together."""
        if len(members) == 1:
            self._add_alone(*members[0], None)
            return
        for _, _, pickled in members:
            pickled.parts = []
        try:
            together = self._serialize(tuple(value for _, value, _ in members), self._left)
        except TooLarge:
            for name, value, pickled in members:
                self._add_alone(name, value, pickled, _NOT_SHARED)
        except Exception as error:
            for name, value, _ in members:
                self._tell(name, value, "not_stored", reason_of(error))
        else:
            self._add_group([(name, value) for name, value, _ in members], together, None)

    def _add_alone(self, name: str, value: Any, pickled: Pickled, reason: str | None) -> None:
        if not pickled.parts and pickled.size <= self._left:
            again = self._classify(name, value)
            if again is None:
                return
            pickled = again
        self._add_group([(name, value)], pickled, reason)

    def _add_group(self, members: list[tuple[str, Any]], pickled: Pickled, reason: str | None) -> None:
        size = pickled.size
        if not pickled.parts or size > self._left:
            for name, value in members:
                self._tell(name, value, "not_stored", f"The checkpoint would be larger than {_megabytes(self._message.max_bytes)}.")
            return
        self._left -= size
        first = len(self._saved.parts)
        self._saved.parts.extend(pickled.parts)
        numbers = list(range(first, len(self._saved.parts)))
        names = [name for name, _ in members]
        self._saved.manifest["groups"].append({"names": names, "format": pickled.format, "parts": numbers, "extra": None})
        for name, value in members:
            self._tell(name, value, "stored", reason, size)

    def _tell(self, name: str, value: Any, how: str, reason: str | None = None, size: int = 0) -> None:
        kind = shorten(type_name(class_of(value)), 200)
        self._told[name] = {"name": shorten(name, MAX_NAME) or "''", "type": kind, "how": how, "bytes": size, "reason": reason}


def _groups(values: dict[str, Pickled]) -> Sequence[Sequence[str]]:
    """Names of values that share objects, in the order of definition."""
    parent = {name: name for name in values}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = name = parent[parent[name]]
        return name

    holder: dict[int, str] = {}
    for name, pickled in values.items():
        for shared in pickled.shared:
            other = holder.setdefault(id(shared), name)
            if other is not name:
                parent[root(name)] = root(other)
    groups: dict[str, list[str]] = {}
    for name in values:
        groups.setdefault(root(name), []).append(name)
    return list(groups.values())



def _too_many(left_out: list[str]) -> str:
    text = f"A checkpoint has at most {MAX_VARIABLES} variables. {len(left_out)} more are left out: "
    return shorten(text + ", ".join(left_out[:MAX_REASON]), MAX_REASON)


def _too_large(limit: int) -> str:
    return f"It takes more than {_megabytes(limit)}. A setting says how much a variable may take."


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.3g} MB"
