"""The session's namespace: the `__main__` module, merged into by every cell and never replaced."""

from __future__ import annotations

import builtins
import sys
import types

from .engine_names import NAMES, EngineNames
from .fingerprints import fingerprint, hold, is_held
from .messages import MAX_VARIABLES
from .summaries import summarize
from .types_safely import class_of, type_name
from .wire import write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A frame's header holds a megabyte; a variable takes at most about 3 kB in UTF-8.
_MAX_DELTA_CHARACTERS = 250_000


class Namespace:
    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self.mapping: dict[str, Any] = self.module.__dict__
        self.names = EngineNames(self.mapping)
        self._shown: dict[str, _Shown] = {}
        self._put_back()

    def prepare(self, path: str | None, package: str | None) -> None:
        """Before a cell of that file, which belongs to that package."""
        self.mapping["__package__"] = package
        if path is None:
            self.mapping.pop("__file__", None)
        else:
            self.mapping["__file__"] = path

    def restore(self) -> None:
        """After each cell: whatever user code did, the module is in its place and the engine's names are the engine's."""
        self._put_back()
        self.names.restore()

    def variables(self) -> list[tuple[str, Any]]:
        """The person's variables in the order of definition. Safe from any thread."""
        return [(name, value) for name, value in list(self.mapping.items()) if _is_variable(name)]

    def size(self) -> int:
        return sum(map(_is_variable, list(self.mapping)))

    def page(self, start: int, count: int) -> tuple[list[dict[str, Any]], int]:
        """Summaries of one page, and how many variables there are. Calls no user code: for the control thread.

        Empty where they cannot be told: see `changes`.
        """
        try:
            return self._page(start, count)
        except Exception as error:
            _tell(error)
            return [], self.size()

    def _page(self, start: int, count: int) -> tuple[list[dict[str, Any]], int]:
        variables = self.variables()
        # The main thread puts another dict in its place, and changes none.
        known = self._shown
        page = [_show(name, value, known.get(name)).summary for name, value in variables[start : start + count]]
        fitting, _ = _fit(page)
        return fitting, len(variables)

    def changes(self) -> dict[str, Any]:
        """What is new, different or gone since the last call: the fields of `namespace_changed` but its execution.

        Where that cannot be told (no memory, no room on the stack, a fault of ours) it says on stderr why, and that there may be more.
        """
        try:
            return self._changes()
        except Exception as error:
            _tell(error)
            return {"changed": [], "deleted": [], "total": self.size(), "truncated": True}

    def _changes(self) -> dict[str, Any]:
        variables = self.variables()
        shown: dict[str, _Shown] = {}
        changed: list[dict[str, Any]] = []
        for name, value in variables:
            known = self._shown.get(name)
            shown[name] = entry = _show(name, value, known)
            if known is not entry and (known is None or known.address != entry.address or known.summary != entry.summary):
                changed.append(entry.summary)
        deleted = [name for name in self._shown if name not in shown]
        self._shown = shown
        fitting, truncated = _fit(changed)
        return {
            "changed": fitting,
            "deleted": [name for name in deleted if len(name) <= 1000][:MAX_VARIABLES],
            "total": len(variables),
            "truncated": truncated or len(deleted) > MAX_VARIABLES,
        }

    def _put_back(self) -> None:
        sys.modules["__main__"] = self.module
        for name, value in (("__name__", "__main__"), ("__builtins__", builtins), ("__spec__", None), ("__doc__", None)):
            self.mapping.setdefault(name, value)


class _Shown:
    """A variable as it was told: where its value was and of which type, what was seen of it, what was said."""

    __slots__ = ("address", "kind", "held", "seen", "summary")

    def __init__(self, value: Any, summary: dict[str, Any]) -> None:
        self.address = id(value)
        self.kind = id(class_of(value))
        self.held = hold(value)
        self.seen = fingerprint(value) if self.held is None else None
        self.summary = summary

    def tells(self, value: Any) -> bool:
        """Whether a summary of the value would say the same. False also where only that can tell."""
        if self.address != id(value) or self.kind != id(class_of(value)):
            return False
        if self.held is not None:
            return is_held(value, self.held)
        return self.seen is not None and self.seen == fingerprint(value)


def _show(name: str, value: Any, known: _Shown | None) -> _Shown:
    """`known` itself when it tells the value."""
    return known if known is not None and known.tells(value) else _Shown(value, summarize(name, value))


def _tell(error: Exception) -> None:
    write_all(2, f"holdfast: The variables cannot be summarised: {type_name(class_of(error))}.\n".encode("utf-8", "replace"))


def _is_variable(name: object) -> bool:
    return type(name) is str and name not in NAMES and not (name.startswith("__") and name.endswith("__"))


def _fit(variables: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """As many as one message can hold, and whether that left some out."""
    room = _MAX_DELTA_CHARACTERS
    for index, variable in enumerate(variables[:MAX_VARIABLES]):
        room -= 100 + len(variable["name"]) + len(variable["preview"])
        if room < 0:
            return variables[:index], True
    return variables[:MAX_VARIABLES], len(variables) > MAX_VARIABLES
