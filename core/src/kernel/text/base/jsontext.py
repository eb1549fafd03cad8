"""JSON that is written: readable, and able to hold the name of any file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def json_bytes(
    value: Any, *, indent: int | None = None, default: Callable[[Any], Any] | None = None
) -> bytes:
    """Write a value as JSON in UTF-8, without a line break at the end.

    Names of files that are no UTF-8 have halves of characters in Python. With one in it, everything outside ASCII is
    written as escapes, from which whatever reads JSON gets the same name back.

    Args:
        value: The value.
        indent: Spaces before what is within something; None writes one line.
        default: Makes plain data of what is none.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=default).encode()
