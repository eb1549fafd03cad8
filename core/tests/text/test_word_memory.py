"""What a vocabulary forgets, and what it keeps."""

from __future__ import annotations

import gc
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.strings import StringStore
from kernel.text.tokenizer.tokenizer import Tokenizer
from kernel.text.vocab.word_memory import WordMemory
from kernel.tokens import Doc
from kernel.vocab import Vocab


def test_words_of_a_zone_are_forgotten_at_its_end() -> None:
    vocab = Vocab()
    Doc(vocab, ["before"])

    with vocab.memory_zone():
        assert vocab.in_memory_zone
        doc = Doc(vocab, ["before", "within"], tags=["T", "Within"])
        assert doc[1].lower_ == "within"
        del doc
        assert "within" in vocab

    assert not vocab.in_memory_zone
    assert "within" not in vocab
    assert "within" not in vocab.strings
    assert "Within" not in vocab.strings
    assert vocab["before"].lower_ == "before"
    assert [word.text for word in vocab] == ["before"]


def test_a_document_that_outlives_its_zone_keeps_its_words_and_strings() -> None:
    vocab = Vocab()

    with vocab.memory_zone():
        doc = Doc(vocab, ["Within"], tags=["TAG"], lemmas=["lemma"])

    Doc(vocab, ["others", "come"])
    assert (doc.text, doc[0].lower_, doc[0].tag_, doc[0].lemma_) == ("Within ", "within", "TAG", "lemma")


def test_what_is_stored_for_good_in_a_zone_stays() -> None:
    vocab = Vocab()

    with vocab.memory_zone():
        vocab.strings.add("for good", allow_transient=False)
        vocab["set"].is_stop = True
        vocab.set_vector("vector", [1.0])
        vocab.strings.add("passing")

    assert "for good" in vocab.strings
    assert vocab["set"].is_stop
    assert vocab.get_vector("vector").tolist() == [1.0]
    assert "passing" not in vocab.strings


def fail_after_adding(vocab: Vocab, word: str) -> None:
    Doc(vocab, [word])
    raise ZeroDivisionError


def test_a_zone_that_fails_forgets_as_well() -> None:
    vocab = Vocab()

    with pytest.raises(ZeroDivisionError), vocab.memory_zone():
        fail_after_adding(vocab, "within")

    assert "within" not in vocab


def test_an_inner_zone_forgets_its_own_words_only() -> None:
    vocab = Vocab()
    tokenizer = Tokenizer(vocab)

    with vocab.memory_zone():
        outer = tokenizer("outer words").text
        with vocab.memory_zone():
            tokenizer("inner words")
        assert "inner" not in vocab
        assert tokenizer("outer words").text == outer
        tokenizer("more")

    assert len(vocab) == 0
    assert tokenizer("outer inner more").text == "outer inner more"


def test_a_view_of_a_forgotten_word_still_shows_it() -> None:
    vocab = Vocab()
    with vocab.memory_zone():
        word = vocab["Within"]
        assert word.lower_ == "within"

    assert (word.text, word.lower_, word.is_title) == ("Within", "within", True)


FEATURES = ["LOWER", "SHAPE", "SUFFIX", "IS_ALPHA"]
TEXTS = st.lists(st.text("aAb. ", max_size=9), max_size=6)


@given(st.lists(st.tuples(st.booleans(), TEXTS), max_size=6))
def test_documents_are_the_same_while_words_come_and_go(blocks: list[tuple[bool, list[str]]]) -> None:
    vocab, plain = Vocab(), Vocab()
    vocab.memory = WordMemory(vocab, kept=3)
    tokenizer, expected = Tokenizer(vocab), Tokenizer(plain)
    kept: list[Doc] = []
    for in_zone, texts in blocks:
        with vocab.memory_zone() if in_zone else nullcontext():
            kept += [tokenizer(text) for text in texts][::2]
    for doc in kept:
        same = expected(doc.text)
        assert doc.words == same.words
        assert doc.to_array(FEATURES).tolist() == same.to_array(FEATURES).tolist()
    assert [doc.text for doc in kept] == [text for _, texts in blocks for text in texts[::2]]


def test_without_zones_unused_words_are_forgotten_once_there_are_many() -> None:
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=50)
    tokenizer = Tokenizer(vocab)
    kept = tokenizer("Kept words")

    for i in range(1000):
        tokenizer(f"word{i} other{i}")
    gc.collect()
    tokenizer("the last")

    assert len(vocab) < 200
    assert len(vocab.strings) < 1000
    assert (kept.text, kept[0].lower_, kept[1].is_alpha) == ("Kept words", "kept", True)


def test_the_words_that_came_first_stay_as_they_come_most() -> None:
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=8)
    for word in ["one", "two", "three", "four", "five", "six"]:
        Doc(vocab, [word])

    vocab.memory.forget_unused()

    # The empty word counts as one.
    assert [word.text for word in vocab] == ["one", "two", "three"]
    assert [vocab[word].lower_ for word in ("one", "six")] == ["one", "six"]


def test_annotation_that_came_in_a_zone_of_strings_is_forgotten_once_there_is_much() -> None:
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=50)
    kept = Doc(vocab, ["word"])

    for i in range(1000):
        with vocab.strings.open_zone():
            Doc(vocab, ["word"], lemmas=[f"lemma{i}"])
        if i == 500:
            kept[0].lemma_ = "lemma500"
        vocab.memory.tidy()

    assert len(vocab.strings) < 300
    assert kept[0].lemma_ == "lemma500"


def test_a_label_that_a_word_has_too_is_not_forgotten_with_the_word() -> None:
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=0)
    Doc(vocab, ["PERSONS"])
    number = vocab.strings.add("PERSONS")

    vocab.memory.forget_unused()

    assert "PERSONS" not in vocab
    assert vocab.strings[number] == "PERSONS"


def test_a_string_store_alone_has_zones_too() -> None:
    strings = StringStore(["before"])

    with strings.memory_zone():
        strings.add("within")

    assert list(strings) == ["before"]
