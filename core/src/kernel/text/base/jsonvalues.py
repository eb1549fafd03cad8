"""JSON values out of files that anybody may have written: whatever is in them, a value or one kind of error."""

from __future__ import annotations

import json
from typing import Any

#: How deep lists and objects may stand in each other. Plain data are not that deep, and what handles them recurses.
DEEPEST = 100

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def read_json(data: str | bytes, *, halves: bool = False) -> Any:
    """Read a JSON value.

    Args:
        data: The JSON.
        halves: Whether texts may have half of a character, as strings of a store may.

    Raises:
        ValueError: The data are not JSON in UTF-8, are nested too deep, or hold half of a character. A
            `json.JSONDecodeError` says where.
    """
    if not isinstance(data, str | bytes):
        raise ValueError(f"expected JSON, got {type(data).__name__}")
    try:
        value = json.loads(data)
        is_deep = _may_be_deep(data) and not _is_shallow(value)
    except RecursionError:
        is_deep = True
    if is_deep:
        raise ValueError(f"more than {DEEPEST} lists and objects stand in each other")
    if halves:
        return value
    if b"\\ud" in data.lower() if isinstance(data, bytes) else "\\ud" in data.lower():
        check_characters(value)
    return value


def check_characters(value: Any) -> None:
    """See that no text in a value has half of a character, which no file can hold.

    Raises:
        ValueError: One has.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        half = error.object[error.start : error.end]
        raise ValueError(f"half of a character, {half!r}") from None


def check_depth(value: Any, place: str) -> None:
    """See that a value is not nested too deep.

    Raises:
        ValueError: It is; names the place.
    """
    if isinstance(value, dict | list) and not _is_shallow(value):
        raise ValueError(f"{place}: more than {DEEPEST} lists and objects stand in each other")


def _may_be_deep(data: str | bytes) -> bool:
    """Whether there are so many brackets in each other; those in texts count, too, so that it need not be so."""
    brackets = (data if isinstance(data, bytes) else data.encode("utf-8", "replace")).translate(
        None, _NO_BRACKETS
    )
    if len(brackets) <= 2 * DEEPEST:
        return False
    # Each pass takes away those that have nothing in them.
    for _ in range(DEEPEST):
        n_before = len(brackets)
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(brackets) in (0, n_before):
            break
    return bool(brackets)


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            part
            for node in level
            for part in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
            if isinstance(part, dict | list)
        ]
        if not level:
            return True
    return False
