"""The check of lookup tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def check_lookup(make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Check that a function returns a table with string keys that a vocabulary can store.

    Args:
        make: The registered function.

    Returns:
        The table, for further assertions.
    """
    from kernel.text.vocab.lookups import Lookups

    table = make()
    assert isinstance(table, Mapping), f"it does not return a mapping: {type(table).__name__}"
    assert table, "the table is empty"
    invalid = [key for key in table if not isinstance(key, str)]
    assert not invalid, f"keys are not strings: {invalid[:8]}"
    lookups = Lookups()
    lookups.add_table("checked", table)
    restored = Lookups().from_bytes(lookups.to_bytes()).get_table("checked")
    same = len(restored) == len(table) and all(restored.get(key) == value for key, value in table.items())
    assert same, "the table differs after saving and loading; use strings, numbers, lists"
    assert dict(make()) == dict(table), "a second call gives another table"
    return table
