"""The mode of a cell (DESIGN.md §6), from its syntax tree and from what earlier cells bound their names to.

It follows imports, aliases, functions, classes and the objects they make, by name and in the order of the text. What is defined
but not called does not run. No code is run and no value looked at.
"""

from __future__ import annotations

import ast

from .router_scopes import Class, Function, Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Union

    from .router_scopes import Meaning

    Callable_ = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda]
    Comprehension = Union[ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp]

from .blocking_calls import CALLERS, OPAQUE, made_by, waits


class Route:
    """What the tree says. `imports`: the cell may load modules, asyncio among them."""

    def __init__(self, mode: str, imports: bool) -> None:
        self.mode = mode
        self.imports = imports


class Router:
    """Remembers the meaning of names for the life of the session: `import requests as r` in one cell, `r.get` in the next."""

    def __init__(self) -> None:
        self._session = Scope(None)

    def origin(self, name: str) -> tuple[str, ...] | None:
        """The dotted path that an import or an assignment gave to a name of the session."""
        meaning = self._session.names.get(name)
        return meaning if isinstance(meaning, tuple) else None

    def route(self, tree: ast.Module, awaits: bool) -> Route:
        """`awaits`: the compiler says that the cell has an await at its top level."""
        reader = _Reader()
        try:
            reader.block(tree.body, self._session)
            reader.read_functions()
        except RecursionError:
            # Deeper than this reads, not deeper than Python runs.
            return Route("top_level_await" if awaits else "unknown", True)
        return Route("top_level_await" if awaits else reader.mode(), reader.imports or reader.opaque)


