"""A page of memory that the trunk shares with whoever is the session: which snapshots there are, and which one takes over."""

from __future__ import annotations

import mmap
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Of snapshots. A page holds more.
MOST = 100


class Board:
    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def write(self, snapshots: Sequence[int], successor: int = 0) -> None:
        """Process ids; 0: nobody takes over."""
        self._page[: 4 * (len(snapshots) + 2)] = struct.pack(f"<{len(snapshots) + 2}i", successor, len(snapshots), *snapshots)

    def read(self) -> tuple[list[int], int]:
        successor, count = struct.unpack_from("<2i", self._page)
        return list(struct.unpack_from(f"<{count}i", self._page, 8)), successor
