"""The MIME forms of a value, and `display()`."""

from __future__ import annotations

import base64
import binascii
import json
import sys

from .figures import figure_png
from .representation import MAX_CHARACTERS, bounded_repr
from .summaries import facts
from .text import shorten
from .types_safely import is_a, method_of, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_PART_BYTES = 16 * 1024 * 1024
_MAX_TOTAL_BYTES = 48 * 1024 * 1024
_MAX_PARTS = 32
# IPython's protocol for rich values, richest first.
_METHODS = (
    ("_repr_html_", "text/html"),
    ("_repr_markdown_", "text/markdown"),
    ("_repr_svg_", "image/svg+xml"),
    ("_repr_png_", "image/png"),
    ("_repr_jpeg_", "image/jpeg"),
    ("_repr_latex_", "text/latex"),
    ("_repr_json_", "application/json"),
)
_dict: Any = dict
_SCALARS = (int, float, bool, complex, str, bytes, list, tuple, dict, set, frozenset)


class Rendering:
    """A value made ready to send. `text` is the plain form, `parts` the header's list, `payload` their bytes in a row."""

    __slots__ = ("text", "parts", "payload", "facts")

    def __init__(self, forms: dict[str, bytes], text: str, facts: dict[str, Any]) -> None:
        self.text = text
        self.facts = facts
        self.parts = [{"mime": mime, "bytes": len(data)} for mime, data in forms.items()]
        self.payload = b"".join(forms.values())


def render(value: object) -> Rendering:
    """Calls user code (`__repr__` and the `_repr_…_` methods); an Exception there costs that form only, and says so on stderr."""
    forms: dict[str, bytes] = {}
    kind = type(value)
    rich: dict[str, Any] = {} if kind in _SCALARS else _rich_forms(value)
    plain = rich.pop("text/plain", None)
    text = shorten(plain, MAX_CHARACTERS) if type(plain) is str else bounded_repr(value)
    forms["text/plain"] = text.encode("utf-8", "replace")
    left = _MAX_TOTAL_BYTES - len(forms["text/plain"])
    for mime, form in rich.items():
        data = _encode(value, mime, form)
        if data is None or len(forms) == _MAX_PARTS:
            continue
        if len(data) > min(MAX_PART_BYTES, left):
            _warn(f"The {shorten(mime, 100)} form of this {type_name(kind)} is {len(data)} bytes, which is too large to show.")
            continue
        left -= len(data)
        forms[mime] = data
    return Rendering(forms, text, facts(value))


def make_display(send: Callable[[Rendering], None]) -> Callable[..., None]:
    def display(*values: object) -> None:
        """Shows each value in the results, in all the forms that it has."""
        for value in values:
            send(render(value))

    return display


def _rich_forms(value: object) -> dict[str, Any]:
    forms: dict[str, Any] = {}
    bundle: Any = _call(value, "_repr_mimebundle_", include=None, exclude=None)
    bundle = _without_metadata(bundle)
    if is_a(bundle, dict):
        pairs: Any = _dict.items(bundle)
        forms.update((mime, form) for mime, form in pairs if type(mime) is str and 0 < len(mime) <= 100)
    for name, mime in _METHODS:
        if mime in forms:
            continue
        form: Any = _call(value, name)
        form = _without_metadata(form)
        if form is not None:
            forms[mime] = form
    if "image/png" not in forms:
        picture = _picture(value)
        if picture is not None:
            forms["image/png"] = picture
    return forms


def _picture(value: object) -> bytes | None:
    try:
        return figure_png(value)
    except Exception as error:
        _warn(f"This {type_name(type(value))} cannot be drawn: {bounded_repr(error, 500)}.")
        return None


def _without_metadata(form: Any) -> Any:
    """The methods may return `(data, metadata)`."""
    return form[0] if is_a(form, tuple) and form else form


def _call(value: object, name: str, **options: object) -> Any:
    if method_of(value, name) is None:
        return None
    try:
        return getattr(value, name)(**options)
    except Exception as error:
        _warn(f"{name} of this {type_name(type(value))} raised {bounded_repr(error, 500)}.")
        return None


def _encode(value: object, mime: str, form: Any) -> bytes | None:
    """Images may be bytes or, as Jupyter's bundles have them, base64; JSON any value; everything else is text."""
    if type(form) in (bytes, bytearray):
        return bytes(form)
    try:
        if mime == "application/json" or mime.endswith("+json"):
            return json.dumps(form, allow_nan=False).encode()
        if type(form) is str:
            if mime.startswith("image/") and mime != "image/svg+xml":
                return base64.b64decode(form)
            return form.encode("utf-8", "replace")
        if isinstance(form, str):
            return str.__str__(form).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError, binascii.Error) as error:
        _warn(f"The {shorten(mime, 100)} form of this {type_name(type(value))} cannot be used: {shorten(str(error), 500)}.")
        return None
    _warn(f"The {shorten(mime, 100)} form of this {type_name(type(value))} is a {type_name(type(form))}, not text or bytes.")
    return None


def _warn(message: str) -> None:
    print(f"holdfast: {message}", file=sys.stderr)
