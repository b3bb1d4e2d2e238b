"""`store`: what the programs of a workspace remember between sessions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, MutableMapping

from .host_function import request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .messages import CapabilityResponse


class Store(MutableMapping[str, "Any"]):
    """Values that the programs of this workspace keep, by their keys: `store["seen"] = [1, 2]`. They are JSON and last.

    `get`, `set`, `delete` and `keys` can be awaited: `await store.get.aio("seen")`. A value has at most 1 MiB, all of them 16 MiB.
    """

    def __init__(self, make: Callable[[Callable[..., Any], str], Any]) -> None:
        """`make` turns a plan into the function of that name."""
        for plan in (get, set, delete, keys):
            self.__dict__[plan.__name__] = make(plan, f"store.{plan.__name__}")

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, _MISSING)
        if value is _MISSING:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__["set"](key, value)

    def __delitem__(self, key: str) -> None:
        if not self.__dict__["delete"](key):
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, _MISSING) is not _MISSING

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __repr__(self) -> str:
        return "<store of this workspace>"

    def __eq__(self, other: object) -> bool:
        # Its values can be told only by asking.
        return self is other

    def __hash__(self) -> int:
        return id(self)


_MISSING: Any = object()


def get(key: str, default: Any = None) -> Any:
    """The value of a key, `default` when there is none."""

    def value(response: CapabilityResponse) -> Any:
        return json.loads(response.payload) if response.value else default

    return request("store", {"operation": "get", "key": key}, value)


def set(key: str, value: Any) -> None:
    """Keeps a value, which is JSON. When it returns, the value is on disk."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return request("store", {"operation": "set", "key": key}, lambda _: None, text.encode("utf-8"))


def delete(key: str) -> bool:
    """Forgets a key. Returns whether it was there."""
    return request("store", {"operation": "delete", "key": key}, lambda response: response.value)


def keys() -> list[str]:
    """The keys, in the order in which they were first set."""
    return request("store", {"operation": "keys"}, lambda response: json.loads(response.payload))
