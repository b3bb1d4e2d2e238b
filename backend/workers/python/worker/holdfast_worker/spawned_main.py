"""What children of `multiprocessing` (spawn, forkserver) find in `__main__`: the definitions of the cells that have run.

Python itself would run the whole file again in each child, as a script: cells that were never run too, and the one that starts the
children, which then start more. Instead a child gets the imports, functions, classes and plain constants, and nothing else runs.
"""

from __future__ import annotations

import ast
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    # Text, name of its file, compiler flags.
    Piece = tuple[str, str, int]

_SPAWN = "multiprocessing.spawn"
_MAX_CELLS = 5_000
_MAX_CHARACTERS = 20_000_000
# Calls at the top level that only make a definition.
_MAKERS = frozenset("namedtuple NamedTuple TypedDict TypeVar ParamSpec NewType Enum getLogger Path partial compile".split())

# Runs in the child, which has nothing of this package. A piece that fails there is told, and the others go on.
_IN_CHILD = """
import sys, traceback, types
sys.path[:] = path
main = types.ModuleType("__mp_main__")
main.__dict__.update(names, __previous_main__=sys.modules["__main__"])
sys.modules["__main__"] = sys.modules["__mp_main__"] = main
for text, name, flags in pieces:
    try:
        exec(compile(text, name, "exec", flags, dont_inherit=True), main.__dict__)
    except Exception:
        traceback.print_exc()
"""


class Definitions:
    """Pickled, it is a call of `exec`: so it takes effect when a child reads what its parent says about itself."""

    def __init__(self, pieces: list[Piece], names: dict[str, str | None]) -> None:
        self._fields = {"pieces": pieces, "names": names, "path": list(sys.path)}

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (_IN_CHILD, self._fields)


class SpawnedMain:
    """Remembers the cells, the newest at the end."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._cells: dict[Piece, int] = {}
        self._characters = 0

    def add(self, text: str, name: str, line: int, flags: int) -> None:
        """A cell that is about to run."""
        piece = (text, name, flags)
        if piece in self._cells:
            del self._cells[piece]
        else:
            self._characters += len(text)
        self._cells[piece] = line
        while len(self._cells) > _MAX_CELLS or self._characters > _MAX_CHARACTERS:
            oldest = next(iter(self._cells))
            del self._cells[oldest]
            self._characters -= len(oldest[0])

    def install(self) -> None:
        """Takes effect when the program imports multiprocessing, which the interpreter's own start-up may have done."""
        if _SPAWN in sys.modules:
            self._wrap(sys.modules[_SPAWN])
        else:
            sys.meta_path.insert(0, _Finder(self._wrap))

    def _wrap(self, module: ModuleType) -> None:
        spawn: Any = module
        prepare: Callable[[str], dict[str, Any]] = spawn.get_preparation_data

        def get_preparation_data(name: str) -> dict[str, Any]:
            data = prepare(name)
            data.pop("init_main_from_path", None)
            names = {key: self._namespace.get(key) for key in ("__file__", "__package__") if key in self._namespace}
            data["holdfast_definitions"] = Definitions(list(self._definitions()), names)
            return data

        spawn.get_preparation_data = get_preparation_data

    def _definitions(self) -> Iterator[Piece]:
        for (text, name, flags), line in self._cells.items():
            kept = definitions_in(text, line)
            if kept:
                yield kept, name, flags


def definitions_in(text: str, line: int) -> str:
    """The text with everything but its definitions left out, at the lines where they stand in their file."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        # An indented selection.
        return ""
    lines = text.split("\n")
    kept = [""] * len(lines)
    for statement in tree.body:
        if _defines(statement) and statement.end_lineno is not None:
            decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
            first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
            if first == statement.end_lineno:
                # Others may stand on the same line.
                source = ast.get_source_segment(text, statement) or ""
                kept[first - 1] = f"{kept[first - 1]}; {source}" if kept[first - 1] else source
            else:
                kept[first - 1 : statement.end_lineno] = lines[first - 1 : statement.end_lineno]
    return "\n" * (line - 1) + "\n".join(kept) if any(kept) else ""


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return True
    if isinstance(statement, ast.Try):
        parts = (*statement.body, *statement.orelse, *statement.finalbody, *(s for h in statement.handlers for s in h.body))
        return all(_defines(part) or isinstance(part, ast.Pass) for part in parts)
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, (ast.Name, ast.Tuple)) for target in statement.targets) and _is_plain(statement.value)
    return isinstance(statement, ast.AnnAssign) and statement.value is not None and _is_plain(statement.value)


def _is_plain(value: ast.expr) -> bool:
    """Whether making it again does nothing else."""
    for node in ast.walk(value):
        if isinstance(node, ast.Lambda):
            return node is value
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called not in _MAKERS:
                return False
        elif isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            return False
    return True


class _Finder:
    """Lets one function see one module as soon as it has been imported."""

    def __init__(self, loaded: Callable[[ModuleType], None]) -> None:
        self._loaded = loaded

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != _SPAWN:
            return None
        found = (finder.find_spec(fullname, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            execute = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                self._loaded(module)

            loader.exec_module = exec_module
        return spec
