"""The tables of the real spacy-lookups-data. Expected values are those that spaCy 3.8.18 gives with them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution

import pytest
from heavy import framework

import kernel
from kernel.lookups import load_lookups
from kernel.registry import registry
from kernel.vocab import Vocab
from pkg_lookups.plugin import register_lookups

data = framework("spacy_lookups_data")
pytestmark = pytest.mark.heavy

LEXEME = ["lexeme_norm", "lexeme_prob", "lexeme_cluster", "lexeme_settings"]


def test_every_table_of_the_package_has_a_name_and_no_other() -> None:
    given = {
        f"{point.name}.{table}"
        for point in distribution("spacy-lookups-data").entry_points
        for table in point.load()
    }

    assert set(register_lookups()) == given
    assert set(registry.lookups) >= given


@cache
def vocab(lang: str) -> Vocab:
    """A vocabulary with everything that is known about the words of a language."""
    made = kernel.blank(lang).vocab
    made.lookups = load_lookups(lang, [name for name in LEXEME if f"{lang}.{name}" in register_lookups()])
    return made


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("en", "colour", ("color", -11.063401, 0)),
        ("en", "The", ("the", -5.958707, 30)),
        ("en", "Apple", ("apple", -10.153642, 294)),
        ("en", "€", ("$", -13.890233, 0)),
        ("en", "qwxyzzy", ("qwxyzzy", -20.502029, 0)),
        ("de", "daß", ("dass", -7.315292, 318)),
        ("de", "Haus", ("haus", -8.623051, 4021)),
        ("es", "casa", ("casa", -7.93345, 3771)),
        ("da", "skidt", ("skidt", -20.0, 0)),
    ],
)
def test_words_show_what_the_tables_say(lang: str, word: str, expected: tuple[str, float, int]) -> None:
    lexeme = vocab(lang)[word]

    assert (lexeme.norm_, round(lexeme.prob, 6), lexeme.cluster) == expected


def test_a_config_trains_with_tables_and_saves_them(tmp_path) -> None:
    block = {"@misc": "kernel.LookupsDataLoader.v1", "lang": "en", "tables": ["lexeme_norm"]}
    nlp = kernel.blank("en", config={"initialize": {"lookups": block}})

    nlp.initialize()
    nlp.to_disk(tmp_path)

    # A word that an exception of the tokenizer made known before; in spaCy it would keep its norm.
    assert nlp.vocab["cuz"].norm_ == kernel.load(tmp_path).vocab["cuz"].norm_ == "because"
