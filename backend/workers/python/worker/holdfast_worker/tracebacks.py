"""Errors of user code as data: as Python prints them, without the engine's frames, with the lines that really ran."""

from __future__ import annotations

import dis
import itertools
import linecache
import sys
import traceback

from .engine_frames import is_engine_code, is_loop_code
from .sources import CellText, Sources
from .text import shorten, shorten_middle, utf16_length
from .types_safely import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType
    from typing import Any

MAX_FRAMES = 200
_MAX_NOTES = 50
# Half of what the schema allows: it counts UTF-16 code units, of which a character may need two.
_MAX_TRACEBACK = 60_000
_MAX_MESSAGE = 10_000
_MAX_NOTE = 2_000


class Frame:
    """One entry of a traceback. `span` finds the columns of the failing expression, in UTF-8 bytes (PEP 657)."""

    __slots__ = ("code", "line", "_instruction")

    def __init__(self, code: CodeType, line: int, instruction: int) -> None:
        self.code = code
        self.line = line
        self._instruction = instruction

    def span(self) -> tuple[int, int, int] | None:
        """End line, first column, end column; None before Python 3.11 and where the compiler left them out."""
        if sys.version_info < (3, 11):
            return None
        positions = self.code.co_positions()
        line, end_line, column, end_column = next(
            itertools.islice(positions, self._instruction // 2, None), (None, None, None, None)
        )
        if line != self.line or end_line is None or column is None or end_column is None:
            return None
        return end_line, column, end_column


class Tracebacks:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def report(self, error: BaseException) -> dict[str, Any]:
        """The ErrorReport of the protocol. Never raises: an exception whose own methods fail is still reported."""
        frames = self._frames(error.__traceback__)
        return {
            "name": type_name(type(error)),
            "message": shorten(_message(error), _MAX_MESSAGE),
            "frames": self._describe(frames, error),
            "traceback": shorten_middle(self._format(error), _MAX_TRACEBACK),
            "notes": [shorten(note, _MAX_NOTE) for note in _notes(error)],
        }

    def _frames(self, tb: TracebackType | None) -> list[Frame]:
        """User frames, innermost last. What leads from the engine to the cell (asyncio's loop) is left out too."""
        frames: list[Frame] = []
        while tb is not None:
            code = tb.tb_frame.f_code
            if is_engine_code(code):
                if all(is_loop_code(frame.code) for frame in frames):
                    frames.clear()
            else:
                frames.append(Frame(code, _line(code, tb), tb.tb_lasti))
            tb = tb.tb_next
        return frames

    def _describe(self, frames: list[Frame], error: BaseException) -> list[dict[str, Any]]:
        described = [
            {
                "file": shorten(frame.code.co_filename, 500),
                "line": frame.line,
                "column": self._column(frame),
                "function": shorten(frame.code.co_name, 200),
            }
            for frame in frames
        ]
        if isinstance(error, SyntaxError) and type(error.lineno) is int and type(error.filename) is str:
            described.append(_syntax_frame(error.filename, error.lineno, error))
        if len(described) > MAX_FRAMES:
            described[MAX_FRAMES // 4 : len(described) - (MAX_FRAMES - MAX_FRAMES // 4)] = []
        return described

    def _column(self, frame: Frame) -> int | None:
        span = frame.span()
        if span is None:
            return None
        text = self._sources.find(frame.code)
        line = text.line(frame.line) if text else linecache.getline(frame.code.co_filename, frame.line)
        return utf16_length(line.encode("utf-8", "replace")[: span[1]].decode("utf-8", "replace"))

    def _format(self, error: BaseException) -> str:
        try:
            # No stacks (limit 0): they are put in below. `compact` (3.10) leaves out contexts that are not shown.
            options: dict[str, Any] = {"compact": True} if sys.version_info >= (3, 10) else {}
            shown = traceback.TracebackException(type(error), error, error.__traceback__, limit=0, **options)
            self._replace_stacks(shown, error)
            return "".join(shown.format())
        except Exception as trouble:
            return self._plain(error, trouble)

    def _replace_stacks(self, shown: traceback.TracebackException, error: BaseException) -> None:
        """Gives every exception of the chain, and of its groups, the stack that the person should see."""
        pending: list[tuple[Any, Any]] = [(shown, error)]
        seen: set[int] = set()
        while pending:
            printed, raised = pending.pop()
            if printed is None or raised is None or id(printed) in seen:
                continue
            seen.add(id(printed))
            printed.stack = self._stack(self._frames(raised.__traceback__))
            pending.append((printed.__cause__, raised.__cause__))
            pending.append((printed.__context__, raised.__context__))
            pending.extend(zip(getattr(printed, "exceptions", None) or (), getattr(raised, "exceptions", None) or ()))

    def _stack(self, frames: list[Frame]) -> traceback.StackSummary:
        stack = traceback.StackSummary()
        published: set[str] = set()
        try:
            for frame in frames:
                stack.append(self._summary(frame, published))
        finally:
            for key in published:
                linecache.cache.pop(key, None)
        return stack

    def _summary(self, frame: Frame, published: set[str]) -> traceback.FrameSummary:
        text = self._sources.find(frame.code)
        if text is None:
            linecache.checkcache(frame.code.co_filename)
            return _frame_summary(frame, frame.code.co_filename)
        # The lines are looked up under a name that only this cell has: the file's own name means its text of today.
        if text.key not in published:
            linecache.cache[text.key] = _cache_entry(text)
            published.add(text.key)
        summary = _frame_summary(frame, text.key)
        summary.filename = text.name
        return summary

    def _plain(self, error: BaseException, trouble: Exception) -> str:
        lines = ["Traceback (most recent call last):\n"]
        lines += [f'  File "{f.code.co_filename}", line {f.line}, in {f.code.co_name}\n' for f in self._frames(error.__traceback__)]
        lines.append(f"{type_name(type(error))}: {_message(error)}\n")
        lines.append(f"(It could not be printed in full: {type_name(type(trouble))} in its own methods.)\n")
        return "".join(lines)


def _line(code: CodeType, tb: Any) -> int:
    """Some instructions have no line of their own (None or -1): theirs is the one before."""
    line: int | None = tb.tb_lineno
    if line is not None and line > 0:
        return line
    lines = [start for offset, start in dis.findlinestarts(code) if start and offset <= tb.tb_lasti]
    return lines[-1] if lines else code.co_firstlineno


def _frame_summary(frame: Frame, filename: str) -> traceback.FrameSummary:
    span = frame.span()
    details: dict[str, Any] = {} if span is None else {"end_lineno": span[0], "colno": span[1], "end_colno": span[2]}
    summary = traceback.FrameSummary(filename, frame.line, frame.code.co_name, lookup_line=False, **details)
    # Reading `line` fetches the text now, while `linecache` has it under this name.
    _ = summary.line
    return summary


def _cache_entry(text: CellText) -> tuple[int, None, list[str], str]:
    lines = ["\n"] * (text.first_line - 1) + [line + "\n" for line in text.lines]
    return (0, None, lines, text.key)


def _syntax_frame(file: str, line: int, error: SyntaxError) -> dict[str, Any]:
    column = None
    if type(error.offset) is int and error.offset >= 1:
        before = (error.text or "")[: error.offset - 1] if type(error.text) is str else ""
        column = max(error.offset - 1, utf16_length(before))
    return {"file": shorten(file, 500), "line": max(0, line), "column": column, "function": "<module>"}


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as trouble:
        return f"<{type_name(type(trouble))} while the message was made>"


def _notes(error: BaseException) -> list[str]:
    notes: Any = getattr(error, "__notes__", None)
    if type(notes) not in (list, tuple):
        return []
    return [note if type(note) is str else f"<{type_name(type(note))}>" for note in list(notes)[:_MAX_NOTES]]
