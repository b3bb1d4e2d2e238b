"""`step`: what a cell has finished is kept, so that it goes on behind it when it runs again."""

from __future__ import annotations

import _thread
import functools
import json
import threading
import time
from contextvars import ContextVar

from .cancel import Canceller
from .capabilities import Capabilities
from .owner import owner_of_code
from .text import shorten
from .types_safely import class_of, method_of, type_name
from .wire import MAX_PAYLOAD_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Optional

    from .messages import CapabilityResponse

    Found = tuple[bool, Any]

_MAX_PARTS = 10_000
_MAX_REASON = 1_000
_MAX_NAME = 200
_MAX_KEY = 1_000
_MAX_BACKOFF_SECONDS = 60.0
_COROUTINE = 0x80  # inspect.CO_COROUTINE


class _Scope:
    """One attempt of a step. `claims` are of the steps in it."""

    __slots__ = ("parent", "claims")

    def __init__(self, parent: _Scope | None) -> None:
        self.parent = parent
        self.claims: list[tuple[str, str | None]] = []


_scope: ContextVar[Optional[_Scope]] = ContextVar("holdfast_step", default=None)


class _Plan:
    """A call of `step`."""

    __slots__ = ("name", "key", "retries", "backoff", "timeout", "call", "ref", "awaits")

    def __init__(
        self,
        name: str,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        options: dict[str, Any],
        key: object,
        retries: int,
        backoff: Any,
        timeout: Any,
    ) -> None:
        if type(name) is not str or not 0 < len(name) <= _MAX_NAME or not _is_text(name):
            raise TypeError(f"The name of a step is a text of 1 to {_MAX_NAME} characters. What differs from call to call is for its key.")
        if not callable(fn):
            raise TypeError(f"step({name!r}, …) takes a function and its arguments, not {type_name(class_of(fn))}.")
        if type(retries) is not int or retries < 0:
            raise TypeError("retries is how often the function is tried again: a whole number from 0 on.")
        for what, seconds in (("backoff", backoff), ("timeout", timeout)):
            if seconds is not None and not (isinstance(seconds, (int, float)) and 0 <= seconds <= threading.TIMEOUT_MAX):
                raise TypeError(f"{what} is a number of seconds, not {shorten(repr(seconds), 100)}.")
        self.name = name
        self.key = None if key is None else _key_text(key)
        self.retries = retries
        self.backoff = backoff
        self.timeout = timeout
        self.call = functools.partial(fn, *args, **options)
        self.ref = {"name": name, "key": self.key}
        self.awaits = _awaits(fn)

    def pause(self, attempt: int) -> float:
        """Seconds before the next attempt."""
        return min(self.backoff * 2**attempt, _MAX_BACKOFF_SECONDS)


