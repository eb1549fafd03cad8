"""Write JSON that is readable and can hold any file name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


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
