"""Token patterns: what they match, beside a matcher that tries everything; and what is said of wrong ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.matcher import Matcher, PhraseMatcher
from kernel.tokens import Doc, Span, Token
from kernel.vocab import Vocab

VOCAB = Vocab()
COUNTS: dict[str, tuple[int, int]] = {
    "1": (1, 1),
    "!": (1, 1),
    "?": (0, 1),
    "+": (1, 99),
    "*": (0, 99),
    "{2}": (2, 2),
    "{1,2}": (1, 2),
    "{2,}": (2, 99),
    "{,2}": (0, 2),
}


def make_doc(words: str, **annotation: Any) -> Doc:
    """A document of words between spaces."""
    return Doc(VOCAB, words=words.split(), **annotation)


def found(pattern: list[dict[str, Any]], doc: Doc | Span, **options: Any) -> list[tuple[int, int]]:
    """Starts and ends of the matches of one pattern."""
    matcher = Matcher(VOCAB)
    matcher.add("K", [pattern], **options)
    return [(start, end) for _, start, end in matcher(doc)]


def ends_of(pattern: list[tuple[str, str]], words: list[str], start: int) -> set[int]:
    """Every end of a match from one start, by trying all counts of the first token."""
    if not pattern:
        return {start}
    (word, operator), rest = pattern[0], pattern[1:]
    least, most = COUNTS[operator]
    ends = set()
    for n in range(most + 1):
        taken = words[start : start + n]
        if len(taken) < n or any((each == word) is (operator == "!") for each in taken):
            break
        if n >= least:
            ends |= ends_of(rest, words, start + n)
    return ends


tokens = st.tuples(st.sampled_from("ab"), st.sampled_from(list(COUNTS)))


@settings(deadline=None)
@given(words=st.lists(st.sampled_from("abc"), max_size=7), pattern=st.lists(tokens, min_size=1, max_size=4))
def test_matches_are_those_that_trying_everything_finds(
    words: list[str], pattern: list[tuple[str, str]]
) -> None:
    expected = {
        (start, end) for start in range(len(words)) for end in ends_of(pattern, words, start) if end > start
    }
    matches = found([{"ORTH": word, "OP": operator} for word, operator in pattern], make_doc(" ".join(words)))

    assert sorted(matches) == sorted(expected)


@settings(deadline=None)
@given(words=st.lists(st.sampled_from("abc"), max_size=7), pattern=st.lists(tokens, min_size=1, max_size=4))
def test_an_alignment_names_a_token_of_the_pattern_that_takes_each_token(
    words: list[str], pattern: list[tuple[str, str]]
) -> None:
    matcher = Matcher(VOCAB)
    matcher.add("K", [[{"ORTH": word, "OP": operator} for word, operator in pattern]])

    for _, start, end, alignment in matcher(make_doc(" ".join(words)), with_alignments=True):
        assert len(alignment) == end - start
        assert alignment == sorted(alignment)
        for word, place in zip(words[start:end], alignment, strict=True):
            assert (word == pattern[place][0]) is (pattern[place][1] != "!")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({"LOWER": "new"}, [0, 2]),
        ({"TEXT": "New"}, [0]),
        ({"ORTH": {"REGEX": "^[A-Z]"}}, [0, 1, 4]),
        ({"LOWER": {"IN": ["new", "old"]}}, [0, 2, 3]),
        ({"LOWER": {"NOT_IN": ["new", "old"]}}, [1, 4]),
        ({"LOWER": {"REGEX": {"IN": ["^n", "k$"]}}}, [0, 1, 2]),
        ({"LOWER": {"FUZZY1": "yorc"}}, [1]),
        ({"LOWER": {"FUZZY": "newer"}}, [0, 2]),
        ({"LOWER": {"FUZZY1": {"NOT_IN": ["york", "mew"]}}}, [3, 4]),
        ({"LENGTH": {">=": 4, "<": 9}}, [1, 4]),
        ({"LENGTH": 4}, [1]),
        ({"IS_TITLE": True}, [0, 1]),
        ({"IS_UPPER": True, "LENGTH": {"!=": 4}}, [4]),
        ({"TAG": "N"}, [1, 4]),
        ({"POS": {"IN": ["ADJ"]}}, [0, 2, 3]),
        ({"MORPH": {"IS_SUPERSET": ["Number=Sing"]}}, [1, 4]),
        ({"MORPH": {"IS_SUBSET": ["Number=Sing", "Case=Nom"]}}, [0, 1, 2, 3, 4]),
        ({"MORPH": {"INTERSECTS": ["Case=Nom", "Case=Gen"]}}, [1]),
        ({"MORPH": "Number=Sing|Case=Nom"}, [1]),
        ({"ENT_TYPE": "GPE"}, [0, 1]),
        ({"ENT_IOB": "B"}, [0]),
        ({"SENT_START": True}, [0, 3]),
        ({"SPACY": False}, [4]),
        ({"_": {"short": True}}, [0, 2, 3]),
        ({"_": {"short": {"IN": [False]}}}, [1, 4]),
        ({"_": {"letters": {"IS_SUPERSET": ["k"]}}}, [1]),
        ({"_": {"size": {">": 3}}}, [1, 4]),
        ({"_": {"unset": {">": 3}}}, []),
        ({"_": {"unset": None}}, [0, 1, 2, 3, 4]),
        ({}, [0, 1, 2, 3, 4]),
    ],
)
def test_a_token_is_matched_by_its_attributes(token: dict[str, Any], expected: list[int]) -> None:
    Token.set_extension("short", getter=lambda token: len(token) < 4, force=True)
    Token.set_extension("letters", getter=lambda token: list(token.text.lower()), force=True)
    Token.set_extension("size", getter=len, force=True)
    Token.set_extension("unset", default=None, force=True)
    doc = Doc(
        VOCAB,
        words=["New", "York", "new", "old", "ABCDEF"],
        spaces=[True, True, True, True, False],
        tags=["A", "N", "A", "A", "N"],
        pos=["ADJ", "PROPN", "ADJ", "ADJ", "PROPN"],
        morphs=["", "Case=Nom|Number=Sing", "", "", "Number=Sing"],
        ents=["B-GPE", "I-GPE", "O", "O", "O"],
        sent_starts=[True, False, False, True, False],
    )

    assert found([token], doc) == [(i, i + 1) for i in expected]


def test_of_overlapping_matches_the_first_or_the_longest_is_kept() -> None:
    doc = make_doc("a b b b c")
    pattern = [{"ORTH": {"IN": ["a", "b"]}, "OP": "{1,2}"}]
    matcher = Matcher(VOCAB)
    matcher.add("K", [[{"ORTH": "a"}, {"ORTH": "b"}], [{"ORTH": "b", "OP": "+"}]], greedy="LONGEST")

    assert found(pattern, doc, greedy="FIRST") == [(0, 2), (2, 4)]
    assert [match[1:] for match in matcher(doc)] == [(1, 4)]


def test_matches_come_by_end_and_then_start() -> None:
    assert found([{"OP": "+"}], make_doc("a b c")) == [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]


def test_a_span_is_matched_for_itself() -> None:
    doc = make_doc("a b a b")
    matcher = Matcher(VOCAB)
    matcher.add("AB", [[{"ORTH": "a"}, {"ORTH": "b"}]])

    assert [match[1:] for match in matcher(doc[1:4])] == [(1, 3)]
    (span,) = matcher(doc[1:4], as_spans=True)
    assert (span.start, span.end, span.label_) == (2, 4, "AB")


def test_on_match_is_called_with_every_match() -> None:
    calls: list[tuple[Any, ...]] = []
    matcher = Matcher(VOCAB)
    matcher.add("A", [[{"ORTH": "a"}]], on_match=lambda *given: calls.append(given))
    doc = make_doc("a b a")
    matches = matcher(doc)

    assert [(call[0], call[1], call[2]) for call in calls] == [(matcher, doc, 0), (matcher, doc, 1)]
    assert calls[1][3][calls[1][2]] == matches[1]


def test_keys_are_added_got_and_removed() -> None:
    matcher = Matcher(VOCAB)
    pattern = [{"ORTH": "a"}]
    matcher.add("A", [pattern])

    assert "A" in matcher
    assert len(matcher) == 1
    assert matcher.get("A") == (None, [pattern])
    assert matcher.get("B") is None
    matcher.remove("A")
    assert "A" not in matcher
    with pytest.raises(DataError, match="unknown key, got 'A'"):
        matcher.remove("A")


def test_annotation_that_a_pattern_asks_for_must_be_there() -> None:
    matcher = Matcher(VOCAB)
    matcher.add("K", [[{"TAG": "N"}]])

    with pytest.raises(DataError, match="a pattern uses TAG, which the document does not have"):
        matcher(make_doc("a"))
    assert matcher(make_doc("a"), allow_missing=True) == []


def test_a_pattern_over_a_long_document_keeps_little_in_memory() -> None:
    doc = make_doc(" ".join(["x"] * 3000 + ["y"]))

    assert len(found([{"ORTH": "x", "OP": "*"}, {"ORTH": "y"}], doc)) == 3001


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ([], "pattern 1: expected a list of dictionaries, one per token, got []"),
        ({"ORTH": "a"}, "pattern 1: expected a list of dictionaries"),
        (["a"], "pattern 1, token 0: expected a dictionary of attributes, got 'a'"),
        (
            [{}, {"LOWR": "a"}],
            "pattern 1, token 1: unknown attribute, got 'LOWR'; did you mean 'LOWER'?",
        ),
        ([{"ORTH": 3}], "pattern 1, token 0, ORTH: expected a string, or a dictionary of predicates, got 3"),
        ([{"ORTH": None}], "pattern 1, token 0, ORTH: expected a string"),
        ([{"IS_ALPHA": "x"}], "pattern 1, token 0, IS_ALPHA: expected true or false, got 'x'"),
        ([{"LENGTH": "3"}], "pattern 1, token 0, LENGTH: expected a whole number, got '3'"),
        *(
            ([{"LENGTH": value}], f"expected a whole number, got {1 << 63}; use one from 0 to {2**63 - 1}")
            for value in (1 << 63, {">=": 1 << 63}, {"IN": [1, 1 << 63]}, {"NOT_IN": [1 << 63]})
        ),
        ([{"OP": "x"}], "pattern 1, token 0, OP: expected an operator, got 'x'; use !, ?, +, *, {n}"),
        *(
            ([{"OP": operator.replace("9", "9" * n)}], "pattern 1, token 0, OP: expected an operator, got '{")
            for operator in ("{9}", "{9,}", "{1,9}", "{,9}")
            for n in (19, 5000)
        ),
        (
            [{"OP": "{2,1}"}],
            "pattern 1, token 0, OP: expected a range with the smaller number first, got '{2,1}'; write {1,2}",
        ),
        (
            [{"ORTH": {"REGX": "a"}}],
            "ORTH, REGX: unknown predicate, got 'REGX'; did you mean 'REGEX'?",
        ),
        ([{"ORTH": {"REGEX": "("}}], "ORTH, REGEX: not a regular expression, got '('"),
        ([{"ORTH": {"REGEX": 1}}], "ORTH, REGEX: expected a string or"),
        ([{"ORTH": {"IN": "ab"}}], "ORTH, IN: expected a list of strings, got 'ab'"),
        ([{"ORTH": {"IN": [1]}}], "ORTH, IN: expected a string, got 1"),
        ([{"ORTH": {">": 1}}], "ORTH, >: expected REGEX, FUZZY, IN or another test of strings, got '>'"),
        ([{"MORPH": "Case"}], "MORPH: expected features, Name=Value joined by |, got 'Case'"),
        (
            [{"_": {"nobody": 1}}],
            "token 0, _: unknown custom attribute, got 'nobody'",
        ),
        ([{"_": 1}], "token 0, _: expected a dictionary of custom attributes, got 1"),
    ],
)
def test_a_wrong_pattern_is_named_by_its_place(pattern: Any, message: str) -> None:
    matcher = Matcher(VOCAB)

    with pytest.raises(DataError) as refused:
        matcher.add("RULE", [[{"ORTH": "fine"}], pattern])
    assert str(refused.value).startswith("Matcher 'RULE', pattern 1")
    assert message in str(refused.value)
    assert "RULE" not in matcher


def test_other_wrong_arguments_are_refused() -> None:
    matcher = Matcher(VOCAB)

    with pytest.raises(DataError, match="greedy must be 'FIRST', 'LONGEST' or None, got 'ALL'"):
        matcher.add("K", [[{}]], greedy="ALL")
    with pytest.raises(DataError, match="on_match must be a function"):
        matcher.add("K", [[{}]], on_match=3)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="expected a list of patterns, got dict"):
        matcher.add("K", {"ORTH": "a"})  # type: ignore[arg-type]
    with pytest.raises(DataError, match="expected a Doc or a Span, got str"):
        matcher("text")  # type: ignore[call-overload]


@pytest.mark.parametrize("kind", [Matcher, PhraseMatcher])
def test_a_stream_is_matched(kind: type[Matcher] | type[PhraseMatcher]) -> None:
    vocab = Vocab()
    matcher = kind(vocab)
    matcher.add("A", [[{"ORTH": "a"}]] if kind is Matcher else [Doc(vocab, ["a"])])  # type: ignore[list-item]
    docs = [Doc(vocab, ["a", "b"]), Doc(vocab, ["b"])]
    matches = [[(vocab.strings["A"], 0, 1)], []]

    assert list(matcher.pipe(docs)) == docs
    assert list(matcher.pipe(docs, return_matches=True)) == list(zip(docs, matches, strict=True))
    assert list(matcher.pipe([(docs[0], 7)], as_tuples=True)) == [(docs[0], 7)]
    assert list(matcher.pipe([(docs[0], 7)], 10, True, True)) == [((docs[0], matches[0]), 7)]


def test_a_pattern_that_would_not_end_is_stopped_with_a_message() -> None:
    matcher = Matcher(VOCAB)
    matcher.add("A", [[{"TEXT": {"REGEX": r"^(?:a|aa)+$"}}]])

    with pytest.raises(DataError, match=r"takes more than 0\.25 seconds for one word"):
        matcher(Doc(VOCAB, ["a" * 60 + "b"]))