class Steps:
    def __init__(self, capabilities: Capabilities, canceller: Canceller) -> None:
        self._capabilities = capabilities
        self._canceller = canceller
        self._lock = _thread.allocate_lock()
        self._run: str | None = None
        # Steps of the run that have begun; whether they have finished.
        self._claims: dict[tuple[str, str | None], bool] = {}

    def wait(self, plan: _Plan) -> Any:
        self._claim(plan)
        try:
            request = self._capabilities.request
            state, value = _found(plan, request("step", {"operation": "find", **plan.ref}))
            if state != "kept":
                value, seconds = self._attempts(plan)
                if state == "none":
                    request("step", *_told(plan, value, seconds))
        except BaseException:
            self._release([(plan.name, plan.key)])
            raise
        self._finish(plan)
        return value

    async def await_(self, plan: _Plan) -> Any:
        self._claim(plan)
        try:
            request = self._capabilities.request_async
            state, value = _found(plan, await request("step", {"operation": "find", **plan.ref}))
            if state != "kept":
                value, seconds = await self._attempts_async(plan)
                if state == "none":
                    await request("step", *_told(plan, value, seconds))
        except BaseException:
            self._release([(plan.name, plan.key)])
            raise
        self._finish(plan)
        return value

    def _attempts(self, plan: _Plan) -> tuple[Any, float]:
        for attempt in range(plan.retries + 1):
            scope = _Scope(_scope.get())
            token = _scope.set(scope)
            started = time.perf_counter()
            try:
                return self._once(plan), time.perf_counter() - started
            except BaseException as error:
                self._release(scope.claims)
                if attempt == plan.retries or not isinstance(error, Exception):
                    raise
                reason = _reason(error)
            finally:
                _scope.reset(token)
            self._capabilities.request("step", _again(plan, attempt, reason))
            self._canceller.pause(plan.pause(attempt))
        raise AssertionError("The last attempt returns or raises.")

    async def _attempts_async(self, plan: _Plan) -> tuple[Any, float]:
        import asyncio

        for attempt in range(plan.retries + 1):
            scope = _Scope(_scope.get())
            token = _scope.set(scope)
            started = time.perf_counter()
            try:
                return await self._once_async(plan), time.perf_counter() - started
            except BaseException as error:
                self._release(scope.claims)
                if attempt == plan.retries or not isinstance(error, Exception):
                    raise
                reason = _reason(error)
            finally:
                _scope.reset(token)
            await self._capabilities.request_async("step", _again(plan, attempt, reason))
            await asyncio.sleep(plan.pause(attempt))
        raise AssertionError("The last attempt returns or raises.")

    def _once(self, plan: _Plan) -> Any:
        value = self._called(plan)
        if method_of(value, "__await__") is not None:
            close = getattr(value, "close", None)
            if close is not None:
                close()
            raise TypeError(f"The function of the step {plan.name!r} gives something to be awaited: `await step.aio({plan.name!r}, …)`.")
        return value

    async def _once_async(self, plan: _Plan) -> Any:
        value = self._called(plan)
        if method_of(value, "__await__") is None:
            return value
        if plan.timeout is None:
            return await value
        import asyncio

        try:
            return await asyncio.wait_for(value, plan.timeout)
        except asyncio.TimeoutError as error:
            # Before 3.11 it is not the built-in one. The function's own has a text, mostly.
            raise TimeoutError(*error.args or (f"It took longer than {plan.timeout:g} s.",)) from None

    def _called(self, plan: _Plan) -> Any:
        return plan.call() if plan.timeout is None else self._canceller.deadlines.within(plan.timeout, plan.call)

    def _claim(self, plan: _Plan) -> None:
        """Raises TypeError when the step has run in this run of the cell: one in a loop needs a key."""
        run = owner_of_code(self._canceller.running)
        claim = plan.name, plan.key
        with self._lock:
            if run != self._run:
                self._run = run
                self._claims.clear()
            finished = self._claims.get(claim)
            if finished is not None and plan.key is None:
                raise TypeError(
                    f"There has been a step {plan.name!r} in this run of the cell. Give each its own key: step({plan.name!r}, …, key=i)."
                )
            if finished is False:
                raise TypeError(f"The step {plan.name!r} with key {plan.key} is running already.")
            self._claims[claim] = False
        scope = _scope.get()
        while scope is not None:
            scope.claims.append(claim)
            scope = scope.parent

    def _finish(self, plan: _Plan) -> None:
        self._claims[plan.name, plan.key] = True

    def _release(self, claims: list[tuple[str, str | None]]) -> None:
        """They have not finished, or will be wanted again."""
        for claim in claims:
            self._claims.pop(claim, None)


