"""Measures ipykernel through jupyter_client. Reads one JSON object a line, `{"do": …}`, and answers with one number a line."""

import json
import os
import queue
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from jupyter_client.manager import KernelManager

INSIDE = "inside"
# How long an interrupt may take before it is sent again, and how often it is.
PATIENCE_SECONDS = 2
INTERRUPTS = 3
# Between what a cell prints and the interrupt. The same as in groups/cancel.ts.
SETTLE_SECONDS = 0.1


class Kernel:
    """A kernel of its own, ready for its first cell."""

    def __init__(self):
        self.manager = KernelManager()
        self.manager.start_kernel(stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code, text=None, seconds=300):
        """Waits until the kernel is idle again; with `text`, only until it has been printed. Gives the request's id."""
        return self.wait(self.client.execute(code), text, seconds)

    def wait(self, request, text=None, seconds=300):
        until = time.perf_counter() + seconds
        seen = ""
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.001, until - time.perf_counter()))
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "stream" and text is not None:
                seen += content["text"]
                if text in seen:
                    return request
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                break
        while self.client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != request:
            pass
        return request

    def memory(self):
        """Resident bytes of the kernel's process."""
        pid = self.manager.provisioner.process.pid
        return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)])) * 1024

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def timed(action):
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


class Driver:
    def __init__(self):
        self.kept = None

    def kernel(self):
        if self.kept is None:
            self.kept = Kernel()
            self.kept.run("1+1")
        return self.kept

    def forget(self):
        if self.kept is not None:
            self.kept.stop()
        self.kept = None

    def cold(self, count):
        """Milliseconds from nothing to the first results of so many kernels at once."""

        def start(_):
            kernel = Kernel()
            kernel.run("1+1")
            return kernel

        began = time.perf_counter()
        with ThreadPoolExecutor(count) as pool:
            kernels = list(pool.map(start, range(count)))
        took = (time.perf_counter() - began) * 1000
        for kernel in kernels:
            kernel.stop()
        return took

    def run(self, code):
        kernel = self.kernel()
        return timed(lambda: kernel.run(code))

    def memory(self):
        """Resident bytes of a new kernel after one cell."""
        kernel = Kernel()
        kernel.run("1+1")
        memory = kernel.memory()
        kernel.stop()
        return memory

    def cancel(self, code):
        """Milliseconds from the first interrupt until the kernel is idle; -1 when it never was."""
        kernel = self.kernel()
        request = kernel.client.execute(code)
        try:
            kernel.wait(request, INSIDE, PATIENCE_SECONDS)
        except queue.Empty:
            # The cell holds the interpreter, so that the kernel cannot send what it has printed.
            pass
        # What it does next is what is to be interrupted, not the end of its print.
        time.sleep(SETTLE_SECONDS)
        began = time.perf_counter()
        for _ in range(INTERRUPTS):
            kernel.manager.interrupt_kernel()
            try:
                kernel.wait(request, seconds=PATIENCE_SECONDS)
                return (time.perf_counter() - began) * 1000
            except queue.Empty:
                pass
        self.forget()
        return -1


def main():
    driver = Driver()
    # Kernels write to this process's streams, too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        print(getattr(driver, request.pop("do"))(**request), file=answers, flush=True)
    driver.forget()


main()
