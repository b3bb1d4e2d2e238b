"""How much may be undone, as the backend asks for it."""

from __future__ import annotations

import sys

_OPTION = "--undo="


class Limits:
    """`count` of snapshots, and `memory`: bytes that they may take together, beyond what they share with the session."""

    __slots__ = ("count", "memory")

    def __init__(self, count: int, memory: int) -> None:
        self.count = count
        self.memory = memory


def limits() -> Limits | None:
    """None: nothing is to be undone, or cannot be on this system."""
    text = next((argument[len(_OPTION) :] for argument in sys.argv[1:] if argument.startswith(_OPTION)), None)
    if text is None or sys.platform != "linux":
        return None
    count, memory = map(int, text.split(","))
    return Limits(count, memory)
