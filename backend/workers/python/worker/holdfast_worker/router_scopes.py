"""What names mean to the router."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Union

    # A dotted path from a module or builtin, something the person defined, or nothing that is known.
    Meaning = Union[tuple[str, ...], "Function", "Class", None]

# What a star import may bring that matters.
_STAR_NAMES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("time",): ("sleep",),
    ("os",): ("system", "popen", "wait", "waitpid"),
    ("subprocess",): ("run", "call", "check_call", "check_output", "getoutput", "Popen"),
    ("socket",): ("socket", "create_connection"),
    ("threading",): ("Thread", "Event", "Lock"),
    ("queue",): ("Queue",),
}


class Function:
    """`node` until its body has been read, then `blocks`: calling it waits. While it is read it counts as not waiting."""

    __slots__ = ("node", "scope", "blocks", "owner")

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
        self.node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None = node
        self.scope = scope
        self.blocks = False
        # Of a method: what its first parameter is an instance of.
        self.owner: Class | None = None


class Class:
    """A class of the person's, or an instance of it."""

    __slots__ = ("_scope", "_bases")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._bases: list[Class] = []

    def own_methods(self) -> None:
        for meaning in self._scope.names.values():
            if isinstance(meaning, Function) and meaning.owner is None:
                meaning.owner = self

    def inherit(self, base: Class) -> None:
        self._bases.append(base)

    def method(self, name: str) -> Function | None:
        meaning = self._scope.names.get(name)
        if isinstance(meaning, Function):
            return meaning
        return next((found for found in (base.method(name) for base in self._bases) if found), None)


class Scope:
    """The names of the session, of a function, a class or a comprehension."""

    __slots__ = ("names", "outer_names", "is_class", "_outer")

    def __init__(self, outer: Scope | None, is_class: bool = False) -> None:
        self.names: dict[str, Meaning] = {}
        # Those of a `global` statement.
        self.outer_names: set[str] = set()
        self.is_class = is_class
        self._outer = outer

    def bind(self, name: str, meaning: Meaning) -> None:
        self._home(name).names[name] = meaning

    def bind_all(self, module: tuple[str, ...] | None) -> None:
        """`from module import *`."""
        for name in _STAR_NAMES.get(module or (), ()):
            self.bind(name, (*(module or ()), name))

    def unbind(self, name: str) -> None:
        self._home(name).names.pop(name, None)

    def find(self, name: str) -> Meaning:
        """A name that nobody bound is a builtin's."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope.names[name]
            scope = scope._outer
        return (name,)

    def _home(self, name: str) -> Scope:
        scope = self
        while name in scope.outer_names and scope._outer is not None:
            scope = scope._outer
        return scope
