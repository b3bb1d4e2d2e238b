"""Functions of the person's that the host performs: each waits when it is called, and its `aio` is awaited."""

from __future__ import annotations

import functools

from .capabilities import Capabilities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .messages import CapabilityResponse


class Request:
    """What a call asks of the host, and what the caller gets of the response."""

    __slots__ = ("capability", "parameters", "payload", "result")

    def __init__(
        self,
        capability: str,
        parameters: dict[str, Any],
        result: Callable[[CapabilityResponse], Any],
        payload: bytes = b"",
    ) -> None:
        self.capability = capability
        self.parameters = parameters
        self.result = result
        self.payload = payload


class Known:
    """What a call returns without asking."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


# Plans are declared with what the person gets in the end, which these are not yet.


def request(capability: str, parameters: dict[str, Any], result: Callable[[CapabilityResponse], Any], payload: bytes = b"") -> Any:
    return Request(capability, parameters, result, payload)


def known(value: Any) -> Any:
    return Known(value)


def host_function(capabilities: Capabilities, plan: Callable[..., Any], name: str | None = None) -> Any:
    """The function that a person calls. `plan` has its arguments, its docstring and what it returns, and makes the `Request` of a call."""

    @functools.wraps(plan)
    def call(*args: Any, **options: Any) -> Any:
        wanted: Request | Known = plan(*args, **options)
        if isinstance(wanted, Known):
            return wanted.value
        return wanted.result(capabilities.request(wanted.capability, wanted.parameters, wanted.payload))

    @functools.wraps(plan)
    def aio(*args: Any, **options: Any) -> Any:
        wanted: Request | Known = plan(*args, **options)
        if isinstance(wanted, Known):
            return _ready(wanted.value)
        answer = capabilities.request_async(wanted.capability, wanted.parameters, wanted.payload)
        return _awaited(answer, wanted.result)

    call.__name__ = call.__qualname__ = name or plan.__name__
    aio.__name__ = aio.__qualname__ = f"{call.__name__}.aio"
    aio.__doc__ = f"{call.__name__}, to be awaited: other tasks go on meanwhile.\n\n{plan.__doc__}"
    setattr(call, "aio", aio)
    return call


async def _awaited(answer: Any, result: Callable[[CapabilityResponse], Any]) -> Any:
    return result(await answer)


async def _ready(value: Any) -> Any:
    return value
