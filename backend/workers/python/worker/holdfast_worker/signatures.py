"""How a function or a class is called, and the head of its documentation, from what is stored: nothing of it is evaluated."""

from __future__ import annotations

import re
import sys
import types

from .summaries import inline
from .text import shorten
from .types_safely import MISSING, class_namespace, class_of, find_entry, find_in_classes, is_a, plain_text, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEFAULT = 40
_MAX_PARAMETERS = 60
_MAX_DOC_LINES = 30
_MAX_DOC_CHARACTERS = 2000
_VARARGS, _VARKEYWORDS, _COROUTINE = 0x04, 0x08, 0x80
# What a function of C is bound to: `($self, /, key)` is called with the key.
_BOUND = re.compile(r"^\(\$\w+(?:, /)?(?:, )?")
_C_FUNCTIONS = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)


def describe_function(function: Any) -> str:
    """`def name(parameters)` and its documentation."""
    if type(function) is types.MethodType:
        function = function.__func__
    if type(function) is types.FunctionType:
        begin = "async def" if function.__code__.co_flags & _COROUTINE else "def"
        return f"{begin} {_name(function)}({_parameters(function)}){_returns(function)}{_doc(function.__doc__)}"
    if any(class_of(function) is kind for kind in _C_FUNCTIONS):
        text = function.__text_signature__
        parameters = _BOUND.sub("(", text) if type(text) is str else "(…)"
        return f"def {_name(function)}{parameters}{_doc(function.__doc__)}"
    return f"<{type_name(class_of(function))}>"


def describe_class(cls: Any) -> str:
    """`class name(bases)`, how it is called and its documentation."""
    bases = [type_name(base) for base in _bases(cls)]
    text = f"class {type_name(cls)}" + (f"({', '.join(bases)})" if bases else "")
    init = find_in_classes(cls, "__init__")
    if type(init) is types.FunctionType:
        text += f"\n{type_name(cls)}({_parameters(init, skip=1)})"
    return text + _doc(class_namespace(cls).get("__doc__"))


def _bases(cls: Any) -> tuple[Any, ...]:
    own: Any = type
    return tuple(base for base in own.__dict__["__bases__"].__get__(cls) if base is not object)


def _name(function: Any) -> str:
    return shorten(plain_text(function.__name__), 200)


def _parameters(function: Any, skip: int = 0) -> str:
    code = function.__code__
    names: Any = code.co_varnames
    positional, keywords = code.co_argcount, code.co_kwonlyargcount
    defaults: Any = function.__defaults__ or ()
    shown: list[str] = []
    for index, name in enumerate(names[:positional]):
        from_end = index - positional + len(defaults)
        shown.append(_parameter(function, name) + (_default(defaults[from_end]) if from_end >= 0 else ""))
        if index + 1 == code.co_posonlyargcount:
            shown.append("/")
    after = positional + keywords
    if code.co_flags & _VARARGS:
        shown.append("*" + _parameter(function, names[after]))
        after += 1
    elif keywords:
        shown.append("*")
    for name in names[positional : positional + keywords]:
        default = MISSING if function.__kwdefaults__ is None else find_entry(function.__kwdefaults__, name)
        shown.append(_parameter(function, name) + ("" if default is MISSING else _default(default)))
    if code.co_flags & _VARKEYWORDS:
        shown.append("**" + _parameter(function, names[after]))
    shown = shown[skip:]
    return ", ".join(shown[:_MAX_PARAMETERS]) + (", …" if len(shown) > _MAX_PARAMETERS else "")


def _parameter(function: Any, name: str) -> str:
    annotation = _annotation(function, name)
    return f"{name}: {annotation}" if annotation else name


def _default(value: Any) -> str:
    return f"={shorten(inline(value, _DEFAULT, True), _DEFAULT)}"


def _returns(function: Any) -> str:
    annotation = _annotation(function, "return")
    return f" -> {annotation}" if annotation else ""


def _annotation(function: Any, name: str) -> str:
    # From 3.14 on they are evaluated when they are asked for.
    annotation = find_entry(function.__annotations__, name) if sys.version_info < (3, 14) else MISSING
    if annotation is MISSING:
        return ""
    if type(annotation) is str:
        return shorten(annotation, 100)
    if annotation is None:
        return "None"
    return type_name(annotation) if is_a(annotation, type) else "…"


def _doc(text: Any) -> str:
    """Without the indentation that the source gave it."""
    if type(text) is not str or not text.strip():
        return ""
    cut = text[:_MAX_DOC_CHARACTERS]
    lines = cut.expandtabs().strip().splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    indent = min(indents, default=0)
    lines = [lines[0], *(line[indent:] for line in lines[1:])]
    left_out = len(lines) > _MAX_DOC_LINES or len(text) > len(cut)
    return "\n\n" + "\n".join(lines[:_MAX_DOC_LINES]).rstrip() + ("\n…" if left_out else "")
