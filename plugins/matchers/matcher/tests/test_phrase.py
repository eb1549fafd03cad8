"""Phrases: every one that is there is found, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.matcher import PhraseMatcher
from kernel.tokens import Doc
from kernel.vocab import Vocab

VOCAB = Vocab()
words = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)


def make_doc(words: list[str]) -> Doc:
    """A document of words."""
    return Doc(VOCAB, words=words)


@settings(deadline=None)
@given(text=st.lists(st.sampled_from("abc"), max_size=10), phrases=st.lists(words, max_size=6))
def test_phrases_are_found_wherever_they_stand(text: list[str], phrases: list[list[str]]) -> None:
    matcher = PhraseMatcher(VOCAB)
    matcher.add("K", [make_doc(phrase) for phrase in phrases])
    expected = {
        (start, start + len(phrase))
        for phrase in phrases
        for start in range(len(text))
        if text[start : start + len(phrase)] == phrase
    }

    assert {(start, end) for _, start, end in matcher(make_doc(text))} == expected


def test_phrases_are_compared_by_the_attribute() -> None:
    matcher = PhraseMatcher(VOCAB, attr="LOWER")
    shapes = PhraseMatcher(VOCAB, attr="SHAPE")
    matcher.add("CITY", [make_doc(["new", "York"])])
    shapes.add("IP", [make_doc(["1.2", "x"])])

    (span,) = matcher(make_doc(["In", "NEW", "YORK"]), as_spans=True)
    assert (span.text, span.label_) == ("NEW YORK", "CITY")
    assert [match[1:] for match in shapes(make_doc(["3.4", "y", "5"]))] == [(0, 2)]


def test_one_phrase_may_have_several_keys_and_keys_can_go() -> None:
    matcher = PhraseMatcher(VOCAB)
    called: list[int] = []
    matcher.add("A", [make_doc(["x"])], on_match=lambda matcher, doc, i, matches: called.append(i))
    matcher.add("B", [make_doc(["x"])])
    doc = make_doc(["y", "x"])

    assert [(VOCAB.strings[key], start, end) for key, start, end in matcher(doc)] == [
        ("A", 1, 2),
        ("B", 1, 2),
    ]
    assert called == [0]
    matcher.remove("A")
    assert [match[0] for match in matcher(doc)] == [VOCAB.strings["B"]]
    assert (len(matcher), "A" in matcher, "B" in matcher) == (1, False, True)


def test_matches_in_a_span_are_counted_from_the_start_of_the_document() -> None:
    matcher = PhraseMatcher(VOCAB)
    matcher.add("A", [make_doc(["x"])])

    assert [match[1:] for match in matcher(make_doc(["x", "y", "x"])[1:3])] == [(2, 3)]


def test_what_is_no_phrase_is_refused() -> None:
    matcher = PhraseMatcher(VOCAB, attr="TAG")

    with pytest.raises(
        DataError, match=r"PhraseMatcher 'K', phrase 0: expected a Doc, got 'x'; write nlp.make_doc"
    ):
        matcher.add("K", ["x"])  # type: ignore[list-item]
    with pytest.raises(DataError, match="a pattern uses TAG"):
        matcher.add("K", [make_doc(["x"])])
    with pytest.raises(DataError, match="expected the phrases as one list"):
        matcher.add("K", [], make_doc(["x"]))
    with pytest.raises(DataError, match="attribute: unknown name, got 'LOWR'"):
        PhraseMatcher(VOCAB, attr="LOWR")
