"""Puts the variables of a checkpoint back. They are merged into the namespace; what cannot be made again is named with the reason."""

from __future__ import annotations

import importlib
import re

from ..messages import Restore
from .reasons import reason_of
from .serializers import deserialize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Host(Protocol):
        """What the session does for a restore."""

        def define(self, definition: dict[str, Any]) -> None:
            """Runs a Definition of the protocol."""

        def follow(self, path: str | None) -> None:
            """Modules are found as from a cell of that file."""

_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_BY_ANOTHER = "It was not asked for, but what was needs it."


def restore(message: Restore, namespace: dict[str, Any], host: Host) -> list[dict[str, Any]]:
    """The variables of a RestoreReport. On the main thread."""
    return _Restoring(message, namespace, host).run()


class _Step:
    """Something to be done, again after others have been done when it fails."""

    __slots__ = ("names", "how", "do", "reason")

    def __init__(self, names: list[str], how: str, do: Callable[[], None]) -> None:
        self.names = names
        self.how = how
        self.do = do
        self.reason = ""


class _Restoring:
    def __init__(self, message: Restore, namespace: dict[str, Any], host: Host) -> None:
        self._parts: list[bytearray] = message.parts
        self._namespace = namespace
        self._host = host
        self._manifest: dict[str, Any] = message.manifest
        self._definitions: dict[str, dict[str, Any]] = {one["name"]: one for one in self._manifest["definitions"]}
        self._defined: set[str] = set()
        self._wanted = {one["name"] for one in self._manifest["variables"]}
        self._report: dict[str, dict[str, Any]] = {}

    def run(self) -> list[dict[str, Any]]:
        steps = [
            *(_Step([one["name"]], "imported", lambda one=one: self._import(one)) for one in self._manifest["imports"]),
            *(
                _Step([one["name"]], "rebuilt", lambda one=one: self._redefine(one["name"]))
                for one in self._manifest["definitions"]
                if one["name"] in self._wanted
            ),
            *(_Step(one["names"], "restored", lambda one=one: self._load(one)) for one in self._manifest["groups"]),
        ]
        while steps:
            left = [step for step in steps if not self._try(step)]
            if len(left) == len(steps):
                break
            # A default value, a base class or a decorator may have come meanwhile.
            steps = left
        for step in steps:
            for name in step.names:
                self._tell(name, "lost", step.reason)
        for variable in self._manifest["variables"]:
            if variable["how"] == "not_stored":
                self._tell(variable["name"], "lost", variable["reason"])
        return list(self._report.values())

    def _try(self, step: _Step) -> bool:
        try:
            step.do()
        except Exception as error:
            step.reason = reason_of(error)
            return False
        for name in step.names:
            if name in self._wanted:
                self._tell(name, step.how, None)
        return True

    def _import(self, imported: dict[str, Any]) -> None:
        self._host.follow(imported["path"])
        self._namespace[imported["name"]] = importlib.import_module(imported["module"])

    def _redefine(self, name: str) -> None:
        if name in self._defined:
            return
        self._defined.add(name)
        try:
            self._define(name)
        except BaseException:
            self._defined.discard(name)
            raise

    def _define(self, name: str) -> None:
        while True:
            try:
                self._host.define(self._definitions[name])
                return
            except NameError as error:
                # A base class, a decorator.
                missing = _UNDEFINED.search(str(error))
                if missing is None or missing[1] not in self._definitions or missing[1] in self._defined:
                    raise
                self._needed(missing[1])
                if missing[1] not in self._defined:
                    raise

    def _load(self, group: dict[str, Any]) -> None:
        numbers: list[int] = group["parts"]
        parts = [self._parts[number] for number in numbers]
        value = deserialize(group["format"], parts, self._needed)
        names = group["names"]
        for name, one in zip(names, value if len(names) > 1 else (value,)):
            if name in self._wanted:
                self._namespace[name] = one

    def _needed(self, name: str) -> None:
        """A value names a class or function of the session that nobody asked for."""
        if name in self._definitions and name not in self._defined and name not in self._wanted:
            self._redefine(name)
            self._tell(name, "rebuilt", _BY_ANOTHER)

    def _tell(self, name: str, how: str, reason: str | None) -> None:
        self._report[name] = {"name": name, "how": how, "reason": reason}
