"""Measures ipykernel through jupyter_client: reads `cold` or `warm`, answers with milliseconds."""

import subprocess
import sys
import time

from jupyter_client.manager import KernelManager


def start() -> tuple:
    manager = KernelManager()
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return manager, client


def run(client) -> None:
    """Waits for the value and for `idle`: what a person sees, and the point from which the next cell runs."""
    request = client.execute("1+1")
    value = idle = False
    while not (value and idle):
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != request:
            continue
        value = value or message["msg_type"] == "execute_result"
        idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
    while client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != request:
        pass


def stop(manager, client) -> None:
    client.stop_channels()
    manager.shutdown_kernel(now=True)


kept = None
for line in sys.stdin:
    began = time.perf_counter()
    if line.strip() == "cold":
        manager, client = start()
        run(client)
        took = time.perf_counter() - began
        stop(manager, client)
    else:
        if kept is None:
            kept = start()
            run(kept[1])
            began = time.perf_counter()
        run(kept[1])
        took = time.perf_counter() - began
    print(took * 1000, flush=True)
if kept is not None:
    stop(*kept)