class _Reader:
    """Reads the statements of one cell in their order."""

    def __init__(self) -> None:
        self.imports = False
        self.opaque = False
        self._blocks: bool = False
        self._defines_async: bool = False
        self._functions: list[Function] = []
        self._uncalled = False

    def mode(self) -> str:
        if self._blocks:
            return "blocking_sync"
        if self._defines_async:
            return "async_def"
        return "unknown" if self.opaque else "simple_sync"

    def read_functions(self) -> None:
        """Reads the bodies that no call has led to yet, so that the trees can go."""
        self._uncalled = True
        while self._functions:
            self._blocks_when_called(self._functions.pop())

    def block(self, statements: Iterable[ast.AST], scope: Scope) -> None:
        for statement in statements:
            self._read(statement, scope)

    def _read(self, node: ast.AST, scope: Scope) -> None:
        read = getattr(self, f"_read_{type(node).__name__}", None)
        if read is not None:
            read(node, scope)
            return
        if isinstance(node, ast.Constant):
            return
        # Targets are bound after the values have been read; their own parts (`a[f()] = 1`) run as well.
        for child in ast.iter_child_nodes(node):
            self._read(child, scope)

    # Names.

    def _read_Name(self, node: ast.Name, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Store):
            scope.bind(node.id, None)
        elif isinstance(node.ctx, ast.Del):
            scope.unbind(node.id)

    def _read_Import(self, node: ast.Import, scope: Scope) -> None:
        self.imports = True
        for alias in node.names:
            path = tuple(alias.name.split("."))
            scope.bind(alias.asname or path[0], path if alias.asname else path[:1])

    def _read_ImportFrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        self.imports = True
        module = tuple(node.module.split(".")) if node.module and not node.level else None
        for alias in node.names:
            if alias.name == "*":
                scope.bind_all(module)
            else:
                scope.bind(alias.asname or alias.name, (*module, alias.name) if module else None)

    def _read_Assign(self, node: ast.Assign, scope: Scope) -> None:
        self._read(node.value, scope)
        for target in node.targets:
            self._assign(target, node.value, scope)

    def _read_AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> None:
        self._read(node.annotation, scope)
        if node.value is not None:
            self._read(node.value, scope)
            self._assign(node.target, node.value, scope)

    def _read_NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> None:
        self._read(node.value, scope)
        self._assign(node.target, node.value, scope)

    def _read_AugAssign(self, node: ast.AugAssign, scope: Scope) -> None:
        self._read(node.value, scope)
        self._read(node.target, scope)

    def _read_For(self, node: ast.For, scope: Scope) -> None:
        self._read(node.iter, scope)
        self._read(node.target, scope)
        self.block((*node.body, *node.orelse), scope)

    def _read_If(self, node: ast.If, scope: Scope) -> None:
        """What the first branch binds a name to is what it means."""
        self._read(node.test, scope)
        self.block((*node.orelse, *node.body), scope)

    def _read_Try(self, node: ast.Try, scope: Scope) -> None:
        """Handlers first: `import requests` stays what it means behind an `except ImportError: requests = None`."""
        self.block((*node.handlers, *node.body, *node.orelse, *node.finalbody), scope)

    _read_TryStar = _read_Try

    def _read_With(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            self._read(item.context_expr, scope)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, item.context_expr, scope)
        self.block(node.body, scope)

    _read_AsyncWith = _read_With

    def _read_ExceptHandler(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.type is not None:
            self._read(node.type, scope)
        if node.name is not None:
            scope.unbind(node.name)
        self.block(node.body, scope)

    def _read_Global(self, node: ast.Global, scope: Scope) -> None:
        if not self._uncalled:
            scope.outer_names.update(node.names)

    def _read_MatchAs(self, node: Any, scope: Scope) -> None:
        if node.pattern is not None:
            self._read(node.pattern, scope)
        if node.name is not None:
            scope.bind(node.name, None)

    def _assign(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope.bind(target.id, self._meaning(value, scope))
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            if len(target.elts) == len(value.elts) and not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts)):
                meanings = [self._meaning(element, scope) for element in value.elts]
                for element, meaning in zip(target.elts, meanings):
                    if isinstance(element, ast.Name):
                        scope.bind(element.id, meaning)
                    else:
                        self._read(element, scope)
                return
            self._read(target, scope)
        else:
            self._read(target, scope)

    # Definitions.

    def _read_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        """Decorators, defaults and annotations run with the cell, the body when it is called."""
        self._decorate(node.decorator_list, scope)
        for part in (node.args, *([node.returns] if node.returns else [])):
            self._read(part, scope)
        if isinstance(node, ast.AsyncFunctionDef):
            self._defines_async = True
            scope.bind(node.name, None)
            return
        scope.bind(node.name, self._function(node, scope))

    _read_AsyncFunctionDef = _read_FunctionDef

    def _read_arg(self, node: ast.arg, scope: Scope) -> None:
        if node.annotation is not None:
            self._read(node.annotation, scope)

    def _read_Lambda(self, node: ast.Lambda, scope: Scope) -> None:
        self._read(node.args, scope)

    def _read_ClassDef(self, node: ast.ClassDef, scope: Scope) -> None:
        self._decorate(node.decorator_list, scope)
        for part in (*node.bases, *node.keywords):
            self._read(part, scope)
        inside = Scope(scope, is_class=True)
        made = Class(inside)
        self.block(node.body, inside)
        made.own_methods()
        for base in node.bases:
            inherited = self._meaning(base, scope)
            if isinstance(inherited, Class):
                made.inherit(inherited)
        scope.bind(node.name, made)

    def _decorate(self, decorators: Iterable[ast.expr], scope: Scope) -> None:
        for decorator in decorators:
            self._read(decorator, scope)
            self._blocks = self._waits(self._meaning(decorator, scope)) or self._blocks

    def _function(self, node: Callable_, scope: Scope) -> Function:
        function = Function(node, scope)
        self._functions.append(function)
        return function

    def _blocks_when_called(self, function: Function) -> bool:
        """Reads the body the first time."""
        node, function.node = function.node, None
        if node is None:
            return function.blocks
        inside = Scope(function.scope)
        arguments = node.args
        names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for argument in names:
            if argument is not None:
                inside.bind(argument.arg, None)
        if function.owner is not None and arguments.args:
            inside.bind(arguments.args[0].arg, function.owner)
        outer: tuple[bool, bool, bool] = (self._blocks, self._defines_async, self.opaque)
        self._blocks = False
        self.block([node.body] if isinstance(node, ast.Lambda) else node.body, inside)
        function.blocks = self._blocks
        self._blocks, self._defines_async, self.opaque = outer
        return function.blocks

    # Calls.

    def _read_Call(self, node: ast.Call, scope: Scope) -> None:
        for part in (node.func, *node.args, *node.keywords):
            self._read(part, scope)
        called = self._meaning(node.func, scope)
        self._blocks = self._waits(called) or self._blocks
        if isinstance(called, tuple):
            self.opaque = self.opaque or called in OPAQUE
            if called in CALLERS:
                for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                    self._blocks = self._waits(self._meaning(argument, scope)) or self._blocks

    def _waits(self, called: Meaning) -> bool:
        if isinstance(called, Function):
            return self._blocks_when_called(called)
        if isinstance(called, Class):
            start = called.method("__init__")
            return start is not None and self._blocks_when_called(start)
        return called is not None and waits(called)

    def _read_ListComp(self, node: Comprehension, scope: Scope) -> None:
        inside = Scope(scope)
        for generator in node.generators:
            self._read(generator.iter, inside)
            self._read(generator.target, inside)
            for condition in generator.ifs:
                self._read(condition, inside)
        for element in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._read(element, inside)

    _read_SetComp = _read_DictComp = _read_GeneratorExp = _read_ListComp

    def _meaning(self, node: ast.expr, scope: Scope) -> Meaning:
        """What an expression stands for. An instance means its class: only methods are looked up in either."""
        if isinstance(node, ast.Name):
            return scope.find(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._meaning(node.value, scope)
            if isinstance(owner, tuple):
                return (*owner, node.attr)
            return owner.method(node.attr) if isinstance(owner, Class) else None
        if isinstance(node, ast.Call):
            called = self._meaning(node.func, scope)
            return made_by(called) if isinstance(called, tuple) else called if isinstance(called, Class) else None
        if isinstance(node, ast.NamedExpr):
            return self._meaning(node.value, scope)
        return self._function(node, scope) if isinstance(node, ast.Lambda) else None
