"""Which calls wait for something outside the program, by the dotted path of what is called: the knowledge of the router.

A guess from names: what it misses runs as ever, and what it takes for blocking without need runs as well on another thread.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Path = tuple[str, ...]

# Any call into these waits, and so do the methods of the objects that they make.
_MODULES = frozenset(
    "requests httpx urllib urllib3 http socket subprocess sqlite3 psycopg psycopg2 pymongo redis pymysql mysql MySQLdb ftplib "
    "smtplib imaplib poplib telnetlib xmlrpc paramiko boto3 botocore cx_Oracle oracledb pyodbc select selectors getpass".split()
)
# Their classes connect as they are made.
_CONNECTING = frozenset("ftplib smtplib imaplib poplib telnetlib".split())
_QUICK = frozenset(
    {
        ("urllib", "parse"),
        ("urllib", "error"),
        ("urllib", "robotparser"),
        ("http", "cookies"),
        ("http", "cookiejar"),
        ("httpx", "AsyncClient"),
        ("redis", "asyncio"),
        ("psycopg", "AsyncConnection"),
        ("requests", "codes"),
        ("requests", "utils"),
        ("requests", "auth"),
        ("socket", "gethostname"),
        ("socket", "htons"),
        ("socket", "ntohs"),
        ("socket", "inet_aton"),
        ("socket", "inet_ntoa"),
        ("sqlite3", "register_adapter"),
        ("sqlite3", "register_converter"),
        ("subprocess", "list2cmdline"),
    }
)
_CALLS = frozenset(
    {
        ("time", "sleep"),
        ("os", "system"),
        ("os", "popen"),
        ("os", "wait"),
        ("os", "waitpid"),
        ("os", "spawnl"),
        ("os", "spawnv"),
        ("signal", "pause"),
        ("signal", "sigwait"),
        ("asyncio", "run"),
        ("concurrent", "futures", "wait"),
        ("builtins", "input"),
        ("input",),
        ("approve",),
        ("choose",),
        ("pick_file",),
        ("review",),
        ("read_file",),
        ("write_file",),
        ("list_files",),
        ("fetch",),
        ("shell",),
        ("env",),
    }
)
OPAQUE = frozenset(
    {("exec",), ("eval",), ("__import__",), ("compile",), ("importlib", "import_module"), ("runpy", "run_path"), ("runpy", "run_module")}
)
# They call the functions that they are given.
CALLERS = frozenset({("map",), ("filter",), ("sorted",), ("min",), ("max",), ("functools", "reduce"), ("itertools", "starmap")})

_LOCKS: dict[str, tuple[str, ...]] = dict.fromkeys(("Lock", "RLock", "Semaphore", "BoundedSemaphore"), ("acquire",))
_THREADS: dict[str, tuple[str, ...]] = {
    **_LOCKS,
    **dict.fromkeys(("Thread", "Timer"), ("join",)),
    **dict.fromkeys(("Event", "Barrier"), ("wait",)),
    "Condition": ("wait", "wait_for"),
}
_QUEUES: dict[str, tuple[str, ...]] = dict.fromkeys(("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"), ("get", "put", "join"))
_POOL = ("map", "starmap", "apply", "join")
_EXECUTOR = ("map", "shutdown")
# Module → class → the methods that wait; its other methods, and making one, do not.
_METHODS: dict[str, dict[str, tuple[str, ...]]] = {
    "threading": _THREADS,
    "queue": _QUEUES,
    "multiprocessing": {**_THREADS, **_QUEUES, "JoinableQueue": ("get", "put", "join"), "Process": ("join",), "Pool": _POOL},
    "futures": {"ThreadPoolExecutor": _EXECUTOR, "ProcessPoolExecutor": _EXECUTOR},
    "subprocess": {"Popen": ("wait", "communicate")},
}
# Makers that are not named like a class.
_MAKERS = frozenset("socket session connect create_connection cursor urlopen client resource popen connection pool".split())


def waits(path: Path) -> bool:
    """Whether calling that waits. `("sqlite3", "connect", "execute")` is a method of what `sqlite3.connect()` made."""
    if path in _CALLS:
        return True
    known = _methods_of(path[:-1])
    if known is not None:
        return path[-1] in known
    if path[0] not in _MODULES or len(path) < 2 or path[:2] in _QUICK or _methods_of(path) is not None:
        return False
    last = path[-1]
    if last.endswith(("Error", "Exception", "Warning")):
        return False
    makes = last[:1].isupper() or path in (("socket", "socket"), ("requests", "session"), ("requests", "sessions", "session"))
    return not makes or path[0] in _CONNECTING


def made_by(path: Path) -> Path | None:
    """The path under which the methods of the object are known that a call of that makes; None: it is nothing special."""
    if _methods_of(path) is not None:
        return path
    if path[0] in _MODULES and path[:2] not in _QUICK and (path[-1][:1].isupper() or path[-1] in _MAKERS):
        return path
    return None


def _methods_of(path: Path) -> tuple[str, ...] | None:
    """The waiting methods of the class at that path, for the classes of which not every method waits."""
    if len(path) < 2:
        return None
    return _METHODS.get(path[-2], {}).get(path[-1])
