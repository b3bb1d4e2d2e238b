"""The processes that user code has started."""

from __future__ import annotations

import os
import signal
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


# Processes of the engine: no children of a cell.
spared: set[int] = set()


class Process:
    """One row of the process table. `started` is in clock ticks since boot, None where the system does not tell."""

    __slots__ = ("pid", "parent", "group", "session", "started")

    def __init__(self, pid: int, parent: int, group: int, session: int, started: int | None) -> None:
        self.pid = pid
        self.parent = parent
        self.group = group
        self.session = session
        self.started = started


def clock_ticks() -> int | None:
    """Now, in the unit of `Process.started`."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    if boottime is None:
        return None
    return int(time.clock_gettime(boottime) * os.sysconf("SC_CLK_TCK"))


def end_children(since: int | None = None) -> int:
    """Kills the descendants that were started since then (all when None or where that is not told); returns how many.

    Also those in sessions of their own, as long as a living parent or a group connects them to this process. Time is told to a
    hundredth of a second.
    """
    if os.name != "posix":
        return 0
    ended = 0
    for process in _descendants(_process_table(), since):
        try:
            os.kill(process.pid, signal.SIGKILL)
            ended += 1
        except (ProcessLookupError, PermissionError):
            continue
    return ended


def end_group() -> None:
    """Kills this process's group, itself included. Does not return on POSIX."""
    if os.name == "posix":
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _descendants(table: Iterable[Process], since: int | None) -> list[Process]:
    """What an older process starts is not the cell's: the way to a descendant leads through new ones only."""
    own, group = os.getpid(), os.getpgrp()
    rows = {row.pid: row for row in table if row.pid != own and row.pid not in spared}
    # Their own parent has ended, so that only the group still tells where they come from.
    orphans = {row.pid for row in rows.values() if row.group == group and row.parent != own and row.parent not in rows}
    orphans |= {row.pid for row in rows.values() if row.group == group and row.parent in rows and rows[row.parent].group != group}
    new = [row for row in rows.values() if since is None or row.started is None or row.started >= since]
    found: dict[int, Process] = {}
    while True:
        more = [
            row
            for row in new
            if row.pid not in found
            and (row.parent == own or row.pid in orphans or {row.parent, row.group, row.session} & found.keys())
        ]
        if not more:
            return list(found.values())
        found.update((row.pid, row) for row in more)


def _process_table() -> list[Process]:
    if os.path.exists("/proc/self/stat"):
        return [row for row in map(_from_proc, os.listdir("/proc")) if row is not None]
    return _from_ps()


def _from_proc(name: str) -> Process | None:
    if not name.isdigit():
        return None
    try:
        with open(f"/proc/{name}/stat", "rb") as file:
            text = file.read()
    except OSError:
        return None
    # The name in parentheses may itself hold spaces and parentheses: fields are counted from the last one (proc(5)).
    fields = text[text.rindex(b")") + 2 :].split()
    if fields[0] == b"Z":
        return None
    return Process(int(name), int(fields[1]), int(fields[2]), int(fields[3]), int(fields[19]))


def _from_ps() -> list[Process]:
    import subprocess

    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,pgid="], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=1
    )
    rows: list[Process] = []
    for line in listing.stdout.splitlines():
        pid, parent, group = (int(field) for field in line.split())
        rows.append(Process(pid, parent, group, group, None))
    return rows
