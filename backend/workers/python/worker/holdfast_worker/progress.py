"""`progress`: how far something is. A million updates cost little, since few of them are told."""

from __future__ import annotations

import math
import time

from .representation import bounded_repr
from .types_safely import method_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
    from typing import Any, Union

    Number = Union[int, float]

# How often it is looked whether something is to be told, or a cancel has come meanwhile. Seconds.
_LOOK_SECONDS = 0.05
# Between two messages of one bar: more as it takes longer, so that hours of it do not fill the session's memory of events.
_LEAST_SECONDS = 0.1
_MOST_SECONDS = 5
_PART = 1 / 200
_MAX_LABEL = 200


class Progress:
    """A bar. `done` counts up to `total`, None when nobody knows; both and `label` may be set while it runs.

    Use it around an iterable, also an asynchronous one, or as a context manager with `update`.
    """

    def __init__(self, bars: Bars, items: Any, total: Number | None, label: object) -> None:
        self.done: Number = 0
        self.total = _length(items) if total is None else total
        self.label = label
        self._bars = bars
        self._items = items
        self._id = 0
        self._begun = time.monotonic()
        self._look_at = self._begun + _LOOK_SECONDS
        self._tell_at = self._begun + _LEAST_SECONDS
        self._ended = False
        _check(self.total, "total")

    def update(self, count: Number = 1) -> None:
        """So much more is done."""
        self.done += count
        if time.monotonic() >= self._look_at:
            self._look()

    def close(self) -> None:
        """It is over, whether or not all is done."""
        self._end("done")

    def __iter__(self) -> Iterator[Any]:
        items: Iterable[Any] = self._given("for")
        return self._each(items)

    def __aiter__(self) -> AsyncIterator[Any]:
        items: Any = self._given("async for")
        return self._each_async(items)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._end("done" if kind is None else "stopped")

    def __repr__(self) -> str:
        return f"<progress {self.done} of {'?' if self.total is None else self.total}>"

    def _each(self, items: Iterable[Any]) -> Iterator[Any]:
        state = "stopped"
        try:
            for item in items:
                yield item
                self.done += 1
                if time.monotonic() >= self._look_at:
                    self._look()
            state = "done"
        finally:
            self._end(state)

    async def _each_async(self, items: AsyncIterable[Any]) -> AsyncIterator[Any]:
        state = "stopped"
        try:
            if hasattr(type(items), "__aiter__"):
                async for item in items:
                    yield item
                    self.update()
            else:
                plain: Any = items
                for item in plain:
                    yield item
                    self.update()
            state = "done"
        finally:
            self._end(state)

    def _given(self, how: str) -> Any:
        if self._items is None:
            raise TypeError(f"This progress has nothing to iterate: write `{how} item in progress(items)`.")
        return self._items

    def _look(self) -> None:
        now = time.monotonic()
        self._look_at = now + _LOOK_SECONDS
        if now >= self._tell_at and not self._ended:
            self._tell_at = now + min(max((now - self._begun) * _PART, _LEAST_SECONDS), _MOST_SECONDS)
            self._tell("running")
        self._bars.checkpoint()

    def _end(self, state: str) -> None:
        if self._ended:
            return
        self._ended = True
        # Bars that are over at once, in a loop, are told now and then.
        if self._id or self._bars.has_room():
            self._tell(state)
        self._bars.checkpoint()

    def _tell(self, state: str) -> None:
        _check(self.done, "done")
        _check(self.total, "total")
        self._id = self._id or self._bars.next_id()
        total = None if self.total is None else float(self.total)
        label = str(self.label)
        self._bars.tell(
            {"progressId": self._id, "label": label[:_MAX_LABEL], "done": float(self.done), "total": total, "state": state}
        )


class Bars:
    """What the bars of a session share. `tell` sends the fields of a `progress` message; `checkpoint` raises a cancel that has come."""

    def __init__(self, tell: Callable[[dict[str, Any]], None], checkpoint: Callable[[], None]) -> None:
        self.checkpoint = checkpoint
        self._send = tell
        self._last_id = 0
        self._told_at = 0.0

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def has_room(self) -> bool:
        return time.monotonic() >= self._told_at + _LEAST_SECONDS

    def tell(self, fields: dict[str, Any]) -> None:
        self._told_at = time.monotonic()
        self._send(fields)


def make_progress(bars: Bars) -> Callable[..., Progress]:
    def progress(items: Any = None, *, total: Number | None = None, label: object = "") -> Progress:
        """Shows how far something is: `for item in progress(items)`, or `with progress(total=100) as bar: bar.update(10)`.

        The total is the number of the items where it is known. `async for` goes through items that are asynchronous.
        """
        return Progress(bars, items, total, label)

    return progress


def _length(items: Any) -> int | None:
    """None where it can be told only by going through them."""
    if method_of(items, "__len__") is None:
        return None
    try:
        return len(items)
    except Exception:
        # A length that is no length, or not yet.
        return None


def _check(number: Any, name: str) -> None:
    if number is None and name == "total":
        return
    if isinstance(number, (int, float)):
        try:
            if 0 <= float(number) < math.inf:
                return
        except OverflowError:
            pass
    raise TypeError(f"The {name} of a progress is a number from 0 on, not {bounded_repr(number, 100)}.")
