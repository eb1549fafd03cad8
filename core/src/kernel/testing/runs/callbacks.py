"""What every callback must do."""

from __future__ import annotations

from typing import Any

from kernel.contracts import Callback

#: Stations whose callback must return the object that goes on.
RETURNING = ("before_creation", "after_creation", "after_pipeline_creation", "before_to_disk")
STATIONS = (*RETURNING, "before_init", "after_init", "before_update")


def check_callback(callback: Callback, station: str, value: Any) -> Any:
    """Check that a callback takes what its station gives and returns what the station needs.

    Args:
        callback: What the factory made.
        station: `before_creation` gets a subclass of Language, all others an nlp object.
        value: That class or object.

    Returns:
        What goes on after the station, for the test to look at.
    """
    assert station in STATIONS, f"there is no station {station!r}; there are {', '.join(STATIONS)}"
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
