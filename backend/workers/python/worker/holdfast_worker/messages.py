"""The messages from the backend, checked as strictly as `backend/protocol/worker` does."""

from __future__ import annotations

import json
import re

from .fields import MAX_INT, Fields
from .wire import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Union

    ToWorker = Union[
        "Hello",
        "Execute",
        "Cancel",
        "Interrupt",
        "CapabilityResponse",
        "Policy",
        "Inspect",
        "InspectValue",
        "Complete",
        "EditNamespace",
        "ReadValue",
        "Checkpoint",
        "RestorePart",
        "Restore",
        "CancelTask",
        "Shutdown",
    ]

PROTOCOL_VERSION = 1
MAX_VARIABLES = 1000

_EXECUTION_ID = re.compile(r"[0-9a-z-]{1,64}")
_MARKER = re.compile(r"[0-9a-f]{32}")
_DIALECTS = ("python", "javascript", "javascriptreact", "typescript", "typescriptreact")
_RUNGS = ("interrupt", "children", "force")
_MODES = ("top_level_await", "async_def", "blocking_sync", "simple_sync", "unknown")
_THREAD_USES = ("never", "blocking", "always")
_LEVELS = ("sandbox", "restricted", "standard", "trusted", "unrestricted")
CATEGORIES = ("read", "write", "delete", "network", "subprocess", "environment", "native")
_OPERATORS = ("contains", "equals", "less", "greater", "empty", "not_empty")
_FAILURES = ("denied", "closed", "timeout", "invalid", "failed")


class Hello:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.protocol = fields.integer("protocol", -MAX_INT)
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
    """`failure` is None when it was answered, else one of denied, closed, timeout, invalid, failed; `errno` names the system's reason."""

    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.request_id = fields.integer("requestId", 1)
        answer = Fields("The answer", fields.any("answer"))
        self.value: Any = None
        self.payload = payload
        self.errno: str | None = None
        self.failure: str | None = None
        self.message = ""
        if answer.choice("status", ("answered", "failed")) == "answered":
            self.value = answer.any("value")
        else:
            self.failure = answer.choice("code", _FAILURES)
            self.message = answer.text("message")
            if "errno" in answer:
                self.errno = answer.text("errno", longest=100)
        answer.done()


class Policy:
    """What the consent gate lets through by itself, and what it asks for. `asks`: categories."""

    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.generation = fields.integer("generation", 1)
        self.level = fields.choice("level", _LEVELS)
        self.asks = frozenset(fields.names("asks", len(CATEGORIES)))
        if not self.asks.issubset(CATEGORIES):
            raise ProtocolError(f"A policy asks for unknown categories: {', '.join(sorted(self.asks))}")
        self.roots = fields.names("roots", 100)
        self.reads_free = fields.flag("readsFree")
        self.writes_free = fields.flag("writesFree")
        self.injected = frozenset(fields.names("injected", 2000))


class Inspect:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.start = fields.integer("start", 0)
        self.count = fields.integer("count", 1, MAX_VARIABLES)


class Target:
    """A value named without running user code: a chain of attributes and literal keys, then positions in lists of children."""

    def __init__(self, value: object) -> None:
        fields = Fields("The target", value)
        self.expression = fields.text("expression", shortest=1, longest=2000)
        self.path: list[int] = fields.integers("path", 64)
        fields.done()


class InspectValue:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.target = Target(fields.any("target"))
        self.start = fields.integer("start", 0)
        self.count = fields.integer("count", 0, 1000)


class Complete:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.target = Target(fields.any("target"))
        self.members = fields.choice("members", ("attributes", "keys"))
        self.prefix = fields.text("prefix", longest=500)
        self.count = fields.integer("count", 1, 1000)


class EditNamespace:
    """`text` is the new value's literal, or the new name; None for a deletion."""

    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        edit = Fields("The edit", fields.any("edit"))
        self.kind = edit.choice("kind", ("set", "delete", "rename"))
        self.name = edit.text("name", shortest=1, longest=1000)
        self.text: str | None = None
        if self.kind == "set":
            self.text = edit.text("text", longest=100_000)
        elif self.kind == "rename":
            self.text = edit.text("to", shortest=1, longest=1000)
        edit.done()


