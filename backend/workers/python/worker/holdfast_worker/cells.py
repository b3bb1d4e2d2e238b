"""From the text of a cell to code that can be run."""

from __future__ import annotations

import ast
import __future__

from .sources import CellText, Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

    from .messages import Source

_FUTURES = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})
_COROUTINE = 0x80  # inspect.CO_COROUTINE
_MAX_FUTURE_FILES = 1000


class Attempt:
    """One way to read a cell's text. `shift` is what its lines are ahead of the true ones."""

    __slots__ = ("text", "wrapped", "shift")

    def __init__(self, text: str, wrapped: bool, line: int) -> None:
        self.wrapped = wrapped
        # An `if` line in front makes an indented selection valid; empty lines make every line number true.
        padding = line - 2 if wrapped and line > 1 else line - 1 if not wrapped else 0
        self.shift = 1 if wrapped and line == 1 else 0
        self.text = "\n" * padding + ("if 1:\n" if wrapped else "") + text


class Cell:
    """`body` runs first; `expression`, when there is one, gives the cell's value. Either may have to be awaited."""

    __slots__ = ("text", "tree", "body", "expression", "futures", "shown")

    def __init__(
        self,
        text: str,
        tree: ast.Module,
        body: CodeType | None,
        expression: CodeType | None,
        futures: int,
        shown: CellText,
    ) -> None:
        self.text = text
        self.tree = tree
        # Compiler flags of the `from __future__` imports that hold in it.
        self.futures = futures
        self.body = body
        self.expression = expression
        # Its lines as they stand in the file.
        self.shown = shown

    @property
    def awaits(self) -> bool:
        return any(code is not None and code.co_flags & _COROUTINE for code in (self.body, self.expression))


class Compiler:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._count = 0
        # `from __future__ import annotations` in one cell holds for the later cells of its file, as it does in the file.
        self._futures: dict[str, int] = {}

    def compile(self, text: str, source: Source) -> Cell:
        """Raises SyntaxError, with lines of the file, and whatever else `compile` raises."""
        text = normalize(text)
        self._count += 1
        shown = CellText(self._count, source.name, source.line, (" " * source.column + text).split("\n"))
        self._sources.publish(shown)
        flags = self._futures.get(source.name, 0)
        tree, wrapped_in = self._parse(text, source, flags)
        # The whole tree is gone after the split below; the router wants it as the person wrote it.
        whole = ast.Module(list(tree.body), tree.type_ignores)
        body, expression = _split(tree, wrapped_in)
        flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        body_code = self._generate(body, shown, "exec", flags)
        if body_code is not None:
            flags |= body_code.co_flags & _FUTURES
        expression_code = self._generate(expression, shown, "eval", flags)
        self._remember_futures(source.name, flags & _FUTURES)
        return Cell(text, whole, body_code, expression_code, flags & _FUTURES, shown)

    def _generate(self, part: ast.Module | ast.Expression | None, text: CellText, mode: str, flags: int) -> CodeType | None:
        if part is None:
            return None
        code: CodeType = compile(part, text.name, mode, flags, dont_inherit=True)
        self._sources.register(code, text)
        return code

    def _parse(self, text: str, source: Source, flags: int) -> tuple[ast.Module, str]:
        flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST
        first_error: SyntaxError | None = None
        for attempt in _attempts(text, source):
            try:
                tree = compile(attempt.text, source.name, "exec", flags, dont_inherit=True)
            except SyntaxError as error:
                _shift_error(error, attempt.shift)
                first_error = first_error or error
                continue
            assert isinstance(tree, ast.Module)
            if attempt.wrapped:
                block = tree.body[0]
                assert isinstance(block, ast.If)
                if len(tree.body) > 1 or block.orelse:
                    # Some of the text is not indented: it is not one block.
                    continue
                tree.body = block.body
            if attempt.shift:
                ast.increment_lineno(tree, -attempt.shift)
                return tree, attempt.text[len("if 1:\n") :]
            return tree, attempt.text
        assert first_error is not None
        raise first_error.with_traceback(None)

    def _remember_futures(self, name: str, futures: int) -> None:
        if futures and (name in self._futures or len(self._futures) < _MAX_FUTURE_FILES):
            self._futures[name] = futures


def normalize(text: str) -> str:
    """Without a byte order mark, lines ended by `\\n` as Python's own reader does it."""
    if text.startswith("\ufeff"):
        text = text[1:]
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _attempts(text: str, source: Source) -> list[Attempt]:
    """The ways to read a selection, the likeliest first; its error is the one that is shown."""
    if source.column:
        # A selection that starts behind its line's indentation: the other lines still have theirs.
        shifted = " " * source.column + text
        return [Attempt(shifted, True, source.line), Attempt(text, False, source.line)]
    first = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    plain = Attempt(text, False, source.line)
    return [Attempt(text, True, source.line), plain] if first[:1] in (" ", "\t") else [plain]


def _shift_error(error: SyntaxError, shift: int) -> None:
    if shift and error.lineno is not None:
        error.lineno -= shift
        end = getattr(error, "end_lineno", None)
        if end is not None:
            setattr(error, "end_lineno", end - shift)


def _split(tree: ast.Module, text: str) -> tuple[ast.Module | None, ast.Expression | None]:
    last = tree.body[-1] if tree.body else None
    expression = None
    if isinstance(last, ast.Expr) and not _suppressed(last, text):
        tree.body.pop()
        expression = ast.Expression(last.value)
    return (tree if tree.body else None), expression


def _suppressed(statement: ast.Expr, text: str) -> bool:
    """Whether a semicolon follows it."""
    if statement.end_lineno is None or statement.end_col_offset is None:
        return False
    line = text.split("\n")[statement.end_lineno - 1]
    return line.encode("utf-8")[statement.end_col_offset :].lstrip().startswith(b";")
