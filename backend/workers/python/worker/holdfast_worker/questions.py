"""What user code may ask the person: `input`, `getpass`, `approve`, `choose`, `pick_file`, `review`, `notify`."""

from __future__ import annotations

import builtins
import os

from .capabilities import Capabilities
from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

_MAX_PROMPT = 5_000
_MAX_LABEL = 200
_MAX_REVIEW = 25_000


def install_questions(capabilities: Capabilities) -> None:
    """Puts the functions into `builtins`, so that every module of the person's has them."""
    questions = Questions(capabilities)
    for function in (questions.approve, questions.choose, questions.pick_file, questions.review, questions.notify):
        setattr(builtins, function.__name__, _plain(function))
    _replace_input(capabilities)


class Questions:
    def __init__(self, capabilities: Capabilities) -> None:
        self._ask = capabilities.ask

    def approve(self, title: object, detail: object = None, *, diff: tuple[object, ...] | None = None) -> bool:
        """Asks the person for yes or no.

        `diff` is a pair of texts, before and after, that are shown side by side; a third item names them.
        """
        sides = None
        if diff is not None:
            before, after, *names = diff
            sides = {"name": str(names[0]) if names else "", "before": _whole(before), "after": _whole(after)}
        shown = None if detail is None else shorten(str(detail), _MAX_PROMPT)
        return bool(self._ask("approve", {"title": _question(title), "detail": shown, "diff": sides}))

    def choose(self, prompt: object, options: Iterable[Any], *, many: bool = False) -> Any:
        """Asks the person for one of the options and returns it; with `many` for any number of them, as a list.

        Options are shown by their `str`. Of a mapping the keys are shown, and the values are returned.
        """
        labelled: Any = options
        choices: list[tuple[object, Any]]
        choices = list(labelled.items()) if isinstance(options, dict) else [(one, one) for one in options]
        shown = [{"label": shorten(str(label), _MAX_LABEL), "detail": None} for label, _ in choices]
        chosen = self._ask("choose", {"prompt": _question(prompt), "options": shown, "many": bool(many)})
        values: list[Any] = [choices[position][1] for position in chosen]
        return values if many else values[0]

    def pick_file(
        self,
        prompt: object = "",
        *,
        select: str = "file",
        filters: Mapping[str, Iterable[str]] | None = None,
        folder: str | os.PathLike[str] | None = None,
    ) -> str | list[str]:
        """Asks the person for the absolute path of a file.

        `select` is "file", "folder", "save" (a file to be written) or "files" (the result is a list). `filters` maps what a kind of
        file is called to its endings, `{"Tables": ["csv", "parquet"]}`. `folder` is where to begin.
        """
        start = None if folder is None else os.path.abspath(folder)
        endings = {str(name): [str(one).lstrip(".") for one in some] for name, some in (filters or {}).items()}
        fields = {"prompt": _question(prompt), "select": select, "filters": endings, "folder": start}
        paths = self._ask("pick_file", fields)
        return paths if select == "files" else paths[0]

    def review(self, text: object, prompt: object = "", *, language: str | None = None) -> str | None:
        """Shows the person a text that may be changed. Returns the text as it is then, or None when it was refused."""
        return self._ask("review", {"prompt": _question(prompt), "text": _whole(text), "language": language})

    def notify(self, message: object, level: str = "information") -> None:
        """Shows the person a message. `level` is "information", "warning" or "error"."""
        self._ask("notify", {"message": shorten(str(message), _MAX_PROMPT), "level": level})


def _question(prompt: object) -> str:
    return shorten(str(prompt), _MAX_PROMPT)


def _whole(text: object) -> str:
    """What is to be read as a whole is not cut."""
    whole = str(text)
    if len(whole) > _MAX_REVIEW:
        raise TypeError(f"The text has {len(whole):,} characters, and at most {_MAX_REVIEW:,} can be shown for a review.")
    return whole


def _plain(method: Callable[..., Any]) -> Callable[..., Any]:
    """A function that looks like one: bound methods show the engine's object in their repr."""
    import functools

    @functools.wraps(method)
    def function(*args: Any, **options: Any) -> Any:
        return method(*args, **options)

    return function


def _replace_input(capabilities: Capabilities) -> None:
    def ask_text(prompt: object, secret: bool) -> str:
        value = capabilities.ask("input", {"prompt": _question(prompt), "secret": secret})
        if type(value) is not str:
            raise TypeError(f"The answer to a question for text was {type(value).__name__}.")
        return value

    def input(prompt: object = "", /) -> str:
        """Asks the person for a line of text."""
        return ask_text(prompt, False)

    def getpass(prompt: str = "Password: ", stream: object = None, **_options: object) -> str:
        """Asks the person for a secret. It is neither shown nor kept."""
        return ask_text(prompt, True)

    builtins.input = input
    module: Any = __import__("getpass")
    module.getpass = getpass
