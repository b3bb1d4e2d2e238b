"""What Holdfast brings into Python; here for the editor's own checks."""

import os
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Generic, Literal, TypeVar, overload

_T = TypeVar("_T")
_Path = str | bytes | os.PathLike[Any]
_Content = str | bytes | bytearray | memoryview

class _Approve:
    def __call__(self, title: object, detail: object = None, *, diff: tuple[object, ...] | None = None) -> bool:
        """Asks the person for yes or no. `diff` is a pair of texts, before and after; a third item names them."""
    async def aio(self, title: object, detail: object = None, *, diff: tuple[object, ...] | None = None) -> bool: ...

approve: _Approve

class _Choose:
    @overload
    def __call__(self, prompt: object, options: Mapping[Any, _T], *, many: Literal[False] = False) -> _T:
        """Asks the person for one of the options; with `many` for any number of them. Of a mapping the keys are shown."""
    @overload
    def __call__(self, prompt: object, options: Mapping[Any, _T], *, many: Literal[True]) -> list[_T]: ...
    @overload
    def __call__(self, prompt: object, options: Iterable[_T], *, many: Literal[False] = False) -> _T: ...
    @overload
    def __call__(self, prompt: object, options: Iterable[_T], *, many: Literal[True]) -> list[_T]: ...
    async def aio(self, prompt: object, options: Iterable[Any], *, many: bool = False) -> Any: ...

choose: _Choose

class _PickFile:
    def __call__(
        self,
        prompt: object = "",
        *,
        select: Literal["file", "files", "folder", "save"] = "file",
        filters: Mapping[str, Iterable[str]] | None = None,
        folder: _Path | None = None,
    ) -> Any:
        """Asks the person for the absolute path of a file or a folder; for a list of them with `select="files"`."""
    async def aio(
        self,
        prompt: object = "",
        *,
        select: Literal["file", "files", "folder", "save"] = "file",
        filters: Mapping[str, Iterable[str]] | None = None,
        folder: _Path | None = None,
    ) -> Any: ...

pick_file: _PickFile

class _Review:
    def __call__(self, text: object, prompt: object = "", *, language: str | None = None) -> str | None:
        """Shows the person a text that may be changed. Returns it as it is then, or None when it was refused."""
    async def aio(self, text: object, prompt: object = "", *, language: str | None = None) -> str | None: ...

review: _Review

_Level = Literal["information", "warning", "error"]

class _Notify:
    def __call__(self, message: object, level: _Level = "information") -> None:
        """Shows the person a message."""
    async def aio(self, message: object, level: _Level = "information") -> None: ...

notify: _Notify

def display(*values: object) -> None:
    """Shows each value in the results, in all the forms that it has."""

class _Progress(Generic[_T]):
    done: float
    total: float | None
    label: object
    def update(self, count: float = 1) -> None:
        """So much more is done."""
    def close(self) -> None:
        """It is over, whether or not all is done."""
    def __iter__(self) -> Iterator[_T]: ...
    def __aiter__(self) -> AsyncIterator[_T]: ...
    def __enter__(self) -> _Progress[_T]: ...
    def __exit__(self, *error: object) -> None: ...

def progress(
    items: Iterable[_T] | AsyncIterable[_T] | None = None, *, total: float | None = None, label: object = ""
) -> _Progress[_T]:
    """Shows how far something is: `for item in progress(items)`, or `with progress(total=100) as bar: bar.update(10)`."""

class _ReadFile:
    @overload
    def __call__(self, path: _Path, encoding: str = "utf-8") -> str:
        """The text of a file, as it is; with `encoding=None` its bytes. At most 64 MiB."""
    @overload
    def __call__(self, path: _Path, encoding: None) -> bytes: ...
    @overload
    async def aio(self, path: _Path, encoding: str = "utf-8") -> str: ...
    @overload
    async def aio(self, path: _Path, encoding: None) -> bytes: ...

read_file: _ReadFile

class _WriteFile:
    def __call__(self, path: _Path, content: _Content) -> None:
        """Replaces a file, or makes one. Whoever reads it finds all of it, or what was there before."""
    async def aio(self, path: _Path, content: _Content) -> None: ...

write_file: _WriteFile

class _ListFiles:
    def __call__(self, folder: _Path = ".", pattern: str = "*") -> list[str]:
        """Paths of the files in a folder whose names match, sorted: `list_files("data", "**/*.csv")`."""
    async def aio(self, folder: _Path = ".", pattern: str = "*") -> list[str]: ...

