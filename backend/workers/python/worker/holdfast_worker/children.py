"""What is below a value, page by page: positions are stable as long as the value is not changed. Calls no user code."""

from __future__ import annotations

import keyword
from collections import deque
from itertools import islice

from . import attributes, library_values
from .library_types import library_type
from .summaries import has_insides, inline, summarize
from .types_safely import MISSING, class_of, entries, is_a

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Union

    Page = Callable[[int, int], list["Child"]]

# In characters of UTF-8 at most four bytes: a frame's header holds a megabyte.
_MAX_CHARACTERS = 200_000
_KEY = 80
_LITERAL = 1000
_READ = 5
_list: Any = list
_dict: Any = dict
_tuple: Any = tuple
_set: Any = set
_frozenset: Any = frozenset
_deque: Any = deque
_scalar_types = (str, int, float, bool, type(None), bytes)


class Child:
    """`value` is `MISSING` when only code of the person's could tell it."""

    __slots__ = ("name", "role", "accessor", "value")

    def __init__(self, name: str, role: str, accessor: str | None, value: Any) -> None:
        self.name = name
        self.role = role
        self.accessor = accessor
        self.value = value

    def told(self) -> dict[str, Any]:
        """The Child of the protocol."""
        variable = summarize(self.name, None if self.value is MISSING else self.value)
        if self.value is MISSING:
            variable.update(type="property", preview="")
        return {"variable": variable, "role": self.role, "accessor": self.accessor}


class Children:
    """Parts one after the other: the items of a list, then the attributes that its class adds."""

    def __init__(self, value: Any) -> None:
        self._parts = _parts(value)
        self.total = sum(count for count, _ in self._parts)

    def page(self, start: int, count: int) -> list[Child]:
        """May be shorter than asked for: the value may have changed since it was counted."""
        found: list[Child] = []
        for length, page in self._parts:
            if start < length and count > 0:
                part = page(start, min(length, start + count))
                found += part
                count -= len(part)
            start = max(0, start - length)
        return found


def told(children: Iterable[Child]) -> list[dict[str, Any]]:
    """As many as one message can hold."""
    room = _MAX_CHARACTERS
    fitting: list[dict[str, Any]] = []
    for child in children:
        one = child.told()
        variable = one["variable"]
        room -= 150 + len(variable["name"]) + len(variable["preview"]) + len(one["accessor"] or "")
        if room < 0:
            break
        fitting.append(one)
    return fitting


def literal(key: Any) -> str | None:
    """How code writes a key, None when it is no simple one."""
    cls = class_of(key)
    if cls is tuple:
        parts = [literal(part) for part in key[: _READ + 1]]
        if not parts or len(parts) > _READ or None in parts:
            return None
        return "(" + ", ".join(map(str, parts)) + ("," if len(parts) == 1 else "") + ")"
    if not any(cls is kind for kind in _scalar_types) or (cls is float and key - key != 0):
        return None
    if cls is int and key.bit_length() > 1000 or (cls is str or cls is bytes) and len(key) > _LITERAL // 4:
        return None
    text = repr(key)
    return text if len(text) <= _LITERAL else None


def _parts(value: Any) -> list[tuple[int, Page]]:
    if not has_insides(value):
        return []
    kind = library_type(value)
    if kind == "numpy.ndarray":
        return [(library_values.length(value), lambda start, stop: _numbered(library_values.rows(value, start, stop), start))]
    if kind.endswith(".DataFrame"):
        labels = library_values.labels(value)
        return [(len(labels), lambda start, stop: [_column(value, labels[index], index) for index in range(start, stop)])]
    if kind.endswith(".Series"):
        return [(library_values.length(value), lambda start, stop: [_entry(*pair, None) for pair in library_values.elements(value, start, stop)])]
    return [*_contents(value), *_attributes(value)]


def _contents(value: Any) -> list[tuple[int, Page]]:
    """By the builtin base: a subclass's own methods are user code."""
    if is_a(value, list):
        return [(_list.__len__(value), lambda start, stop: _numbered(_list.__getitem__(value, slice(start, stop)), start))]
    if is_a(value, tuple):
        fields = attributes.fields(value)
        return [(_tuple.__len__(value), lambda start, stop: _numbered(_tuple.__getitem__(value, slice(start, stop)), start, fields))]
    if is_a(value, dict):
        return [(_dict.__len__(value), lambda start, stop: [_entry(*pair) for pair in entries(value, start, stop)])]
    for kind in (_set, _frozenset):
        if is_a(value, kind):
            return [(kind.__len__(value), lambda start, stop: [_anonymous(item) for item in _slice(kind, value, start, stop)])]
    if is_a(value, deque):
        return [(_deque.__len__(value), lambda start, stop: _numbered(_slice(_deque, value, start, stop), start))]
    return []


def _attributes(value: Any) -> list[tuple[int, Page]]:
    if any(class_of(value) is kind for kind in (list, tuple, dict, set, frozenset)):
        return []
    stored, getters = attributes.stored(value), attributes.getters(value)
    return [
        (len(stored), lambda start, stop: [_attribute(name, item, "attribute") for name, item in stored[start:stop]]),
        (len(getters), lambda start, stop: [_attribute(name, MISSING, "getter") for name in getters[start:stop]]),
    ]


def _numbered(items: Iterable[Any], start: int, fields: tuple[str, ...] = ()) -> list[Child]:
    return [
        _attribute(fields[index], item, "item") if index < len(fields) else Child(f"[{index}]", "item", f"[{index}]", item)
        for index, item in enumerate(items, start)
    ]


def _entry(key: Any, value: Any, accessor: Union[str, None] = "") -> Child:
    """`accessor`: empty for the key's literal."""
    code = literal(key) if accessor == "" else None
    return Child(inline(key, _KEY, True), "entry", None if code is None else f"[{code}]", value)


def _anonymous(item: Any) -> Child:
    return Child(inline(item, _KEY, False), "item", None, item)


def _attribute(name: str, value: Any, role: str) -> Child:
    is_code = len(name) <= _LITERAL and name.isidentifier() and not keyword.iskeyword(name)
    return Child(name, role, f".{name}" if is_code else None, value)


def _column(table: Any, label: Any, index: int) -> Child:
    code = literal(label)
    name = label if type(label) is str else inline(label, _KEY, True)
    return Child(name, "column", None if code is None else f"[{code}]", library_values.column(table, index))


def _slice(kind: Any, value: Any, start: int, stop: int) -> list[Any]:
    for _ in range(_READ):
        try:
            return list(islice(kind.__iter__(value), start, stop))
        except RuntimeError:
            # It changed size meanwhile.
            continue
    return []
