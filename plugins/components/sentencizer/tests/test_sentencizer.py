"""Sentences by punctuation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernel
from kernel import Example
from kernel.testing import check_component
from kernel.tokens import Doc
from pkg_sentencizer.marks import sentence_marks

nlp = kernel.blank("xx")
component = nlp.add_pipe("sentencizer")


def starts(words: list[str], **settings) -> list[int]:
    other = kernel.blank("xx", vocab=nlp.vocab)
    doc = other.add_pipe("sentencizer", config=settings)(Doc(nlp.vocab, words=words))
    return [token.i for token in doc if token.is_sent_start]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["Hello", "world", ".", "How", "are", "you", "?", "!", "Fine", "..."], [0, 3, 8]),
        (['"', "Quote", ".", '"', "he", "said", ".", "(", "A.", ")", "b"], [0, 4, 8]),
        (["a"], [0]),
        (["..."], [0]),
        (["Hi", ".", "\n\n", "There"], [0, 2]),
        ([".", "a", "!", '"', "b"], [0, 1, 4]),
        (["これ", "。", "それ", "？"], [0, 2]),
    ],
)
def test_a_word_after_a_mark_begins_a_sentence(words, expected):
    assert starts(words) == expected


def test_an_empty_document_stays_empty():
    assert len(component(Doc(nlp.vocab))) == 0


def test_other_marks_can_be_given():
    assert starts(["a", ".", "b", "|", "c"], punct_chars=["|"]) == [0, 4]


def test_starts_that_are_set_stay_unless_overwritten():
    doc = Doc(nlp.vocab, words=["a", ".", "b", "c"])
    doc.set_column("SENT_START", [1, 0, -1, 1])
    assert [token.is_sent_start for token in component(doc.copy())] == [True, False, False, True]

    other = kernel.blank("xx", vocab=nlp.vocab)
    replaced = other.add_pipe("sentencizer", config={"overwrite": True})(doc.copy())
    assert [token.is_sent_start for token in replaced] == [True, False, True, False]


def test_the_sentences_of_a_tree_stay():
    doc = Doc(nlp.vocab, words=["a", ".", "b"])
    Example.from_dict(doc, {})
    doc.set_column("HEAD", [0, -1, -2])

    assert len(list(component(doc).sents)) == 1


def test_it_is_scored_by_sentences():
    gold = Doc(nlp.vocab, words=["a", ".", "b", "."])
    gold.set_column("SENT_START", [1, -1, 1, -1])
    example = Example(Doc(nlp.vocab, words=["a", ".", "b", "."]), gold)

    scores = nlp.evaluate([example])
    assert scores["sents_f"] == scores["sents_p"] == scores["sents_r"] == 1.0


def one_by_one(words: list[str]) -> list[int]:
    """What a loop over the tokens finds."""
    marks, found, seen = set(sentence_marks()), [0] if words else [], False
    for i, token in enumerate(Doc(nlp.vocab, words=words)):
        is_word = not token.is_punct and token.text not in marks
        if seen and is_word:
            found.append(i)
        seen = token.text in marks or (seen and not is_word)
    return sorted(set(found))


@given(st.lists(st.sampled_from(["a", "B", ".", "!", "?", '"', ",", "\n", "...", "。", "("]), max_size=25))
def test_arrays_find_what_a_loop_finds(words):
    assert starts(words) == one_by_one(words)


def test_it_does_what_every_component_must():
    def examples(nlp):
        gold = [
            ({"sent_starts": [1, -1, 1, -1]}, ["a", ".", "b", "."]),
            ({"sent_starts": [1, -1]}, ["c", "d"]),
        ]
        return [Example.from_dict(Doc(nlp.vocab, words=words), given) for given, words in gold]

    check_component("sentencizer", examples)


def test_it_survives_saving(tmp_path):
    other = kernel.blank("xx")
    other.add_pipe("sentencizer", config={"punct_chars": ["|"]})
    other.to_disk(tmp_path / "model")

    assert len(list(kernel.load(tmp_path / "model")("a | b. c").sents)) == 2
