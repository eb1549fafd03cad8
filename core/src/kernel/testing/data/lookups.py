"""What every table of a language must do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def check_lookup(make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Check that a function gives a table of strings that can be kept in a vocabulary.

    Args:
        make: The function that the name stands for.

    Returns:
        The table, for the test to look at.
    """
    from kernel.text.vocab.lookups import Lookups

    table = make()
    assert isinstance(table, Mapping), f"it gives no mapping: {type(table).__name__}"
    assert table, "the table is empty"
    strange = [key for key in table if not isinstance(key, str)]
    assert not strange, f"keys are no strings: {strange[:8]}"
    lookups = Lookups()
    lookups.add_table("checked", table)
    restored = Lookups().from_bytes(lookups.to_bytes()).get_table("checked")
    same = len(restored) == len(table) and all(restored.get(key) == value for key, value in table.items())
    assert same, "saved and loaded, the table differs; use strings, numbers, lists"
    assert dict(make()) == dict(table), "made twice, the tables differ"
    return table
