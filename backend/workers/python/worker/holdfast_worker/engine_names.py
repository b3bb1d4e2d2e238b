"""The names that the engine keeps in the namespace: history and last values, as in IPython. User code cannot keep its own there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = frozenset("_ __ ___ _i _ii _iii In Out _ih _oh _exit_code _exception".split())
_KEPT = 1000


class EngineNames:
    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        # As in IPython, `In[n]` and `Out[n]` belong together; cells are counted from 1.
        self._inputs: list[str] = [""]
        self._outputs: dict[int, Any] = {}
        self._values: dict[str, Any] = dict.fromkeys(("_", "__", "___", "_i", "_ii", "_iii"), "")
        self._values.update(
            In=self._inputs, Out=self._outputs, _ih=self._inputs, _oh=self._outputs, _exit_code=0, _exception=None
        )
        self.restore()

    def restore(self) -> None:
        """Puts the engine's values back, whatever user code did to the names."""
        self._namespace.update(self._values)

    def begin(self, text: str) -> None:
        values = self._values
        values["_iii"], values["_ii"], values["_i"] = values["_ii"], values["_i"], self._inputs[-1] if self._inputs else ""
        self._inputs.append(text)
        if len(self._inputs) > _KEPT:
            # The list keeps its numbering, the texts of long ago go.
            self._inputs[len(self._inputs) - _KEPT - 1] = ""
        self.restore()

    @property
    def number(self) -> int:
        """Of the cell that runs now or ran last, in `In` and `Out`."""
        return len(self._inputs) - 1

    def succeeded(self, value: Any) -> None:
        """After a cell with a value."""
        values = self._values
        values["___"], values["__"], values["_"] = values["__"], values["_"], value
        self._outputs[self.number] = value
        while len(self._outputs) > _KEPT:
            del self._outputs[next(iter(self._outputs))]

    def failed(self, error: BaseException) -> None:
        self._values["_exception"] = error

    def exited(self, code: object) -> int:
        """Notes what `sys.exit` was called with, as the exit code that a process would have had."""
        number = 0 if code is None else code if type(code) is int else 1
        self._values["_exit_code"] = number
        return number
