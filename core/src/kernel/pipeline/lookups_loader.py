"""Tables of a language, from the plugins that give them into a vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernel.errors import DataError
from kernel.registry import registry
from kernel.text.vocab.lookups import Lookups


def load_lookups(lang: str, tables: Sequence[str], strict: bool = True) -> Lookups:
    """Load tables of a language from the plugins that are installed.

    Args:
        lang: The language's code.
        tables: What the tables are called, such as `lexeme_norm`.
        strict: Whether a table that nobody gives is a mistake. Where not, it is empty; of a language that nobody
            gives anything of, no table is there.

    Returns:
        The tables, by these names.

    Raises:
        UnknownName: Nobody gives one; the message has what to install, where that is known.
        DataError: What a plugin gives is no table.
    """
    if isinstance(tables, str):
        raise DataError(f"lookups: tables: expected a list of names, got {tables!r}; write [{tables!r}]")
    lookups = Lookups()
    if not strict and not any(name.startswith(f"{lang}.") for name in registry.lookups):
        return lookups
    for table in tables:
        name = f"{lang}.{table}"
        is_given = strict or registry.has("lookups", name)
        entries = registry.get("lookups", name)() if is_given else {}
        if not isinstance(entries, Mapping):
            raise DataError(f"lookups: {name!r} must give a table, got {type(entries).__name__}")
        lookups.add_table(table, entries)
    return lookups


def lookups_data_loader(lang: str, tables: list[str]) -> Lookups:
    """Make the tables of a vocabulary, for `[initialize.lookups]`.

    `lexeme_norm` says the norms of words; `lexeme_prob`, `lexeme_cluster`, `lexeme_sentiment` and `lexeme_settings`
    what `Lexeme.prob` and its like show. They are saved with the pipeline, which then needs no plugin to give them.

    Args:
        lang: The language's code.
        tables: What the tables are called.
    """
    return load_lookups(lang, tables)
