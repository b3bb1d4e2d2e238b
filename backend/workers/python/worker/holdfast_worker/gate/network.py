"""Audit events of sockets: a host by name or address, with its port."""

from __future__ import annotations

import _socket
import builtins
from os import fsdecode

from .gate import Gate, Rules
from .paths import touched_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Handler = Callable[[tuple[Any, ...]], object]

globals()["__builtins__"] = vars(builtins).copy()

_UNIX: Any = getattr(_socket, "AF_UNIX", None)
_INTERNET = (_socket.AF_INET, getattr(_socket, "AF_INET6", None))
# Subclasses may have a `family` of their own.
_family_of: Any = getattr(_socket.socket, "family").__get__
_MAX_KNOWN = 1000


class _Known:
    """What lookups have led to under one policy, the newest last."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        # Addresses and the name that they were looked up by: the connection is the person's `connect to example.com`.
        self.names: dict[str, str] = {}
        # What a lookup that was allowed may still connect to, each once: the connection is the same operation.
        self.expected: dict[tuple[str, int], None] = {}


class Network:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._known = _Known(gate.rules)

    def handlers(self) -> dict[str, dict[str, Handler]]:
        return {
            "network": {
                "socket.connect": lambda args: self._address("socket.connect", *args),
                "socket.bind": lambda args: self._address("socket.bind", *args),
                "socket.sendto": lambda args: self._address("socket.sendto", *args),
                "socket.sendmsg": lambda args: self._address("socket.sendmsg", *args),
                "socket.getaddrinfo": lambda args: self._lookup("socket.getaddrinfo", args[0], args[1]),
                "socket.gethostbyname": lambda args: self._lookup("socket.gethostbyname", args[0], None),
                "socket.gethostbyaddr": lambda args: self._reverse("socket.gethostbyaddr", args[0]),
                "socket.getnameinfo": lambda args: self._reverse("socket.getnameinfo", args[0][0]),
                "syslog.syslog": lambda args: self._ask("syslog.syslog", "unix:/dev/log", None),
            }
        }

    def resolved(self, host: Any, port: Any, addresses: list[str]) -> None:
        """A lookup that was let through has brought these addresses."""
        name, number = _text(host), _port(port)
        if name is None or "network" not in self._gate.rules.asks:
            return
        known = self._of_this_policy()
        for address in addresses:
            if address == name or not (_is_public(address) or name == "localhost"):
                # A name that leads into the local network is no permission for what is there.
                continue
            if name != "localhost":
                _note(known.names, address, name)
            if number is not None:
                _note(known.expected, (address, number), None)

    def _of_this_policy(self) -> _Known:
        known = self._known
        if known.rules is not self._gate.rules:
            known = self._known = _Known(self._gate.rules)
        return known

    def _lookup(self, operation: str, host: Any, port: Any) -> None:
        name = _text(host)
        # An address needs no question to a name server; nothing is this machine.
        if name is None or name == "" or _is_address(name):
            return
        self._ask(operation, name, _port(port))

    def _reverse(self, operation: str, host: Any) -> None:
        """Also of an address: a name server is asked for its name."""
        name = _text(host)
        if name:
            self._ask(operation, name, None)

    def _address(self, operation: str, socket: Any, address: Any) -> None:
        family: int = _family_of(socket)
        if address is None:
            return
        if family == _UNIX:
            self._unix(operation, address)
        elif family in _INTERNET and type(address) is tuple:
            host, port = _text(address[0]) or "0.0.0.0", _port(address[1])
            known = self._of_this_policy()
            if operation == "socket.connect" and port is not None and (host, port) in known.expected:
                known.expected.pop((host, port), None)
                return
            self._ask(operation, known.names.get(host, host), port)
        else:
            self._ask(operation, f"family {family}: {address!r:.200}", None)

    def _unix(self, operation: str, address: Any) -> None:
        name = address if type(address) is str else fsdecode(bytes(address))
        if name.startswith("\0"):
            self._ask(operation, f"unix:@{name[1:]}", None)
            return
        real = touched_path(name)
        rules = self._gate.rules
        if real is not None and rules.writes_free and rules.files.in_workspace(real):
            return
        self._ask(operation, f"unix:{real}", None)

    def _ask(self, operation: str, host: str, port: int | None) -> None:
        what = f"{operation} to {host}" + ("" if port is None else f", port {port}")
        self._gate.judge("network", (host, port), what, lambda: {"operation": operation, "host": host[:1000], "port": port})


def _note(known: dict[Any, Any], key: Any, value: Any) -> None:
    known.pop(key, None)
    known[key] = value
    if len(known) > _MAX_KNOWN:
        known.pop(next(iter(known)), None)


def _text(host: Any) -> str | None:
    if isinstance(host, (bytes, bytearray)):
        return bytes(host).decode("ascii", "backslashreplace")
    return str(host) if isinstance(host, str) else None


def _port(port: Any) -> int | None:
    if isinstance(port, bytes):
        port = port.decode("ascii", "backslashreplace")
    if isinstance(port, str):
        if port.isdecimal():
            return int(port)
        try:
            return _socket.getservbyname(port)
        except (OSError, ValueError):
            return None
    return port if type(port) is int and 0 <= port <= 65535 else None


def _is_address(name: str) -> bool:
    """Also in the old ways of writing one (0x7f000001, 127.1), which need no name server either."""
    if ":" in name:
        return True
    return all(part and (part.isdecimal() or part.lower().startswith("0x")) for part in name.split("."))


def _is_public(address: str) -> bool:
    """Not of this machine, its network or a special range (RFC 6890)."""
    if ":" in address:
        # Global unicast, but for what stands for an IPv4 address.
        return address[0] in "23" and not address.startswith(("2001:0:", "2001::", "2002:"))
    parts = [int(part) for part in address.split(".") if part.isdecimal()]
    if len(parts) != 4:
        return False
    first, second = parts[0], parts[1]
    special = first in (0, 10, 127) or first >= 224 or (first, second) in ((169, 254), (192, 168), (198, 18), (198, 19))
    return not special and not (first == 100 and 64 <= second < 128) and not (first == 172 and 16 <= second < 32) and parts[:3] != [192, 0, 0]
