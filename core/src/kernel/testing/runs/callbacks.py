"""The check of callbacks."""

from __future__ import annotations

from typing import Any

from kernel.contracts import Callback

#: Callback points whose callback must return the object to use from then on.
RETURNING = ("before_creation", "after_creation", "after_pipeline_creation", "before_to_disk")
STATIONS = (*RETURNING, "before_init", "after_init", "before_update")


def check_callback(callback: Callback, station: str, value: Any) -> Any:
    """Check that a callback accepts and returns what its callback point requires.

    Args:
        callback: The factory's product.
        station: The callback point, such as `before_init`.
        value: A subclass of Language for `before_creation`, otherwise an nlp object.

    Returns:
        The class or object to use from then on, for further assertions.
    """
    assert station in STATIONS, f"unknown callback point {station!r}; there are {', '.join(STATIONS)}"
    extra = ({"step": 0, "epoch": 0},) if station == "before_update" else ()
    result = callback(value, *extra)
    if station not in RETURNING:
        return value
    if station == "before_creation":
        assert isinstance(result, type), f"it must return a subclass of {value.__name__}, got {result!r}"
        assert issubclass(result, value), f"it must return a subclass of {value.__name__}, got {result!r}"
    else:
        assert isinstance(result, type(value)), f"it must return the nlp object, got {result!r}"
    return result
