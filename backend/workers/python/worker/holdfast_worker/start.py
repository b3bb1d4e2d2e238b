"""Start-up: descriptors, the handshake, then the two threads."""

from __future__ import annotations

import os
import signal
import sys

from . import lifeline
from .messages import PROTOCOL_VERSION, Hello, decode
from .streams import Streams, private_copy
from .wire import Channel, FrameReader, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from .background import Background
    from .gate.consent import Consent
    from .idle_work import IdleWorks
    from .loop import SessionLoop
    from .undo.board import Board
    from .undo.options import Limits
    from .undo.snapshots import Snapshots

    Undoing = tuple[Limits, Board]

    class Locked(Protocol):
        @property
        def lock(self) -> Any: ...

_OLDEST = (3, 9)
_FLOOR = "--landlock="


def main() -> None:
    """Runs the session until the backend ends it."""
    if sys.version_info < _OLDEST:
        sys.exit(f"holdfast worker: Python 3.9 or newer is needed, this is {sys.version.split()[0]}.")
    signal.signal(signal.SIGINT, lambda _signum, _frame: None)
    lifeline.own_group()
    fds = _take_descriptors()
    lifeline.hold(fds[2])
    _hold_floor()
    undo = _prepare_undo()
    reader, channel = FrameReader(fds[0]), Channel(fds[1])
    hello = _shake_hands(reader, channel)
    if hello is None:
        return
    _run_session(reader, channel, fds, hello, undo)


def _take_descriptors() -> tuple[int, int, int]:
    """Moves fds 3, 4 and 5 out of the way, so that user code finds the low numbers free, and out of its children's reach."""
    moved: list[int] = []
    try:
        for fd in (3, 4, 5):
            moved.append(private_copy(fd))
            os.close(fd)
    except OSError as error:
        sys.exit(f"holdfast worker: It is started by the Holdfast backend, with pipes on fds 3, 4 and 5 ({error}).")
    return moved[0], moved[1], moved[2]


def _hold_floor() -> None:
    """Before anything of the program's runs, and before there are threads."""
    bounds = next((argument[len(_FLOOR) :] for argument in sys.argv[1:] if argument.startswith(_FLOOR)), None)
    if bounds is None:
        return
    from . import landlock

    try:
        landlock.restrict(bounds)
    except (OSError, ImportError, ValueError) as error:
        sys.exit(f"holdfast worker: The floor that was asked for cannot be had ({error}). Start the session without it.")


def _prepare_undo() -> Undoing | None:
    """Where cells are to be undone the session is a child of the process that the backend has started."""
    if not any(argument.startswith("--undo=") for argument in sys.argv[1:]):
        return None
    from .undo.options import limits
    from .undo.trunk import plant

    wanted = limits()
    if wanted is None:
        return None
    try:
        return wanted, plant()
    except (OSError, ImportError) as error:
        sys.stderr.write(f"holdfast worker: Cells cannot be undone ({error}).\n")
        return None


def _shake_hands(reader: FrameReader, channel: Channel) -> Hello | None:
    """None: the backend went away before it said anything."""
    try:
        frame = reader.read()
        if frame is None:
            return None
        message = decode(*frame)
        if not isinstance(message, Hello):
            raise ProtocolError("The first message is not hello.")
        if message.protocol != PROTOCOL_VERSION:
            raise ProtocolError(f"It speaks version {message.protocol}, this worker version {PROTOCOL_VERSION}.")
    except ProtocolError as error:
        from .control import abort

        abort(f"The backend broke the protocol: {error}")
        raise
    channel.send(
        "ready",
        {
            "protocol": PROTOCOL_VERSION,
            "pid": os.getpid(),
            "version": ".".join(map(str, sys.version_info[:3])),
            "executable": os.path.abspath(sys.executable),
        },
    )
    return message


