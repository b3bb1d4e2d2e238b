"""The mode of a cell (DESIGN.md §6), from its syntax tree and the imports of earlier cells."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]

# Any call into these waits for something outside the process.
_BLOCKING_MODULES = frozenset(
    "requests urllib urllib3 http socket subprocess sqlite3 psycopg psycopg2 pymongo redis pymysql mysql ftplib smtplib imaplib "
    "poplib telnetlib xmlrpc paramiko boto3 botocore cx_Oracle oracledb pyodbc select selectors getpass".split()
)
_BLOCKING_CALLS = frozenset(
    {
        ("time", "sleep"),
        ("os", "system"),
        ("os", "popen"),
        ("os", "wait"),
        ("os", "waitpid"),
        ("signal", "pause"),
        ("builtins", "input"),
        ("input",),
    }
)
_OPAQUE_CALLS = frozenset({("exec",), ("eval",), ("__import__",), ("compile",), ("importlib", "import_module"), ("runpy", "run_path")})


class Route:
    """What the tree says. `imports`: the cell may load modules, asyncio among them."""

    def __init__(self, mode: str, imports: bool) -> None:
        self.mode = mode
        self.imports = imports


class Router:
    """Remembers aliases for the life of the session: `import requests as r` in one cell, `r.get` in the next."""

    def __init__(self) -> None:
        self._aliases: dict[str, tuple[str, ...]] = {}

    def route(self, tree: ast.Module) -> Route:
        visitor = _Visitor(self._aliases)
        visitor.visit(tree)
        return Route(visitor.mode(), visitor.imports or visitor.opaque)


class _Visitor(ast.NodeVisitor):
    def __init__(self, aliases: dict[str, tuple[str, ...]]) -> None:
        self._aliases = aliases
        self._depth = 0
        self._awaits = False
        self._defines_async = False
        self._blocks = False
        self.opaque = False
        self.imports = False

    def mode(self) -> str:
        if self._awaits:
            return "top_level_await"
        if self._blocks:
            return "blocking_sync"
        if self._defines_async:
            return "async_def"
        return "unknown" if self.opaque else "simple_sync"

    def visit_Import(self, node: ast.Import) -> None:
        self.imports = True
        for alias in node.names:
            top = alias.name.split(".")
            self._aliases[alias.asname or top[0]] = tuple(top if alias.asname else top[:1])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.imports = True
        if node.module is None or node.level:
            return
        for alias in node.names:
            if alias.name != "*":
                self._aliases[alias.asname or alias.name] = (*node.module.split("."), alias.name)

    def visit_Call(self, node: ast.Call) -> None:
        path = self._path(node.func)
        if path:
            if path[0] in _BLOCKING_MODULES and len(path) > 1:
                self._blocks = True
            elif path in _BLOCKING_CALLS:
                self._blocks = True
            elif path in _OPAQUE_CALLS:
                self.opaque = True
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._defines_async = True
        self._visit_function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self._depth += 1
        self.visit(node.body)
        self._depth -= 1

    def visit_Await(self, node: ast.Await) -> None:
        self._visit_await(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self._visit_await(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self._visit_await(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        if node.is_async and not self._depth:
            self._awaits = True
        self.generic_visit(node)

    def _visit_await(self, node: ast.AST) -> None:
        if not self._depth:
            self._awaits = True
        self.generic_visit(node)

    def _visit_function(self, node: Function) -> None:
        """Decorators, defaults and annotations run with the cell, the body later."""
        for part in (*node.decorator_list, node.args, *([node.returns] if node.returns else [])):
            self.visit(part)
        self._depth += 1
        for statement in node.body:
            self.visit(statement)
        self._depth -= 1

    def _path(self, node: ast.expr) -> tuple[str, ...] | None:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        return (*self._aliases.get(node.id, (node.id,)), *reversed(parts))
