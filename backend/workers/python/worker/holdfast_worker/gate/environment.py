"""The environment: reading has no audit event, so its mapping asks. What libraries read for themselves is not asked for."""

from __future__ import annotations

import _thread
import builtins
import os
from collections.abc import Iterator, MutableMapping

from .gate import Gate, library_caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Handler = Callable[[tuple[Any, ...]], object]

globals()["__builtins__"] = vars(builtins).copy()

# What stands between the program and the environment.
_ON_THE_WAY = frozenset((os.__file__, "_collections_abc.py", "<frozen os>", "<frozen _collections_abc>"))


class Environment:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._installed = False

    def handlers(self) -> dict[str, dict[str, Handler]]:
        return {
            "environment": {
                "os.putenv": lambda args: self.ask("os.putenv", args[0]),
                "os.unsetenv": lambda args: self.ask("os.unsetenv", args[0]),
            }
        }

    def install(self) -> None:
        if self._installed:
            return
        self._installed = True
        environ: Any = os.environ
        stored = environ._data
        held = Held(stored, self.ask)
        environ._data = held
        if hasattr(os, "environb"):
            other: Any = os.environb
            other._data = held
        import sys

        system: Any = sys.modules.get("posix")
        if system is not None and getattr(system, "environ", None) is stored:
            # The same dictionary, without the mapping around it.
            system.environ = held

    def ask(self, operation: str, name: Any) -> bool:
        """False: it is free, since a library does it, or nothing is asked for."""
        gate = self._gate
        if "environment" not in gate.rules.asks or library_caller(gate.rules.files, _ON_THE_WAY):
            return False
        shown = None if name is None else os.fsdecode(name)[:1000]
        what = f"{operation}({shown!r})" if shown else "Reading the whole environment"
        gate.judge("environment", shown, what, lambda: {"operation": operation, "name": shown})
        return True


class Held(MutableMapping):  # pyright: ignore[reportMissingTypeArgument] # it is a class for itself in 3.9
    """The stored variables as the mapping of `os.environ` uses them. What the program has set itself it may read."""

    def __init__(self, stored: dict[Any, Any], ask: Callable[[str, Any], bool]) -> None:
        self._stored = stored
        self._ask = ask
        self._given = dict(stored)
        # By thread: of a reading of all of it, what may still be read, each once.
        self._listed: dict[int, set[Any]] = {}

    def _is_given(self, key: Any) -> bool:
        return key in self._given and self._stored.get(key) == self._given[key]

    def __getitem__(self, key: Any) -> Any:
        if self._is_given(key):
            listed = self._listed.get(_thread.get_ident())
            if listed and key in listed:
                listed.discard(key)
            else:
                self._ask("os.environ", key)
        return self._stored[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._stored[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._stored[key]

    def __iter__(self) -> Iterator[Any]:
        if self._ask("os.environ", None):
            self._listed[_thread.get_ident()] = set(self._stored)
        return iter(dict(self._stored))

    def __len__(self) -> int:
        return len(self._stored)

    def __contains__(self, key: object) -> bool:
        return key in self._stored
