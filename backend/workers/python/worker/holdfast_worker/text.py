"""Bounds for text that leaves the process."""

from __future__ import annotations


def shorten(text: str, most: int) -> str:
    """At most `most` characters, the last of which says that there were more."""
    return text if len(text) <= most else text[: most - 1] + "…"


def shorten_middle(text: str, most: int) -> str:
    """Keeps the beginning and, for a traceback the more telling part, the end."""
    if len(text) <= most:
        return text
    notice = f"\n… {len(text) - most} characters left out …\n"
    head = most // 4
    return text[:head] + notice + text[len(text) - (most - head - len(notice)) :]


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units: how the editor counts columns."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
