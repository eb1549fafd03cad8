"""Validation of a document's categories: labels mapped to finite numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from kernel.errors import DataError


def checked_cats(cats: Any) -> dict[str, Any]:
    """Check that categories map labels to finite numbers, and return a copy.

    Raises:
        DataError: A label is not a string, or a value is not a finite number.
    """
    if not isinstance(cats, Mapping):
        raise DataError(f"cats: expected a dictionary, got {cats!r:.60}; write {{'label': 1.0}}")
    for label, value in cats.items():
        if not isinstance(label, str):
            raise DataError(f"cats: expected a string as label, got {label!r:.40}; write it in quotes")
        if not isinstance(value, int | float | np.integer | np.floating | np.bool_) or not _is_finite(value):
            raise DataError(
                f"cats: expected a finite number for {label!r:.40}, got {value!r:.40}; write 1.0 or 0.0"
            )
    return dict(cats)


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
