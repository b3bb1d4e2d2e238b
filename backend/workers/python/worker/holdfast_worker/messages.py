"""The messages from the backend, checked as strictly as `backend/protocol/worker` does."""

from __future__ import annotations

import re

from .wire import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Union

    ToWorker = Union["Hello", "Execute", "Cancel", "Interrupt", "CapabilityResponse", "Inspect", "CancelTask", "Shutdown"]

PROTOCOL_VERSION = 1
MAX_VARIABLES = 1000

_EXECUTION_ID = re.compile(r"[0-9a-z-]{1,64}")
_MARKER = re.compile(r"[0-9a-f]{32}")
_DIALECTS = ("python", "javascript", "javascriptreact", "typescript", "typescriptreact")
_RUNGS = ("interrupt", "children", "force")
_MODES = ("top_level_await", "async_def", "blocking_sync", "simple_sync", "unknown")
_THREAD_USES = ("never", "blocking", "always")
_FAILURES = ("denied", "closed", "timeout", "invalid")
# The largest integer that a double holds exactly: what `z.int()` accepts.
_MAX_INT = 2**53 - 1


class Fields:
    """Takes the fields out of one JSON object; whatever is left at the end is an error."""

    def __init__(self, where: str, value: object) -> None:
        if type(value) is not dict:
            raise ProtocolError(f"{where} is not an object.")
        self._where = where
        self._left: dict[str, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType]

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

    def integer(self, name: str, least: int, most: int = _MAX_INT) -> int:
        value = self.any(name)
        if type(value) is float and value.is_integer():
            value = int(value)
        return value if type(value) is int and least <= value <= most else self._refuse(name, value)

    def number(self, name: str) -> float:
        value = self.any(name)
        return value if type(value) in (int, float) and 0 <= value < float("inf") else self._refuse(name, value)

    def done(self) -> None:
        if self._left:
            raise ProtocolError(f"{self._where} has unknown fields: {', '.join(sorted(self._left))}.")

    def _refuse(self, name: str, value: object) -> Any:
        raise ProtocolError(f'{self._where} has a wrong "{name}": {value!r:.200}')


class Hello:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.protocol = fields.integer("protocol", -_MAX_INT)
        self.marker = fields.text("marker", _MARKER)


class Source:
    """Where a cell's text came from. `column` counts UTF-16 code units from 0."""

    def __init__(self, value: object) -> None:
        fields = Fields("The source", value)
        self.name = fields.text("name", shortest=1, longest=4096)
        path = fields.any("path")
        if path is not None and (type(path) is not str or len(path) > 4096):
            raise ProtocolError(f"The source has a wrong path: {path!r:.200}")
        self.path: str | None = path
        self.line = fields.integer("line", 1)
        self.column = fields.integer("column", 0)
        fields.done()


class Execute:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.execution_id = fields.text("executionId", _EXECUTION_ID)
        self.dialect = fields.choice("dialect", _DIALECTS)
        self.source = Source(fields.any("source"))
        self.mode = fields.choice_or_none("mode", _MODES)
        self.thread = fields.choice("thread", _THREAD_USES)
        self.autoreload = fields.flag("autoreload")
        try:
            self.text = payload.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProtocolError(f"The text of the cell is not UTF-8: {error}") from error


class Cancel:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.execution_id = fields.text("executionId", _EXECUTION_ID)


class Interrupt:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.execution_id = fields.text("executionId", _EXECUTION_ID)
        self.rung = fields.choice("rung", _RUNGS)


class CapabilityResponse:
    """`failure` is None when it was answered, else one of denied, closed, timeout, invalid."""

    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.request_id = fields.integer("requestId", 1)
        answer = Fields("The answer", fields.any("answer"))
        self.value: Any = None
        self.failure: str | None = None
        self.message = ""
        if answer.choice("status", ("answered", "failed")) == "answered":
            self.value = answer.any("value")
        else:
            self.failure = answer.choice("code", _FAILURES)
            self.message = answer.text("message")
        answer.done()


class Inspect:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.start = fields.integer("start", 0)
        self.count = fields.integer("count", 1, MAX_VARIABLES)


class CancelTask:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.task_id = fields.integer("taskId", 1)


class Shutdown:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        pass


_KINDS: dict[str, Any] = {
    "hello": Hello,
    "execute": Execute,
    "cancel": Cancel,
    "interrupt": Interrupt,
    "capability_response": CapabilityResponse,
    "inspect": Inspect,
    "cancel_task": CancelTask,
    "shutdown": Shutdown,
}


def decode(header: object, payload: bytes) -> ToWorker:
    """The message in a frame. Raises ProtocolError, saying what is wrong with it."""
    fields = Fields("The header", header)
    kind = fields.choice("type", tuple(_KINDS))
    number = fields.integer("id", 1)
    fields.number("timestamp")
    message = _KINDS[kind](fields, payload)
    fields.done()
    if type(message) in (Inspect, CancelTask):
        message.id = number
    if payload and type(message) is not Execute:
        raise ProtocolError(f"A message of type {kind} carries no payload.")
    return message
