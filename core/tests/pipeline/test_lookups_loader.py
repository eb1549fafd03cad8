"""Tables of a language: loading them from plugins, and what they say of words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel.errors import ConfigError, DataError, KernelError, UnknownName
from kernel.lookups import load_lookups
from kernel.pipeline.language import Language
from kernel.registry import registry

registry.lookups("toy.lexeme_norm", func=lambda: {"cuz": "because", "the": "THE"})
registry.lookups("toy.lexeme_prob", func=lambda: {"cuz": -9.5})
registry.lookups("toy.lexeme_settings", func=lambda: {"oov_prob": -21.0})
registry.lookups("toy.no_table", func=lambda: ["cuz"])

BLOCK = {
    "@misc": "kernel.LookupsDataLoader.v1",
    "lang": "toy",
    "tables": ["lexeme_norm", "lexeme_prob", "lexeme_settings"],
}


def test_tables_come_from_whoever_gives_them() -> None:
    lookups = load_lookups("toy", ["lexeme_prob", "lexeme_norm"])

    assert lookups.tables == ["lexeme_prob", "lexeme_norm"]
    assert lookups.get_table("lexeme_norm")["cuz"] == "because"


def test_a_table_that_nobody_gives_is_a_mistake_unless_it_need_not_be_there() -> None:
    with pytest.raises(UnknownName, match=r"'toy\.lexeme_nrom'; did you mean 'toy\.lexeme_norm'"):
        load_lookups("toy", ["lexeme_nrom"])

    lookups = load_lookups("toy", ["lexeme_nrom", "lexeme_norm"], strict=False)

    assert [len(lookups.get_table(name)) for name in lookups.tables] == [0, 2]
    assert load_lookups("nobodys", ["lexeme_norm"], strict=False).tables == []
    assert load_lookups("nobodys", []).tables == []


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(DataError, match=r"'toy\.no_table' must return a table, got list"):
        load_lookups("toy", ["no_table"])
    with pytest.raises(DataError, match=r"expected a list of names, got 'lexeme_norm'"):
        load_lookups("toy", "lexeme_norm")


def test_a_table_of_a_known_distribution_is_named_with_it() -> None:
    with pytest.raises(KernelError, match=r"pip install pkg-lookups|pkg-lookups 0"):
        load_lookups("en", ["lexeme_norms"])


def test_the_config_puts_tables_into_the_vocabulary_and_saving_keeps_them(
    nlp: Language, make_examples: Any, tmp_path: Path
) -> None:
    nlp.config["initialize"]["lookups"] = BLOCK
    known = nlp.vocab["cuz"]
    assert known.norm_ == "cuz"

    nlp.initialize(lambda: make_examples(nlp))
    nlp.to_disk(tmp_path)

    for again in (nlp, kernel.load(tmp_path), Language().from_bytes(nlp.to_bytes())):
        assert (again.vocab["cuz"].norm_, again.vocab["cuz"].prob) == ("because", -9.5)
        assert again.vocab["other"].prob == -21.0
        assert [token.norm_ for token in again("The cuz the")] == ["the", "because", "THE"]
    assert known.norm_ == "because"


def test_a_block_that_makes_no_tables_is_refused(nlp: Language, make_examples: Any) -> None:
    registry.misc("test.no_lookups.v1", func=lambda: {"cuz": "because"})
    nlp.config["initialize"]["lookups"] = {"@misc": "test.no_lookups.v1"}

    with pytest.raises(ConfigError, match=r"\[initialize\] lookups: expected Lookups, got"):
        nlp.initialize(lambda: make_examples(nlp))


def test_a_config_that_names_a_missing_table_says_where(nlp: Language, make_examples: Any) -> None:
    nlp.config["initialize"]["lookups"] = {**BLOCK, "tables": ["lexeme_nrom"]}

    with pytest.raises(KernelError, match=r"initialize\.lookups.*'toy\.lexeme_nrom'; did you mean"):
        nlp.initialize(lambda: make_examples(nlp))
