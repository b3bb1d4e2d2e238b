"""Puts the functions of the standard set into `builtins`, so that every module of the person's has them."""

from __future__ import annotations

import builtins
import functools
import sys

from . import effects, questions
from .cancel import Canceller
from .capabilities import Capabilities
from .host_function import host_function
from .steps import make_step
from .store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_FUNCTIONS = (
    questions.input,
    questions.approve,
    questions.choose,
    questions.pick_file,
    questions.review,
    questions.notify,
    effects.capability,
    effects.read_file,
    effects.write_file,
    effects.list_files,
    effects.fetch,
    effects.shell,
    effects.env,
)


def install_functions(
    capabilities: Capabilities,
    canceller: Canceller,
    display: Callable[..., None],
    progress: Callable[..., Any],
) -> None:
    for plan in _FUNCTIONS:
        setattr(builtins, plan.__name__, host_function(capabilities, plan))
    for name, function in (("display", display), ("progress", progress)):
        setattr(builtins, name, _checked(capabilities, name, function))
    setattr(builtins, "step", make_step(capabilities, canceller))
    setattr(builtins, "store", Store(lambda plan, name: host_function(capabilities, plan, name)))
    __import__("getpass")
    setattr(sys.modules["getpass"], "getpass", host_function(capabilities, questions.getpass))


def _checked(capabilities: Capabilities, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function for as long as it is not denied."""

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        capabilities.check(name)
        return function(*args, **options)

    return call
