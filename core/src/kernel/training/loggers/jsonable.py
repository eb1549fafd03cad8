"""What JSON does not know, as what it does."""

from __future__ import annotations

from typing import Any


def plain(value: Any) -> Any:
    """Turn what JSON does not know, such as a number of NumPy's, into what it does."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, (set, frozenset)) else str(value)