class Order:
    """Which rows of a table, and in what order. `sort` is a column and whether it descends."""

    def __init__(self, fields: Fields) -> None:
        self.sort: tuple[int, bool] | None = None
        sort = fields.any("sort")
        if sort is not None:
            order = Fields("The order", sort)
            self.sort = (order.integer("column", 0), order.flag("descending"))
            order.done()
        self.filters = [Filter(value) for value in fields.items("filters", 32)]


class Table(Order):
    """A page of a table."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.start = fields.integer("start", 0)
        self.count = fields.integer("count", 1, 10_000)
        self.first_column = fields.integer("firstColumn", 0)
        self.columns = fields.integer("columns", 1, 1000)


class Filter:
    def __init__(self, value: object) -> None:
        fields = Fields("A filter", value)
        self.column = fields.integer("column", 0)
        self.operator = fields.choice("operator", _OPERATORS)
        self.text = fields.text("text", longest=1000)
        fields.done()


class ReadValue:
    """`table` is None for an export, which has a `format`, and for rows as CSV, which have an `order`."""

    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.target = Target(fields.any("target"))
        reading = Fields("The reading", fields.any("reading"))
        self.table: Table | None = None
        self.format: str | None = None
        self.order: Order | None = None
        kind = reading.choice("kind", ("table", "export", "csv"))
        if kind == "table":
            self.table = Table(reading)
        elif kind == "csv":
            self.order = Order(reading)
        else:
            self.format = reading.choice("format", ("text", "json", "csv"))
        reading.done()


class Checkpoint:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.max_variable_bytes = fields.integer("maxVariableBytes", 1)
        self.max_bytes = fields.integer("maxBytes", 1)
        self.gives_way = fields.flag("givesWay")


class RestorePart:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.part = fields.integer("part", 0)
        self.offset = fields.integer("offset", 0)
        self.payload = payload


class Restore:
    """`parts` are what `RestorePart`s have brought before it."""

    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.parts: list[bytearray] = []
        try:
            self.manifest: dict[str, Any] = json.loads(payload)
        except ValueError as error:
            raise ProtocolError(f"The manifest of a checkpoint is not JSON: {error}") from error


class CancelTask:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0
        self.task_id = fields.integer("taskId", 1)


class Undo:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        self.id = 0


class Shutdown:
    def __init__(self, fields: Fields, payload: bytes) -> None:
        pass


_KINDS: dict[str, Any] = {
    "hello": Hello,
    "execute": Execute,
    "cancel": Cancel,
    "interrupt": Interrupt,
    "capability_response": CapabilityResponse,
    "policy": Policy,
    "inspect": Inspect,
    "inspect_value": InspectValue,
    "complete": Complete,
    "edit_namespace": EditNamespace,
    "read_value": ReadValue,
    "checkpoint": Checkpoint,
    "restore_part": RestorePart,
    "restore": Restore,
    "cancel_task": CancelTask,
    "shutdown": Shutdown,
    "undo": Undo,
}


# Their answers name them by the id of the message.
_ANSWERED = (Inspect, InspectValue, Complete, EditNamespace, ReadValue, Checkpoint, Restore, CancelTask, Undo)
_WITH_PAYLOAD = (Execute, CapabilityResponse, RestorePart, Restore)


def decode(header: object, payload: bytes) -> ToWorker:
    """The message in a frame. Raises ProtocolError, saying what is wrong with it."""
    fields = Fields("The header", header)
    kind = fields.choice("type", tuple(_KINDS))
    number = fields.integer("id", 1)
    fields.number("timestamp")
    message = _KINDS[kind](fields, payload)
    fields.done()
    if type(message) in _ANSWERED:
        message.id = number
    if payload and type(message) not in _WITH_PAYLOAD:
        raise ProtocolError(f"A message of type {kind} carries no payload.")
    return message
