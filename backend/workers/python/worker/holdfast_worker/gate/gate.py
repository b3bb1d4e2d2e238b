"""What the policy says, what was answered under it, and the asking."""

from __future__ import annotations

import _thread
import builtins
import errno
import os
import sys

from ..engine_frames import is_machinery
from .places import FreeFiles, library_folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from types import FrameType
    from typing import Any, Optional

    from ..messages import Policy
    from .consent import Consent

    Location = Optional[tuple[str, int]]

# Names mean here what they meant at the start: `builtins.len` may be user code's by now.
globals()["__builtins__"] = vars(builtins).copy()

_FORKED = (
    "{what} is not allowed: this process is a fork of the session's, which cannot ask. "
    'Do it in the session itself, start the process with subprocess, or allow it before ("Holdfast: Change Security Level").'
)
_NESTED = "{what} is not allowed: a question about something else is still being put together."
_CLOSING = "{what} was not allowed: the session ends, and nobody can be asked any more."
_COPYING = "{what} was not allowed: nobody can be asked while the process is copied (holdfast.python.undo)."
_MAX_NESTED = 5
# Of one operation: a file is copied from one path to another, and its attributes behind it.
_PARTS = 4
_getframe = sys._getframe
_get_ident = _thread.get_ident


class Rules:
    """One generation of the policy. `allowed`: what the host said may be done again."""

    def __init__(self, policy: Policy | None, libraries: tuple[str, ...]) -> None:
        self.asks: frozenset[str] = policy.asks if policy else frozenset()
        self.reads_free = policy is not None and policy.reads_free
        self.writes_free = policy is not None and policy.writes_free
        self.files = FreeFiles(libraries, policy.roots if policy else ())
        self.allowed: set[tuple[str, Hashable]] = set()
        # By thread, what was allowed last, the newest first: parts of the same operation come right behind it.
        self.latest: dict[int, tuple[tuple[str, Hashable], ...]] = {}


class Gate:
    """Keeps nothing that an interrupted question could leave behind: an answer is noted after it has come."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent
        self._engine_threads = consent.engine_threads
        # When the session began: seconds since the epoch.
        self.began = consent.began
        self._libraries = library_folders(consent.search_path)
        self.rules = Rules(None, self._libraries)
        # By thread, the command that the child of its next fork may execute.
        self._child_command: dict[int, Hashable] = {}
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_parent=lambda: self._child_command.pop(_get_ident(), None))

    def update(self, policy: Policy) -> None:
        """Control thread."""
        self.rules = Rules(policy, self._libraries)

    # Threads of user code.

    def judge(self, category: str, target: Hashable, what: str, parameters: Callable[[], dict[str, Any]]) -> None:
        """Returns when it may be done. Raises PermissionError, TimeoutError or EOFError, or the cancel that ended the question."""
        rules = self.rules
        if category not in rules.asks:
            return
        if (category, target) in rules.allowed:
            self.note(category, target)
            return
        thread = _get_ident()
        if thread in self._engine_threads:
            return
        if self._consent.forked:
            if category == "subprocess" and self._child_command.pop(thread, None) == target:
                return
            raise denied(_FORKED.format(what=what))
        if self._consent.closing:
            raise denied(_CLOSING.format(what=what))
        if self._consent.copying:
            raise denied(_COPYING.format(what=what))
        frame = _getframe()
        if _nesting(frame) > _MAX_NESTED:
            raise denied(_NESTED.format(what=what))
        try:
            answer = self._consent.ask(category, parameters(), self._location(frame))
        except PermissionError as error:
            raise denied(str(error)) from None
        if not (isinstance(answer, dict) and _is_set(answer, "allowed")):
            raise denied(f"{what} is not allowed.")
        if _is_set(answer, "remember"):
            rules.allowed.add((category, target))
        self.note(category, target)
        # A cancel that came behind the answer found engine code.
        self._consent.checkpoint()

    def note(self, category: str, target: Hashable) -> None:
        """This thread was allowed that now."""
        latest, thread, part = self.rules.latest, _get_ident(), (category, target)
        before = latest.get(thread, ())
        if not before or before[0] != part:
            latest[thread] = (part, *[one for one in before if one != part][: _PARTS - 1])

    def continues(self, category: str, target: Hashable) -> bool:
        """Whether this is what the thread was allowed last."""
        return self.latest()[:1] == ((category, target),)

    def latest(self) -> tuple[tuple[str, Hashable], ...]:
        """What this thread was allowed last: categories and targets, the newest first."""
        return self.rules.latest.get(_get_ident(), ())

    def expect_in_child(self, command: Hashable) -> None:
        """What was just allowed is done by forking and executing it."""
        self._child_command[_get_ident()] = command

    def _location(self, frame: FrameType | None) -> Location:
        """The person's own line that leads there, not the library's that it calls."""
        innermost: Location = None
        while frame is not None:
            code = frame.f_code
            if not is_machinery(code):
                place = code.co_filename, max(1, frame.f_lineno or 1)
                if not code.co_filename.startswith("<frozen ") and not self.rules.files.is_library(code.co_filename):
                    return place
                innermost = innermost or place
            frame = frame.f_back
        return innermost


def denied(message: str) -> PermissionError:
    error = PermissionError(message)
    error.errno = errno.EACCES
    return error


def _is_set(answer: Any, name: str) -> bool:
    return answer.get(name) is True


def _nesting(frame: FrameType | None) -> int:
    """How many questions this thread is asking: code of the program's may run while one is put together (`flush` of its own stdout)."""
    count = 0
    judging = Gate.judge.__code__
    while frame is not None:
        count += frame.f_code is judging
        frame = frame.f_back
    return count


def library_caller(files: FreeFiles, skip: frozenset[str]) -> bool:
    """Whether a library does it, and not the program itself. `skip`: files that only stand between the two."""
    frame = _getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not is_machinery(frame.f_code) and name not in skip and os.path.basename(name) not in skip:
            return name.startswith("<frozen ") or files.is_library(name)
        frame = frame.f_back
    return True
