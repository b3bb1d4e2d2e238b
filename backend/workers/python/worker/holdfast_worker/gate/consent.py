"""The gate as the worker's other parts see it. Until a policy asks for something there is none, and it costs nothing."""

from __future__ import annotations

import _thread
import gc
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Optional, TypeVar

    _Result = TypeVar("_Result")

    from ..messages import Policy
    from .hook import Hook

    Location = Optional[tuple[str, int]]
    # Category, parameters, where it is asked. Gives the host's answer, or raises.
    Ask = Callable[[str, dict[str, Any], Location], Any]


class Consent:
    def __init__(self, ask: Ask, checkpoint: Callable[[], None]) -> None:
        self.ask = ask
        # Raises a cancel that came while the engine worked.
        self.checkpoint = checkpoint
        # As the session begins: what user code adds is no library.
        self.search_path = list(sys.path)
        # The clock of file systems ticks every 10 ms at most.
        self.began = time.time() - 0.01
        # They run the engine's code only.
        self.engine_threads: set[int] = set()
        self.forked = False
        self.closing = False
        # The process is being copied: the main thread has all locks, and handlers of the program's may run (`os.register_at_fork`).
        self.copying = False
        self._hook: Hook | None = None

    def update(self, policy: Policy) -> None:
        """Control thread."""
        if self._hook is None:
            if not policy.asks:
                return
            from .hook import Hook

            self._hook = Hook(self)
        self._hook.update(policy)

    def exempt(self, run: Callable[..., None]) -> Callable[..., None]:
        """For a thread of the engine's own."""

        def thread(*args: Any) -> None:
            self.engine_threads.add(_thread.get_ident())
            run(*args)

        return thread

    def exempted(self, work: Callable[[], _Result]) -> _Result:
        """Work of the engine's on the main thread (POSIX). None of the program's code can come in between: no finalizer, no signal handler."""
        thread, collects = _thread.get_ident(), gc.isenabled()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        gc.disable()
        self.engine_threads.add(thread)
        try:
            return work()
        finally:
            self.engine_threads.discard(thread)
            if collects:
                gc.enable()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def close(self) -> None:
        """Nobody reads answers any more."""
        self.closing = True

    def fork(self) -> None:
        """In a forked child: it has one thread, which is the program's, and nobody to ask."""
        self.forked = True
        self.engine_threads.clear()