list_files: _ListFiles

class _Headers(Mapping[str, str]):
    def all(self, name: str) -> list[str]:
        """Every value of that name."""

class _Response:
    status: int
    status_text: str
    url: str
    headers: _Headers
    content: bytes
    @property
    def ok(self) -> bool: ...
    def text(self, encoding: str | None = None) -> str: ...
    def json(self) -> Any: ...

_GivenHeaders = Mapping[str, str] | Iterable[tuple[str, str]] | None

class _Fetch:
    def __call__(
        self,
        url: str,
        method: str = "GET",
        headers: _GivenHeaders = None,
        body: _Content | None = None,
        *,
        timeout: float | None = None,
    ) -> _Response:
        """Sends a request by HTTP and returns the response. Redirects are followed. `timeout` is in seconds."""
    async def aio(
        self,
        url: str,
        method: str = "GET",
        headers: _GivenHeaders = None,
        body: _Content | None = None,
        *,
        timeout: float | None = None,
    ) -> _Response: ...

fetch: _Fetch

class _ShellResult:
    exit_code: int | None
    signal: str | None
    stdout: str
    stderr: str
    truncated: bool
    @property
    def ok(self) -> bool: ...

_Command = str | Sequence[str | os.PathLike[str]]

class _Shell:
    def __call__(
        self,
        command: _Command,
        cwd: _Path | None = None,
        env: Mapping[str, str] | None = None,
        input: _Content | None = None,
        timeout: float | None = None,
        *,
        show: bool = True,
    ) -> _ShellResult:
        """Runs a command to its end. A text is for the system's shell; a list is a program and its arguments."""
    async def aio(
        self,
        command: _Command,
        cwd: _Path | None = None,
        env: Mapping[str, str] | None = None,
        input: _Content | None = None,
        timeout: float | None = None,
        *,
        show: bool = True,
    ) -> _ShellResult: ...

shell: _Shell

class _Env:
    @overload
    def __call__(self, name: str) -> str | None:
        """A variable of the environment, `default` when there is none."""
    @overload
    def __call__(self, name: str, default: str) -> str: ...
    async def aio(self, name: str, default: str | None = None) -> str | None: ...

env: _Env

class _Step:
    @overload
    def __call__(
        self,
        name: str,
        fn: Callable[..., Coroutine[Any, Any, _T]],
        /,
        *args: Any,
        key: object = None,
        retries: int = 0,
        backoff: float = 1.0,
        timeout: float | None = None,
        **options: Any,
    ) -> Awaitable[_T]:
        """Keeps what the function returns: when the cell runs again, also after a crash, the value is there at once.

        In a loop each step needs a `key`. A function that raises is tried again `retries` times, after `backoff` seconds, then twice as
        many. After `timeout` seconds it raises TimeoutError.
        """
    @overload
    def __call__(
        self,
        name: str,
        fn: Callable[..., _T],
        /,
        *args: Any,
        key: object = None,
        retries: int = 0,
        backoff: float = 1.0,
        timeout: float | None = None,
        **options: Any,
    ) -> _T: ...
    async def aio(
        self,
        name: str,
        fn: Callable[..., Any],
        /,
        *args: Any,
        key: object = None,
        retries: int = 0,
        backoff: float = 1.0,
        timeout: float | None = None,
        **options: Any,
    ) -> Any: ...

step: _Step

class _Get:
    def __call__(self, key: str, default: Any = None) -> Any:
        """The value of a key, `default` when there is none."""
    async def aio(self, key: str, default: Any = None) -> Any: ...

class _Set:
    def __call__(self, key: str, value: Any) -> None:
        """Keeps a value, which is JSON. When it returns, the value is on disk."""
    async def aio(self, key: str, value: Any) -> None: ...

class _Delete:
    def __call__(self, key: str) -> bool:
        """Forgets a key. Returns whether it was there."""
    async def aio(self, key: str) -> bool: ...

class _Keys:
    def __call__(self) -> list[str]:
        """The keys, in the order in which they were first set."""
    async def aio(self) -> list[str]: ...

class _Store:
    get: _Get
    set: _Set
    delete: _Delete
    keys: _Keys
    def __getitem__(self, key: str) -> Any: ...
    def __setitem__(self, key: str, value: Any) -> None: ...
    def __delitem__(self, key: str) -> None: ...
    def __contains__(self, key: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...

store: _Store
"""What the programs of this workspace keep between sessions: `store["seen"] = [1, 2]`. Values are JSON."""
