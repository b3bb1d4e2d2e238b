"""The sign of life, once a second, from a thread of its own so that the idle main thread is not woken."""

from __future__ import annotations

import os
import sys
import time

from .cancel import Canceller
from .namespace import Namespace
from .wire import Channel

_INTERVAL_SECONDS = 1.0


def beat(channel: Channel, namespace: Namespace, canceller: Canceller) -> None:
    """Sends heartbeats until the backend is gone."""
    wall, cpu = time.monotonic(), time.process_time()
    while True:
        time.sleep(_INTERVAL_SECONDS)
        last_wall, last_cpu = wall, cpu
        wall, cpu = time.monotonic(), time.process_time()
        running = canceller.running
        try:
            channel.send(
                "heartbeat",
                {
                    "memory": resident_bytes(),
                    "cpuPercent": max(0.0, round(100 * (cpu - last_cpu) / (wall - last_wall), 1)),
                    "namespaceSize": namespace.size(),
                    "busySince": running.started_at * 1000 if running else None,
                },
            )
        except BrokenPipeError:
            # The control thread sees the end of its stream and ends the process.
            return


def resident_bytes() -> int:
    """Linux tells what is resident now; elsewhere the highest so far, or 0 where nothing is told."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
