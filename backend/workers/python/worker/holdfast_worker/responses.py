"""What `fetch` and `shell` return."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from .messages import CapabilityResponse
from .text import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Headers(Mapping[str, str]):
    """Headers by their names, in whatever case. What came several times is joined by commas; `all` tells them apart."""

    def __init__(self, pairs: list[list[str]]) -> None:
        self._pairs = [(name.lower(), value) for name, value in pairs]

    def all(self, name: str) -> list[str]:
        """Every value of that name."""
        return [value for other, value in self._pairs if other == name.lower()]

    def __getitem__(self, name: str) -> str:
        values = self.all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self._pairs))

    def __len__(self) -> int:
        return len({name for name, _ in self._pairs})

    def __repr__(self) -> str:
        return repr(dict(self))


class Response:
    """The response to `fetch`. `url` is where it came from in the end, `content` its bytes."""

    def __init__(self, response: CapabilityResponse) -> None:
        self.status: int = response.value["status"]
        self.status_text: str = response.value["statusText"]
        self.url: str = response.value["url"]
        self.headers = Headers(response.value["headers"])
        self.content: bytes = response.payload

    @property
    def ok(self) -> bool:
        """Whether the status is one of success: 200 to 299."""
        return 200 <= self.status <= 299

    def text(self, encoding: str | None = None) -> str:
        """The content as text, in the encoding that its headers name, else UTF-8. What does not fit becomes a question mark."""
        return self.content.decode(encoding or self._charset(), "replace")

    def json(self) -> Any:
        """The content as JSON. Raises ValueError when it is none."""
        return json.loads(self.content)

    def _charset(self) -> str:
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            charset = value.strip().strip("\"'")
            if name.strip().lower() == "charset" and _is_known(charset):
                return charset
        return "utf-8"

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.status_text}, {len(self.content)} bytes from {shorten(self.url, 200)}>"


class ShellResult:
    """How a command ended. `exit_code` is None when a signal ended it, which `signal` names. `truncated`: it wrote more than is kept."""

    def __init__(self, response: CapabilityResponse) -> None:
        split: int = response.value["stdoutBytes"]
        self.exit_code: int | None = response.value["exitCode"]
        self.signal: str | None = response.value["signal"]
        self.truncated: bool = response.value["truncated"]
        self.stdout = response.payload[:split].decode("utf-8", "replace")
        self.stderr = response.payload[split:].decode("utf-8", "replace")

    @property
    def ok(self) -> bool:
        """Whether the exit code is 0."""
        return self.exit_code == 0

    def __repr__(self) -> str:
        end = f"exit code {self.exit_code}" if self.signal is None else f"ended by {self.signal}"
        return f"<ShellResult {end}, {len(self.stdout)} characters of output, {len(self.stderr)} of errors>"


def _is_known(encoding: str) -> bool:
    import codecs

    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True
