"""Asking the host for something and waiting for the answer (DESIGN.md §8)."""

from __future__ import annotations

import _thread
import sys
from queue import SimpleQueue

from .cancel import Canceller
from .engine_frames import user_location
from .messages import CapabilityResponse
from .streams import Streams
from .text import shorten
from .wire import Channel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_PROMPT = 5_000
_ERRORS: dict[str, type[Exception]] = {
    "denied": PermissionError,
    "closed": EOFError,
    "timeout": TimeoutError,
    "invalid": TypeError,
}


class Capabilities:
    def __init__(self, channel: Channel, canceller: Canceller, streams: Streams) -> None:
        self._channel = channel
        self._canceller = canceller
        self._streams = streams
        self._lock = _thread.allocate_lock()
        self._last_id = 0
        self._waiting: dict[int, SimpleQueue[CapabilityResponse]] = {}

    def ask(self, capability: str, parameters: dict[str, Any]) -> Any:
        """The answer. Raises PermissionError, EOFError, TimeoutError or TypeError when there is none; interruptible."""
        return self._canceller.thread.shielded(lambda: self._ask(capability, parameters))

    def _ask(self, capability: str, parameters: dict[str, Any]) -> Any:
        answers: SimpleQueue[CapabilityResponse] = SimpleQueue()
        with self._lock:
            self._last_id += 1
            request_id = self._last_id
            self._waiting[request_id] = answers
        location = user_location(sys._getframe())
        running = self._canceller.running
        fields = {
            "requestId": request_id,
            "executionId": running.id if running else None,
            "capability": capability,
            "parameters": parameters,
            "location": {"file": shorten(location[0], 4096), "line": location[1]} if location else None,
        }
        try:
            self._streams.place(lambda sync: self._channel.send("capability_request", {**fields, "sync": sync}))
            response: CapabilityResponse = self._canceller.wait(answers)
        finally:
            self._waiting.pop(request_id, None)
        if response.failure is not None:
            raise _ERRORS[response.failure](response.message)
        return response.value

    def answer(self, response: CapabilityResponse) -> None:
        """From the control thread. An answer to a question that was abandoned is dropped."""
        answers = self._waiting.pop(response.request_id, None)
        if answers is not None:
            answers.put(response)