def _run_session(reader: FrameReader, channel: Channel, fds: tuple[int, int, int], hello: Hello, undo: Undoing | None) -> None:
    # Behind `ready`, since these take longer to import than the handshake.
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    import _thread

    from .background import Background
    from .cancel import Canceller
    from .capabilities import Capabilities
    from .control import Control
    from .display import Rendering, make_display
    from .executions import ExecutionQueue
    from .figures import Figures
    from .functions import install_functions
    from .gate.consent import Consent
    from .heartbeat import beat
    from .idle_work import IdleWorks
    from .loop import SessionLoop
    from .namespace import Namespace
    from .owner import follow_threads, owner_of_code
    from .progress import Bars, make_progress
    from .script_path import ScriptPath
    from .session import Session

    sys.dont_write_bytecode = bytecode

    streams = Streams(hello.marker)
    canceller = Canceller()
    namespace = Namespace()
    queue = ExecutionQueue()
    loop = SessionLoop()
    capabilities = Capabilities(channel, canceller, streams)
    consent = Consent(capabilities.ask_from, canceller.checkpoint)

    snapshots: Snapshots | None = None

    def send_display(rendering: Rendering) -> None:
        fields = {"executionId": owner_of_code(canceller.running), "parts": rendering.parts}
        place: Callable[[], None] = lambda: streams.place(
            lambda sync: channel.send("display", {**fields, "sync": sync}, rendering.payload)
        )
        canceller.thread.shielded(place)
        canceller.checkpoint()

    def send_progress(fields: dict[str, Any]) -> None:
        owned = {"executionId": owner_of_code(canceller.running), **fields}
        canceller.thread.shielded(lambda: channel.send("progress", owned))

    def after_fork() -> None:
        """The child is no session: it must not speak for this one, and Ctrl+C means to it what it means to any process."""
        if consent.copying:
            # It is to be the session, perhaps.
            return
        channel.abandon()
        canceller.abandon()
        consent.fork()
        streams.close_private()
        for fd in fds:
            os.close(fd)

    bars = Bars(send_progress, canceller.checkpoint)
    display = make_display(send_display)
    install_functions(capabilities, canceller, display, make_progress(bars))
    figures = Figures(display)
    figures.install()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=after_fork)
    canceller.cancel_await = loop.cancel
    canceller.call_soon = loop.call_soon
    canceller.thread.wake_loop = loop.wake_other
    canceller.install()
    follow_threads()
    background = Background(channel, loop, canceller)
    idle_works = IdleWorks(channel, queue, canceller)
    if undo is not None:
        snapshots = _snapshots(undo, loop, background, idle_works, (channel, queue, idle_works, background, capabilities, canceller, streams), consent)

    def begin_threads(reader: FrameReader) -> None:
        consent.engine_threads.clear()
        control = Control(
            reader, channel, queue, canceller, capabilities, consent, namespace, background, idle_works, loop.wake
        )
        _thread.start_new_thread(consent.exempt(control.run), ())
        _thread.start_new_thread(consent.exempt(beat), (channel, namespace, canceller))

    # Before other threads import.
    script_path = ScriptPath(consent.engine_threads)
    begin_threads(reader)
    Session(
        channel,
        queue,
        canceller,
        namespace,
        streams,
        loop,
        background,
        idle_works,
        figures,
        snapshots,
        script_path,
        lambda: begin_threads(FrameReader(fds[0])),
    ).run()


def _snapshots(undo: Undoing, loop: SessionLoop, background: Background, idle_works: IdleWorks, parts: tuple[Locked, ...], consent: Consent) -> Snapshots | None:
    """None where the system lacks what they need."""
    from . import processes
    from .undo.obstacles import is_supported, obstacle
    from .undo.snapshots import Snapshots

    if not is_supported():
        return None
    processes.spared.add(os.getppid())

    def why_not() -> str | None:
        # The control thread and the heartbeat's.
        return obstacle(loop, 2 + background.threads + idle_works.threads, background.listed())

    return Snapshots(*undo, [part.lock for part in parts], why_not, consent)