def make_step(capabilities: Capabilities, canceller: Canceller) -> Callable[..., Any]:
    steps = Steps(capabilities, canceller)

    def step(
        name: str,
        fn: Callable[..., Any],
        /,
        *args: Any,
        key: object = None,
        retries: int = 0,
        backoff: float = 1.0,
        timeout: float | None = None,
        **options: Any,
    ) -> Any:
        """Calls `fn(*args, **options)` and keeps what it returns: when the cell runs again, also after a crash, the value is there at once.

        In a loop each step needs a `key`: a text, a number, or a list of these. A function that raises is tried again `retries` times,
        after `backoff` seconds, then twice as many. After `timeout` seconds it raises TimeoutError. Of a coroutine function the step is to be
        awaited; `await step.aio(…)` is for any other function that gives something to be awaited.

        Values are kept as pickle has them, at most 64 MiB each. When the text of the cell has changed, it is asked whether they still count.
        """
        plan = _Plan(name, fn, args, options, key, retries, backoff, timeout)
        return steps.await_(plan) if plan.awaits else steps.wait(plan)

    def aio(
        name: str,
        fn: Callable[..., Any],
        /,
        *args: Any,
        key: object = None,
        retries: int = 0,
        backoff: float = 1.0,
        timeout: float | None = None,
        **options: Any,
    ) -> Any:
        """`step`, to be awaited: other tasks go on meanwhile."""
        return steps.await_(_Plan(name, fn, args, options, key, retries, backoff, timeout))

    aio.__qualname__ = "step.aio"
    setattr(step, "aio", aio)
    step.__qualname__ = "step"
    return step


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _key_text(key: object) -> str:
    try:
        text = json.dumps(key, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        raise TypeError(f"The key of a step is a text, a number, or a list of these, not {type_name(class_of(key))}.") from None
    if len(text) > _MAX_KEY:
        raise TypeError(f"The key of a step has at most {_MAX_KEY:,} characters as JSON.")
    return text


def _awaits(fn: Any) -> bool:
    while isinstance(fn, functools.partial):
        fn = fn.func
    code = getattr(getattr(fn, "__func__", fn), "__code__", None)
    return code is not None and bool(code.co_flags & _COROUTINE)


def _found(plan: _Plan, response: CapabilityResponse) -> tuple[str, Any]:
    """The state, and the value when it is `kept`."""
    state: str = response.value["state"]
    if state != "kept":
        return state, None
    from .checkpoints.serializers import deserialize

    parts: list[bytearray] = []
    start = 0
    for size in response.value["parts"]:
        # Arrays keep their part, and may be written to.
        parts.append(bytearray(response.payload[start : start + size]))
        start += size
    try:
        return state, deserialize(response.value["format"], parts, lambda _: None)
    except Exception as error:
        raise RuntimeError(
            f"The kept value of the step {plan.name!r} cannot be read ({type(error).__name__}: {error}). Define or import before the step what it "
            "is made of, or forget the step: it runs again then."
        ) from error


def _told(plan: _Plan, value: Any, seconds: float) -> tuple[dict[str, Any], bytes]:
    """What the host is told of a step that has finished: parameters and payload. Runs code of the value's class."""
    from .checkpoints.by_value import found
    from .checkpoints.reasons import reason_of
    from .checkpoints.serializers import TooLarge, serialize, serialize_by_value

    reason = f"It takes more than {MAX_PAYLOAD_BYTES >> 20} MiB. Write it to a file, and let the step return its path."
    try:
        try:
            pickled = serialize(value, MAX_PAYLOAD_BYTES)
        except TooLarge:
            raise
        except Exception:
            other = serialize_by_value(value, MAX_PAYLOAD_BYTES, lambda one: isinstance(one, type) and found(one))
            if other is None:
                raise
            pickled = other
        if len(pickled.parts) <= _MAX_PARTS:
            kept = {
                **{"operation": "keep", **plan.ref, "type": shorten(type_name(class_of(value)), 200)},
                **{"format": pickled.format, "parts": [len(part) for part in pickled.parts], "seconds": seconds},
            }
            return kept, b"".join(pickled.parts)
        reason = f"It has more than {_MAX_PARTS:,} buffers."
    except TooLarge:
        pass
    except Exception as error:
        reason = reason_of(error)
    return {"operation": "not_kept", **plan.ref, "reason": shorten(reason, _MAX_REASON)}, b""


def _again(plan: _Plan, attempt: int, reason: str) -> dict[str, Any]:
    """That a step has failed and is tried again, for the person to see."""
    more = {"reason": reason, "attempt": attempt + 1, "retries": plan.retries, "seconds": plan.pause(attempt)}
    return {"operation": "again", **plan.ref, **more}


def _reason(error: BaseException) -> str:
    from .checkpoints.reasons import reason_of

    return reason_of(error) if isinstance(error, Exception) else type_name(class_of(error))
