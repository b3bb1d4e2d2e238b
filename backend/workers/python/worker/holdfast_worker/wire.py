"""Frames over file descriptors: `u32 headerLength | u32 payloadLength | header (JSON, UTF-8) | payload`, little-endian."""

from __future__ import annotations

import _thread
import json
import json.encoder
import os
import struct
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PREFIX = struct.Struct("<II")
MAX_HEADER_BYTES = 1024 * 1024
MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
# Up to this size one write of a joined buffer is cheaper than two writes.
_JOIN_BYTES = 64 * 1024
# In C from end to end. `json.dumps` is Python, in a library: an interrupt of the cell would be raised in there, and the message be lost.
# (An interpreter that is not CPython may have none: there json's own frames it is.)
_make_encoder: Any = getattr(json.encoder, "c_make_encoder", None)
_encode_string: Any = json.encoder.encode_basestring


class ProtocolError(Exception):
    """A frame or a message that breaks the protocol. The worker cannot go on after one from the backend."""


def encode_frame(header: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """The prefix and the header of one frame; the payload follows it on the wire.

    Lone surrogates become `?`: JSON in UTF-8 has no place for them.
    Raises ProtocolError when a part is over its limit or the header holds NaN or Infinity.
    """
    try:
        text = _to_json(header).encode("utf-8", "replace")
    except ValueError as error:
        raise ProtocolError(f"A header cannot be written as JSON: {error}") from error
    _check_size("header", len(text), MAX_HEADER_BYTES)
    _check_size("payload", len(payload), MAX_PAYLOAD_BYTES)
    return PREFIX.pack(len(text), len(payload)) + text


def _to_json(header: Mapping[str, Any]) -> str:
    if _make_encoder is None:
        return json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Markers (they find cycles), what is no JSON, strings, indent, separators, sort keys, skip keys, allow NaN.
    return "".join(_make_encoder({}, _refuse, _encode_string, None, ":", ",", False, False, False)(header, 0))


def _refuse(value: object) -> None:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _check_size(part: str, size: int, limit: int) -> None:
    if size > limit:
        raise ProtocolError(f"A frame's {part} of {size} bytes is over the limit of {limit} bytes.")


def write_all(fd: int, data: bytes) -> None:
    """Writes all bytes; blocks while the reader is behind."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


class FrameReader:
    """Reads frames from a blocking descriptor. Holds at most one incomplete frame."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = bytearray()

    def read(self) -> tuple[object, bytes] | None:
        """The next header and payload, or None at the end of the stream, also when that cuts a frame off."""
        prefix = self._take(PREFIX.size)
        if prefix is None:
            return None
        header_length, payload_length = PREFIX.unpack(prefix)
        _check_size("header", header_length, MAX_HEADER_BYTES)
        _check_size("payload", payload_length, MAX_PAYLOAD_BYTES)
        header = self._take(header_length)
        payload = self._take(payload_length)
        if header is None or payload is None:
            return None
        try:
            return json.loads(header.decode("utf-8")), payload
        except (ValueError, RecursionError) as error:
            raise ProtocolError(f"A frame's header is not JSON in UTF-8: {error}") from error

    def _take(self, size: int) -> bytes | None:
        while len(self._buffer) < size:
            chunk = os.read(self._fd, max(_CHUNK_BYTES, size - len(self._buffer)))
            if not chunk:
                return None
            self._buffer += chunk
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


class Channel:
    """Sends messages to the backend, from any thread."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = _thread.allocate_lock()
        self._last_id = 0
        self._closed = False

    def send(self, kind: str, fields: Mapping[str, Any], payload: bytes = b"") -> None:
        """Raises ProtocolError when the message is over a limit, BrokenPipeError when the backend or this side is gone."""
        if self._closed:
            raise BrokenPipeError("This process is a fork of the session's: it cannot speak to the editor.")
        with self._lock:
            header = {"type": kind, "id": self._last_id + 1, "timestamp": time.time() * 1000, **fields}
            head = encode_frame(header, payload)
            self._last_id += 1
            if len(payload) <= _JOIN_BYTES:
                write_all(self._fd, head + payload)
            else:
                write_all(self._fd, head)
                write_all(self._fd, payload)

    @property
    def lock(self) -> _thread.LockType:
        """Whoever holds it keeps every other thread out of here."""
        return self._lock

    def abandon(self) -> None:
        """Makes this copy of the channel unusable: called in a forked child, whose lock may be held by no one."""
        self._closed = True
