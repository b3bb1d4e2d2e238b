"""The audit hook: which events mean what, and only those that the policy asks for."""

from __future__ import annotations

import builtins
import sys
from types import FunctionType

from .environment import Environment
from .files import Files
from .gate import Gate, denied
from .native import Native
from .network import Network
from .processes import Processes
from .wrappers import wrap_builtin_modules, wrap_fork_exec, wrap_lookups, wrap_open, wrap_spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..messages import Policy
    from .consent import Consent

    Handler = Callable[[tuple[Any, ...]], object]

globals()["__builtins__"] = vars(builtins).copy()

_PACKAGE = __name__.rpartition(".")[0]


class Hook:
    """An interpreter cannot take a hook out again: under a policy that asks for nothing it is idle."""

    def __init__(self, consent: Consent) -> None:
        self._gate = gate = Gate(consent)
        self._live: dict[str, Handler] = {}
        processes, network, environment, native = Processes(gate), Network(gate), Environment(gate), Native(gate)
        environment.install()
        wrap_open()
        wrap_fork_exec(processes)
        wrap_spawn(processes)
        wrap_lookups(network)
        wrap_builtin_modules(native)
        sys.addaudithook(_hook(self._live))
        self._all: dict[str, dict[str, Handler]] = {}
        for part in (Files(gate), processes, network, environment, native):
            self._all.update(part.handlers())

    def update(self, policy: Policy) -> None:
        """Control thread. At no time is less asked for than both policies do."""
        wanted: dict[str, Handler] = {"object.__setattr__": _refuse_new_code} if policy.asks else {}
        for category in policy.asks:
            wanted.update(self._all[category])
        self._live.update(wanted)
        self._gate.update(policy)
        for event in self._live.keys() - wanted.keys():
            del self._live[event]


def _hook(live: dict[str, Handler]) -> Callable[[str, tuple[Any, ...]], None]:
    get = live.get

    def audit(event: str, args: tuple[Any, ...]) -> None:
        handler = get(event)
        if handler is not None:
            handler(args)

    return audit


def _refuse_new_code(args: tuple[Any, ...]) -> None:
    """A function's code can be replaced by another's: not the gate's."""
    function, name = args[0], args[1]
    if name == "__code__" and type(function) is FunctionType and str(function.__module__).startswith(_PACKAGE):
        raise denied("The code of the consent gate cannot be replaced.")
