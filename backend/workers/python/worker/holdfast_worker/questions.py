"""What user code may ask the person: `input`, `getpass`, `approve`, `choose`, `pick_file`, `review`, `notify`."""

from __future__ import annotations

import os

from .host_function import request
from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .messages import CapabilityResponse

_MAX_PROMPT = 5_000
_MAX_LABEL = 200
_MAX_REVIEW = 25_000


def input(prompt: object = "", /) -> str:
    """Asks the person for a line of text."""
    return request("input", {"prompt": _question(prompt), "secret": False}, _text)


def getpass(prompt: str = "Password: ", stream: object = None, **_options: object) -> str:
    """Asks the person for a secret. It is neither shown nor kept."""
    return request("input", {"prompt": _question(prompt), "secret": True}, _text)


def approve(title: object, detail: object = None, *, diff: tuple[object, ...] | None = None) -> bool:
    """Asks the person for yes or no.

    `diff` is a pair of texts, before and after, that are shown side by side; a third item names them.
    """
    sides = None
    if diff is not None:
        before, after, *names = diff
        sides = {"name": str(names[0]) if names else "", "before": _whole(before), "after": _whole(after)}
    shown = None if detail is None else shorten(str(detail), _MAX_PROMPT)
    fields = {"title": _question(title), "detail": shown, "diff": sides}
    return request("approve", fields, lambda response: bool(response.value))


def choose(prompt: object, options: Iterable[Any], *, many: bool = False) -> Any:
    """Asks the person for one of the options and returns it; with `many` for any number of them, as a list.

    Options are shown by their `str`. Of a mapping the keys are shown, and the values are returned.
    """
    labelled: Any = options
    choices: list[tuple[object, Any]]
    choices = list(labelled.items()) if isinstance(options, dict) else [(one, one) for one in options]
    shown = [{"label": shorten(str(label), _MAX_LABEL), "detail": None} for label, _ in choices]

    def chosen(response: CapabilityResponse) -> Any:
        values: list[Any] = [choices[position][1] for position in response.value]
        return values if many else values[0]

    return request("choose", {"prompt": _question(prompt), "options": shown, "many": bool(many)}, chosen)


def pick_file(
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
    return request("pick_file", fields, lambda response: response.value if select == "files" else response.value[0])


def review(text: object, prompt: object = "", *, language: str | None = None) -> str | None:
    """Shows the person a text that may be changed. Returns the text as it is then, or None when it was refused."""
    fields = {"prompt": _question(prompt), "text": _whole(text), "language": language}
    return request("review", fields, lambda response: response.value)


def notify(message: object, level: str = "information") -> None:
    """Shows the person a message. `level` is "information", "warning" or "error"."""
    return request("notify", {"message": shorten(str(message), _MAX_PROMPT), "level": level}, lambda _: None)


def _text(response: CapabilityResponse) -> str:
    if type(response.value) is not str:
        raise TypeError(f"The answer to a question for text was {type(response.value).__name__}.")
    return response.value


def _question(prompt: object) -> str:
    return shorten(str(prompt), _MAX_PROMPT)


def _whole(text: object) -> str:
    """What is to be read as a whole is not cut."""
    whole = str(text)
    if len(whole) > _MAX_REVIEW:
        raise TypeError(f"The text has {len(whole):,} characters, and at most {_MAX_REVIEW:,} can be shown for a review.")
    return whole
