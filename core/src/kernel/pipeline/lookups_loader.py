"""Load the lookup tables of a language from plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernel.errors import DataError
from kernel.registry import registry
from kernel.text.vocab.lookups import Lookups


def load_lookups(lang: str, tables: Sequence[str], strict: bool = True) -> Lookups:
    """Load lookup tables of a language from installed plugins.

    Args:
        lang: The language's code.
        tables: Names of the tables, such as `lexeme_norm`.
        strict: Whether a missing table is an error. Otherwise it is empty, and for a language without any registered
            tables none are added.

    Returns:
        The tables, by these names.

    Raises:
        UnknownName: A table is not registered; the message says what to install, if known.
        DataError: A plugin's function does not return a table.
    """
    if isinstance(tables, str):
        raise DataError(f"lookups: tables: expected a list of names, got {tables!r}; write [{tables!r}]")
    lookups = Lookups()
    if not strict and not any(name.startswith(f"{lang}.") for name in registry.lookups):
        return lookups
    for table in tables:
        name = f"{lang}.{table}"
        is_registered = strict or registry.has("lookups", name)
        entries = registry.get("lookups", name)() if is_registered else {}
        if not isinstance(entries, Mapping):
            raise DataError(f"lookups: {name!r} must return a table, got {type(entries).__name__}")
        lookups.add_table(table, entries)
    return lookups


def lookups_data_loader(lang: str, tables: list[str]) -> Lookups:
    """Load the lookup tables of a vocabulary, for `[initialize.lookups]`.

    `lexeme_norm` holds the norms of words; `lexeme_prob`, `lexeme_cluster`, `lexeme_sentiment` and `lexeme_settings`
    hold the values of `Lexeme.prob` and similar attributes. The tables are saved with the pipeline, which then no
    longer needs the plugin.

    Args:
        lang: The language's code.
        tables: Names of the tables.
    """
    return load_lookups(lang, tables)
