"""What the host does for user code, once it is allowed: `read_file`, `write_file`, `list_files`, `fetch`, `shell`, `env`."""

from __future__ import annotations

import json
import os
import re

from . import own_environment
from .host_function import known, request
from .responses import Response, ShellResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, Union

    from .messages import CapabilityResponse

    Path = Union[str, bytes, "os.PathLike[Any]"]
    Content = Union[str, bytes, bytearray, memoryview]


_CAPABILITY = re.compile(r"[a-z][a-z_]{0,63}")


def capability(name: str, /, **parameters: object) -> Any:
    """Asks another extension of the editor for what it offers under that name. Parameters and answer are JSON values."""
    if not _CAPABILITY.fullmatch(str(name)):
        raise TypeError(f"{str(name)[:100]!r} is not the name of a capability: small letters and _, at most 64.")
    return request(str(name), {**parameters}, lambda response: response.value)


def read_file(path: Path, encoding: str | None = "utf-8") -> str | bytes:
    """The text of a file, as it is; with `encoding=None` its bytes. At most 64 MiB."""

    def content(response: CapabilityResponse) -> str | bytes:
        return response.payload if encoding is None else response.payload.decode(encoding)

    return request("read_file", {"path": _absolute(path)}, content)


def write_file(path: Path, content: Content) -> None:
    """Replaces a file, or makes one. A text is written as UTF-8. Whoever reads the file finds all of it, or what was there before.

    At most 64 MiB.
    """
    return request("write_file", {"path": _absolute(path)}, lambda _: None, _bytes(content, "The content"))


def list_files(folder: Path = ".", pattern: str = "*") -> list[str]:
    """Paths of the files in a folder whose names match, sorted: `list_files("data", "**/*.csv")`.

    `*`, `?`, `[a-z]` and `{a,b}` stand for parts of a name, `**` for any folders. Names that begin with a dot are left out unless the
    pattern has the dot.
    """
    given = os.fsdecode(folder)

    def paths(response: CapabilityResponse) -> list[str]:
        return [os.path.join("" if given == "." else given, *name.split("/")) for name in json.loads(response.payload)]

    return request("list_files", {"folder": _absolute(folder), "pattern": pattern}, paths)


def fetch(
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    body: Content | None = None,
    *,
    timeout: float | None = None,
) -> Response:
    """Sends a request by HTTP and returns the response: its `status`, `headers`, `text()`, `json()`, `content`.

    Redirects are followed. `timeout` is in seconds, for all of it. At most 64 MiB both ways.
    """
    given: Any = headers or ()
    pairs: Any = given.items() if hasattr(given, "items") else given
    fields = {
        "url": str(url),
        "method": method,
        "headers": [[str(name), str(value)] for name, value in pairs],
        "timeoutSeconds": timeout,
    }
    return request("fetch", fields, Response, b"" if body is None else _bytes(body, "The body"))


def shell(
    command: str | Sequence[str | os.PathLike[str]],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: Content | None = None,
    timeout: float | None = None,
    *,
    show: bool = True,
) -> ShellResult:
    """Runs a command to its end and returns its `exit_code`, `stdout` and `stderr`. What it writes is shown as it comes.

    A text is for the system's shell; a list is a program and its arguments. `env` is added to the environment, `input` is what the
    command reads, `timeout` is in seconds. With `show=False` nothing is shown. Of each stream the first 16 MiB are kept.
    """
    fields = {
        "command": command if isinstance(command, str) else [os.fspath(part) for part in command],
        "cwd": os.getcwd() if cwd is None else _absolute(cwd),
        "env": {**own_environment.changes(), **(env or {})},
        "timeoutSeconds": timeout,
        "show": bool(show),
    }
    return request("shell", fields, ShellResult, b"" if input is None else _bytes(input, "The input"))


def env(name: str, default: str | None = None) -> str | None:
    """A variable of the environment, `default` when there is none.

    What the program has put there itself it gets without asking.
    """
    own = own_environment.changes()
    if name in own:
        return known(default if own[name] is None else own[name])
    return request("env", {"name": name}, lambda response: default if response.value is None else response.value)


def _absolute(path: Path) -> str:
    text = os.fsdecode(path)
    # JSON in UTF-8 has no place for the bytes of a name that is not.
    text.encode("utf-8")
    # Not `abspath`: `..` behind a link leads elsewhere than it looks.
    return text if os.path.isabs(text) else os.path.join(os.getcwd(), text)


def _bytes(content: Any, what: str) -> bytes:
    if isinstance(content, str):
        return content.encode("utf-8")
    if isinstance(content, (bytes, bytearray)):
        return bytes(content)
    if isinstance(content, memoryview):
        return content.tobytes()
    raise TypeError(f"{what} is a text or bytes, not {type(content).__name__}.")
