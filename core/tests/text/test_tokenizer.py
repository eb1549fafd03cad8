"""The tokenizer, seen through the documents it makes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.attrs import NORM, ORTH
from kernel.errors import ConfigError, DataError
from kernel.text.tokenizer.language_defaults import Defaults, lexical_getters
from kernel.text.tokenizer.tokenizer import Tokenizer
from kernel.tokens import Doc
from kernel.vocab import Vocab

GENERAL = Tokenizer.from_defaults(Vocab(lexical_getters(Defaults)), Defaults)
MARKED = st.text(alphabet="aB1.,:;!?'\"()-–…/@$°’ \n\t\u00a0é日😀", max_size=40)


def general() -> Tokenizer:
    """Make a tokenizer that a test may change."""
    return Tokenizer.from_defaults(Vocab(lexical_getters(Defaults)), Defaults)


def words(doc: Doc) -> list[str]:
    return [token.text for token in doc]


@given(st.one_of(st.text(), MARKED))
def test_the_text_can_be_had_back(text: str) -> None:
    doc = GENERAL(text)
    assert "".join(token.text_with_ws for token in doc) == text
    assert all(words(doc))


@given(st.one_of(st.text(), MARKED))
def test_explain_gives_the_tokens_that_are_not_whitespace(text: str) -> None:
    explained = [token for _, token in GENERAL.explain(text)]
    assert explained == [token.text for token in GENERAL(text) if not token.is_space]


@given(st.lists(MARKED, max_size=8), st.integers(1, 4))
def test_a_stream_gives_what_single_texts_give(texts: list[str], batch_size: int) -> None:
    streamed = list(GENERAL.pipe(texts, batch_size=batch_size))
    assert [words(doc) for doc in streamed] == [words(GENERAL(text)) for text in texts]
    assert [doc.text for doc in streamed] == texts


@given(MARKED)
def test_careless_rules_lose_no_character_either(text: str) -> None:
    tokenizer = Tokenizer(
        Vocab(),
        {"a 1": [{ORTH: "a "}, {ORTH: "1"}]},
        prefix_search=re.compile("B|,*").search,
        suffix_search=re.compile("[a1]+").search,
        infix_finditer=re.compile("(?=é)|:|-*").finditer,
    )
    assert "".join(token.text_with_ws for token in tokenizer(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" ", [" "]),
        ("a  b", ["a", " ", "b"]),
        ("a \n b", ["a", "\n ", "b"]),
        (" a ", [" ", "a"]),
        ("(Hello, world!)", ["(", "Hello", ",", "world", "!", ")"]),
        ("a...b", ["a", "...", "b"]),
        ("yes,no", ["yes", ",", "no"]),
        ("end.Next", ["end", ".", "Next"]),
        ("well-known", ["well", "-", "known"]),
        ("10-15", ["10", "-", "15"]),
        ("5km 10% $3 US$3 3€", ["5", "km", "10", "%", "$", "3", "US$", "3", "3", "€"]),
        ("20°C.", ["20", "°", "C", "."]),
        ("dog's NASA.", ["dog", "'s", "NASA", "."]),
        ("see http://a.com/x?y=1, me@b.org.", ["see", "http://a.com/x?y=1", ",", "me@b.org", "."]),
        ("fine :) (ok:))", ["fine", ":)", "(", "ok", ":))"]),
        ("a😀b", ["a", "😀", "b"]),
        ("नमस्ते। 你好。", ["नमस्ते", "।", "你好", "。"]),
    ],
)
def test_general_rules_split_as_people_expect(text: str, expected: list[str]) -> None:
    assert words(GENERAL(text)) == expected


def test_with_a_vocabulary_alone_text_is_cut_at_whitespace() -> None:
    assert words(Tokenizer(Vocab())("(a, b) c!")) == ["(a,", "b)", "c!"]


def test_explain_names_the_rule_of_each_token() -> None:
    tokenizer = general()
    tokenizer.add_special_case("don't", [{"ORTH": "do"}, {"ORTH": "n't"}])
    tokenizer.token_match = re.compile(r"<\w+>").fullmatch
    assert tokenizer.explain("(don't well-off a.com <x> hm)") == [
        ("PREFIX", "("),
        ("SPECIAL-1", "do"),
        ("SPECIAL-2", "n't"),
        ("TOKEN", "well"),
        ("INFIX", "-"),
        ("TOKEN", "off"),
        ("URL_MATCH", "a.com"),
        ("TOKEN_MATCH", "<x>"),
        ("TOKEN", "hm"),
        ("SUFFIX", ")"),
    ]


def test_an_exception_holds_alone_between_affixes_and_after_them() -> None:
    tokenizer = general()
    assert words(tokenizer("gimme (gimme!) gimme-gimme")) == [
        "gimme",
        "(",
        "gimme",
        "!",
        ")",
        "gimme",
        "-",
        "gimme",
    ]
    tokenizer.add_special_case("gimme", [{ORTH: "gim"}, {ORTH: "me"}])
    assert words(tokenizer("gimme (gimme!)")) == ["gim", "me", "(", "gim", "me", "!", ")"]


def test_an_exception_that_affix_rules_take_apart_is_put_together() -> None:
    tokenizer = general()
    tokenizer.add_special_case("X.", [{ORTH: "X."}])
    assert words(tokenizer("ab-X.")) == ["ab", "-", "X."]


def test_an_exception_may_hold_whitespace() -> None:
    tokenizer = general()
    tokenizer.add_special_case("New York", [{ORTH: "New York", NORM: "NY"}])
    doc = tokenizer("In (New York), New Yorkers like New York .")
    assert words(doc) == ["In", "(", "New York", ")", ",", "New", "Yorkers", "like", "New York", "."]
    assert doc.text == "In (New York), New Yorkers like New York ."
    assert [token.norm_ for token in doc if token.text == "New York"] == ["NY", "NY"]


def test_a_norm_belongs_to_the_piece_of_the_exception_only() -> None:
    tokenizer = general()
    tokenizer.add_special_case("won't", [{ORTH: "wo", NORM: "will"}, {ORTH: "n't"}])
    docs = list(tokenizer.pipe(["I won't", "wo n't", "won't you"]))
    assert [[token.norm_ for token in doc] for doc in docs] == [
        ["i", "will", "n't"],
        ["wo", "n't"],
        ["will", "n't", "you"],
    ]
    assert not docs[1].column("NORM").any()


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([{ORTH: "do"}, {ORTH: "nt"}], "the pieces do not add up to the text, got 'dont'"),
        ([], "do not add up to the text"),
        ([{ORTH: "don't", "LEMMA": "do"}], "a piece can only have ORTH and NORM, got 'LEMMA'"),
        ([{NORM: "do"}], "a piece has no text"),
    ],
)
def test_an_exception_must_spell_its_text(tokens: list[dict[str | int, str]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        general().add_special_case("don't", tokens)


def test_rules_can_be_changed_after_texts_were_seen() -> None:
    tokenizer = general()
    assert words(tokenizer("a_b x~")) == ["a_b", "x~"]
    tokenizer.infix_finditer = re.compile("_").finditer
    tokenizer.suffix_search = re.compile("~$").search
    assert words(tokenizer("a_b x~")) == ["a", "_", "b", "x", "~"]
    tokenizer.token_match = re.compile("a_b").fullmatch
    assert words(tokenizer("a_b")) == ["a_b"]
    tokenizer.rules = {"x~": [{ORTH: "x~"}]}
    assert words(tokenizer("x~ :)")) == ["x~", ":", ")"]
    assert tokenizer.rules == {"x~": [{ORTH: "x~"}]}


def test_another_vocabulary_gets_its_own_rows() -> None:
    tokenizer = general()
    tokenizer("some words before")
    tokenizer.vocab = Vocab()
    doc = tokenizer("words before")
    assert doc.vocab is tokenizer.vocab
    assert words(doc) == ["words", "before"]


@given(MARKED)
def test_saved_and_loaded_it_splits_alike(text: str) -> None:
    loaded = Tokenizer(GENERAL.vocab).from_bytes(GENERAL.to_bytes())
    assert words(loaded(text)) == words(GENERAL(text))
    assert loaded.rules == GENERAL.rules


def test_a_file_holds_all_rules_but_what_is_excluded(tmp_path: Path) -> None:
    tokenizer = general()
    tokenizer.add_special_case("won't", [{ORTH: "wo", NORM: "will"}, {ORTH: "n't"}])
    tokenizer.token_match = re.compile("<.>", re.IGNORECASE).fullmatch
    tokenizer.to_disk(tmp_path / "tokenizer")
    loaded = Tokenizer(Vocab()).from_disk(tmp_path / "tokenizer")
    assert [(token.text, token.norm_) for token in loaded("won't")] == [("wo", "will"), ("n't", "n't")]
    assert words(loaded("<A>")) == ["<A>"]
    partly = Tokenizer(Vocab()).from_disk(tmp_path / "tokenizer", exclude=["exceptions", "token_match"])
    assert words(partly("won't <A>")) == ["won't", "<", "A", ">"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"prefix_search": 5}',
        b'{"suffix_search": {"pattern": "(", "method": "search"}}',
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "tokenizer"
    path.write_bytes(data)
    with pytest.raises(DataError, match=re.escape(str(path))):
        Tokenizer(Vocab()).from_disk(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="tokenizer cannot be read"):
        Tokenizer(Vocab()).from_disk(tmp_path / "nothing")


def test_a_rule_that_is_no_pattern_cannot_be_saved() -> None:
    tokenizer = general()
    tokenizer.url_match = lambda text: None
    with pytest.raises(ConfigError, match=r"tokenizer\.url_match"):
        tokenizer.to_bytes()


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(DataError, match="expected a text, got 5"):
        GENERAL(5)  # type: ignore[arg-type]


@pytest.mark.parametrize("chunk", ["(" * 10_000, "." * 10_000, "a-" * 5_000, "a.b@" * 2_500, "'" * 10_000])
def test_a_long_chunk_takes_no_quadratic_time(chunk: str) -> None:
    # Some tenths of a second; in quadratic time it would be minutes, and the suite's clock would tell.
    assert GENERAL(chunk).text == chunk


def test_chunks_beyond_what_is_kept_are_forgotten_before_the_next_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def chunks_looked_at_anew() -> int:
        """Tokenize a text twice, and count how often the rules are asked the second time."""
        tokenizer = general()
        find, asked = tokenizer.prefix_search, []
        tokenizer.prefix_search = lambda chunk: asked.append(chunk) or find(chunk)  # type: ignore[misc]
        for _ in range(2):
            asked.clear()
            assert words(tokenizer(text)) == ["ab", ",", "cd", "!", "ef", "?", "gh", ";", "ij", ":", "kl"]
        return len(asked)

    text = "ab, cd! ef? gh; ij: kl"
    assert chunks_looked_at_anew() == 0

    monkeypatch.setattr("kernel.text.tokenizer.tokenizer._MAX_CHUNKS", 3)
    assert chunks_looked_at_anew() > 0


def test_prefix_suffix_and_infix_can_be_asked_for() -> None:
    assert (GENERAL.find_prefix("(a)"), GENERAL.find_suffix("(a)"), GENERAL.find_suffix("a")) == (1, 1, 0)
    assert [match[0] for match in GENERAL.find_infix("a-b,c")] == ["-", ","]
    assert Tokenizer(Vocab()).find_infix("a-b") == []


def test_a_special_case_is_a_list_of_pieces() -> None:
    with pytest.raises(ConfigError, match=r"tokenizer exception 'ab': expected a list such as .* got 'ab'"):
        general().add_special_case("ab", "ab")  # type: ignore[arg-type]
