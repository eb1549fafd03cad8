"""Write JSON, and read it from untrusted files: either a value comes back or a `ValueError` is raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

#: Maximum nesting of lists and objects. Real data are never this deep, and the code that handles them recurses.
DEEPEST = 100

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def read_json(data: str | bytes, *, halves: bool = False) -> Any:
    """Read a JSON value.

    Args:
        data: The JSON text.
        halves: Whether strings may contain lone surrogates, as those of a string store may.

    Raises:
        ValueError: The data are not UTF-8 JSON, are nested too deeply, or contain a lone surrogate; a syntax error is a
            `json.JSONDecodeError`, which has the position.
    """
    if not isinstance(data, str | bytes):
        raise ValueError(f"expected JSON, got {type(data).__name__}")
    try:
        value = json.loads(data)
        is_deep = _may_be_deep(data) and not _is_shallow(value)
    except RecursionError:
        is_deep = True
    if is_deep:
        raise ValueError(f"nested more than {DEEPEST} levels deep")
    if halves:
        return value
    if b"\\ud" in data.lower() if isinstance(data, bytes) else "\\ud" in data.lower():
        check_characters(value)
    return value


def check_characters(value: Any) -> None:
    """Check that no string in a value contains a lone surrogate, which cannot be written as UTF-8.

    Raises:
        ValueError: One does.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        surrogate = error.object[error.start : error.end]
        raise ValueError(f"a lone surrogate, {surrogate!r}") from None


def check_depth(value: Any, place: str) -> None:
    """Check that a value is not nested too deeply.

    Args:
        value: The value.
        place: Where it is from, for the message.

    Raises:
        ValueError: It is nested too deeply.
    """
    if isinstance(value, dict | list) and not _is_shallow(value):
        raise ValueError(f"{place}: nested more than {DEEPEST} levels deep")


def _may_be_deep(data: str | bytes) -> bool:
    """Whether the brackets could be nested too deeply; brackets inside strings count too, so this may overestimate."""
    brackets = (data if isinstance(data, bytes) else data.encode("utf-8", "replace")).translate(
        None, _NO_BRACKETS
    )
    if len(brackets) <= 2 * DEEPEST:
        return False
    # Each pass removes the innermost pairs.
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


def json_bytes(
    value: Any, *, indent: int | None = None, default: Callable[[Any], Any] | None = None
) -> bytes:
    """Write a value as JSON in UTF-8, without a line break at the end.

    Python represents file names that are not valid UTF-8 with lone surrogates. If the value contains one, all non-ASCII
    characters are written as escapes, so that a JSON reader gets the same name back.

    Args:
        value: The value.
        indent: Spaces per level of nesting; None writes a single line.
        default: Converts objects that JSON cannot represent, as in `json.dumps`.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=default).encode()
