"""Asking the host for something and waiting for the answer (DESIGN.md §8)."""

from __future__ import annotations

import _thread
import errno
import sys
from queue import SimpleQueue

from .cancel import Canceller
from .engine_frames import user_location
from .messages import CapabilityResponse, Policy
from .owner import owner_of_code
from .streams import Streams
from .text import shorten
from .wire import MAX_PAYLOAD_BYTES, Channel, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable
    from typing import Any, Optional

    Location = Optional[tuple[str, int]]

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
        self._waiting: dict[int, Callable[[CapabilityResponse], None]] = {}
        # None until the host has said. What is asked of the host it judges by itself.
        self.policy: Policy | None = None

    @property
    def lock(self) -> _thread.LockType:
        """Whoever holds it keeps every other thread out of here."""
        return self._lock

    def ask(self, capability: str, parameters: dict[str, Any]) -> Any:
        """The answer's value. Raises PermissionError, EOFError, TimeoutError, TypeError or OSError when there is none; interruptible."""
        return self.request(capability, parameters).value

    def ask_from(self, capability: str, parameters: dict[str, Any], location: Location) -> Any:
        """The same for code that stands elsewhere."""
        return self._canceller.thread.shielded(lambda: self._wait_for(capability, parameters, b"", location)).value

    def request(self, capability: str, parameters: dict[str, Any], payload: bytes = b"") -> CapabilityResponse:
        """The whole answer. Raises as `ask` does."""
        location = user_location(sys._getframe())
        return self._canceller.thread.shielded(lambda: self._wait_for(capability, parameters, payload, location))

    def request_async(self, capability: str, parameters: dict[str, Any], payload: bytes = b"") -> Awaitable[CapabilityResponse]:
        """The same for code that awaits: the loop goes on meanwhile. A question whose task is cancelled is given up."""
        return self._await(capability, parameters, payload, user_location(sys._getframe()))

    def check(self, capability: str) -> None:
        """Of what is done without asking: raises PermissionError when user code does not have it."""
        policy = self.policy
        if policy is None or capability in policy.injected:
            return
        # Every level has it.
        raise PermissionError(f"{capability} is denied by an option of this run.")

    def _wait_for(self, capability: str, parameters: dict[str, Any], payload: bytes, location: Location) -> CapabilityResponse:
        answers: SimpleQueue[CapabilityResponse] = SimpleQueue()
        request_id = self._register(answers.put)
        try:
            self._send(request_id, capability, parameters, payload, location)
            response: CapabilityResponse = self._canceller.wait(answers)
        finally:
            self._give_up(request_id)
        return _checked(response)

    async def _await(self, capability: str, parameters: dict[str, Any], payload: bytes, location: Location) -> CapabilityResponse:
        import asyncio

        loop = asyncio.get_running_loop()
        answer: asyncio.Future[CapabilityResponse] = loop.create_future()
        request_id = self._register(lambda response: _settle_on(loop, answer, response))
        try:
            self._canceller.thread.shielded(lambda: self._send(request_id, capability, parameters, payload, location))
            self._canceller.begin_wait()
            return _checked(await answer)
        finally:
            self._give_up(request_id)

    def _register(self, take: Callable[[CapabilityResponse], None]) -> int:
        with self._lock:
            self._last_id += 1
            self._waiting[self._last_id] = take
            return self._last_id

    def _send(self, request_id: int, capability: str, parameters: dict[str, Any], payload: bytes, location: Location) -> None:
        if len(payload) > MAX_PAYLOAD_BYTES:
            most = f"{MAX_PAYLOAD_BYTES >> 20} MiB"
            raise TypeError(f"{capability} takes at most {most} at once, and this is {len(payload):,} bytes.")
        fields = {
            "requestId": request_id,
            "executionId": owner_of_code(self._canceller.running),
            "capability": capability,
            "parameters": parameters,
            "location": {"file": shorten(location[0], 4096), "line": location[1]} if location else None,
        }
        try:
            self._streams.place(lambda sync: self._channel.send("capability_request", {**fields, "sync": sync}, payload))
        except ProtocolError as error:
            raise TypeError(f"{capability}: What it was given is too large or is not JSON. {error}") from None

    def _give_up(self, request_id: int) -> None:
        """Tells the host that nobody waits any more, unless it has answered."""
        if self._waiting.pop(request_id, None) is not None:
            self._canceller.thread.shielded(lambda: self._channel.send("capability_abandoned", {"requestId": request_id}))

    def answer(self, response: CapabilityResponse) -> None:
        """From the control thread. An answer to a question that was abandoned is dropped."""
        take = self._waiting.pop(response.request_id, None)
        if take is not None:
            take(response)


def _checked(response: CapabilityResponse) -> CapabilityResponse:
    if response.failure is None:
        return response
    if response.failure in _ERRORS:
        raise _ERRORS[response.failure](response.message)
    number = getattr(errno, response.errno or "", None)
    # With a number Python makes FileNotFoundError and its like of it.
    raise OSError(response.message) if number is None else OSError(number, response.message)


def _settle_on(loop: asyncio.AbstractEventLoop, answer: asyncio.Future[CapabilityResponse], response: CapabilityResponse) -> None:
    try:
        loop.call_soon_threadsafe(_settle, answer, response)
    except RuntimeError:
        # The loop has been closed, and nothing of it waits.
        return


def _settle(answer: asyncio.Future[CapabilityResponse], response: CapabilityResponse) -> None:
    if not answer.done():
        answer.set_result(response)
