"""Convert values for JSON."""

from __future__ import annotations

from typing import Any


def plain(value: Any) -> Any:
    """Convert a value that JSON does not support, such as a NumPy number, to one that it does."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, (set, frozenset)) else str(value)
