"""Taking JSON objects apart strictly."""

from __future__ import annotations

import re

from .wire import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The largest integer that a double holds exactly: what `z.int()` accepts.
MAX_INT = 2**53 - 1


class Fields:
    """Takes the fields out of one JSON object; whatever is left at the end is an error."""

    def __init__(self, where: str, value: object) -> None:
        if type(value) is not dict:
            raise ProtocolError(f"{where} is not an object.")
        self._where = where
        self._left: dict[str, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType]

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def any(self, name: str) -> Any:
        if name not in self._left:
            raise ProtocolError(f'{self._where} has no "{name}".')
        return self._left.pop(name)

    def text(self, name: str, pattern: re.Pattern[str] | None = None, shortest: int = 0, longest: int | None = None) -> str:
        value = self.any(name)
        fits = (
            type(value) is str
            and len(value) >= shortest
            and (longest is None or len(value) <= longest)
            and (pattern is None or pattern.fullmatch(value) is not None)
        )
        return value if fits else self._refuse(name, value)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.any(name)
        return value if type(value) is str and value in choices else self._refuse(name, value)

    def choice_or_none(self, name: str, choices: tuple[str, ...]) -> str | None:
        if name in self._left and self._left[name] is None:
            return self.any(name)
        return self.choice(name, choices)

    def flag(self, name: str) -> bool:
        value = self.any(name)
        return value if type(value) is bool else self._refuse(name, value)

    def integer(self, name: str, least: int, most: int = MAX_INT) -> int:
        value = self.any(name)
        if type(value) is float and value.is_integer():
            value = int(value)
        return value if type(value) is int and least <= value <= most else self._refuse(name, value)

    def items(self, name: str, most: int) -> list[Any]:
        value = self.any(name)
        if type(value) is not list:
            return self._refuse(name, value)
        values: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return values if len(values) <= most else self._refuse(name, values)

    def integers(self, name: str, most: int) -> list[int]:
        values = self.items(name, most)
        each = Fields(f"The {name}", {str(index): value for index, value in enumerate(values)})
        return [each.integer(str(index), 0) for index in range(len(values))]

    def names(self, name: str, most: int) -> list[str]:
        names = self.items(name, most)
        return names if all(type(one) is str and len(one) <= 4096 for one in names) else self._refuse(name, names)

    def number(self, name: str) -> float:
        value = self.any(name)
        return value if type(value) in (int, float) and 0 <= value < float("inf") else self._refuse(name, value)

    def done(self) -> None:
        if self._left:
            raise ProtocolError(f"{self._where} has unknown fields: {', '.join(sorted(self._left))}.")

    def _refuse(self, name: str, value: object) -> Any:
        raise ProtocolError(f'{self._where} has a wrong "{name}": {value!r:.200}')
