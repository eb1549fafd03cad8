"""What a new pipeline takes over from a base pipeline, and what it keeps."""

from __future__ import annotations

import pytest

from kernel import blank
from kernel.errors import ConfigError, KernelError
from kernel.testing.runs.callbacks import check_callback
from pkg_callbacks.copying import copy_from_base_model


@pytest.fixture
def base(tmp_path):
    nlp = blank("xx")
    nlp.tokenizer.add_special_case("asap", [{"ORTH": "as"}, {"ORTH": "ap"}])
    nlp.vocab.strings.add("aardvark")
    nlp.to_disk(tmp_path / "base")
    return str(tmp_path / "base")


def words(nlp, text):
    return [token.text for token in nlp(text)]


def test_the_tokenizer_splits_as_the_base_does(base):
    nlp = blank("xx")

    check_callback(copy_from_base_model(tokenizer=base), "before_init", nlp)

    assert words(nlp, "come asap") == ["come", "as", "ap"]
    assert "aardvark" not in nlp.vocab.strings


def test_the_vocabulary_comes_without_the_tokenizer(base):
    nlp = blank("xx")

    copy_from_base_model(vocab=base)(nlp)

    assert "aardvark" in nlp.vocab.strings
    assert words(nlp, "come asap") == ["come", "asap"]


def test_both_come_from_one_base(base):
    nlp = blank("xx")

    copy_from_base_model(tokenizer=base, vocab=base)(nlp)

    assert "aardvark" in nlp.vocab.strings
    assert words(nlp, "come asap") == ["come", "as", "ap"]


def test_nothing_is_copied_unless_asked():
    nlp = blank("xx")

    copy_from_base_model()(nlp)

    assert words(nlp, "come asap") == ["come", "asap"]


def test_a_tokenizer_of_another_kind_is_a_mistake(base):
    nlp = blank("xx")
    nlp.config["nlp"]["tokenizer"] = {"@tokenizers": "acme.Tokenizer.v1"}

    with pytest.raises(
        ConfigError, match=r"^\[nlp.tokenizer\]: expected the tokenizer of the base pipeline, "
    ):
        copy_from_base_model(tokenizer=base)(nlp)


def test_a_base_that_is_not_there_is_named(tmp_path):
    with pytest.raises(KernelError, match="missing"):
        copy_from_base_model(vocab=str(tmp_path / "missing"))(blank("xx"))
