"""The vocabulary: words, what they show, and storing it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import attrs
from kernel.errors import DataError
from kernel.lookups import Lookups, Table
from kernel.vocab import Vocab


def test_a_word_shows_its_forms_and_flags() -> None:
    lexeme = Vocab(lang="en")["Apples"]

    assert lexeme.text == lexeme.orth_ == "Apples"
    assert (lexeme.lower_, lexeme.norm_, lexeme.shape_) == ("apples", "apples", "Xxxxx")
    assert (lexeme.prefix_, lexeme.suffix_, lexeme.lang_) == ("A", "les", "en")
    assert (lexeme.is_alpha, lexeme.is_title, lexeme.is_digit, lexeme.is_oov) == (True, True, False, True)


def test_a_word_is_found_by_number_once_it_is_stored() -> None:
    vocab = Vocab(strings=["apple"])

    assert vocab[8566208034543834098].text == "apple"


def test_the_length_counts_words_that_were_seen() -> None:
    vocab = Vocab()

    vocab.rows(["a", "b", "a"])

    assert len(vocab) == 2
    assert [lexeme.text for lexeme in vocab] == ["a", "b"]
    assert "a" in vocab
    assert "c" not in vocab


@given(st.lists(st.text(), max_size=20), st.lists(st.text(), max_size=600))
def test_rows_stay_while_words_are_added(first: list[str], more: list[str]) -> None:
    vocab = Vocab()
    before = vocab.rows(first)
    seen = vocab.lexemes.features(before, ["ORTH", "SUFFIX"])

    vocab.rows(more)

    assert before.tolist() == vocab.rows(first).tolist()
    assert np.array_equal(seen, vocab.lexemes.features(before, ["ORTH", "SUFFIX"]))
    assert [vocab.lexemes.words[row] for row in before] == first


def test_row_zero_is_the_empty_word() -> None:
    assert Vocab().row("") == 0


def test_features_are_gathered_by_row_and_name() -> None:
    vocab = Vocab()
    rows = vocab.rows(["Tea", "7"])

    gathered = vocab.lexemes.features(rows, ["LOWER", "IS_DIGIT", "LENGTH"])

    assert gathered.tolist() == [[vocab.strings["tea"], 0, 3], [vocab.strings["7"], 1, 1]]


def test_an_unknown_attribute_is_named_with_the_nearest() -> None:
    with pytest.raises(DataError, match="got 'LOWR'; did you mean 'LOWER'"):
        Vocab().lexemes.features(np.zeros(1, dtype=np.int32), ["LOWR"])


def test_a_word_must_be_a_string() -> None:
    with pytest.raises(DataError, match="words: expected a string, got None"):
        Vocab().rows([None])  # type: ignore[list-item]


def test_getters_of_a_language_replace_the_neutral_ones() -> None:
    vocab = Vocab({"NORM": lambda word: "NORMAL", "IS_STOP": lambda word: word == "the"})

    assert vocab["any"].norm_ == "NORMAL"
    assert (vocab["the"].is_stop, vocab["any"].is_stop) == (True, False)


def test_an_added_flag_holds_for_old_and_new_words() -> None:
    vocab = Vocab()
    _ = vocab["old"].is_alpha

    flag = vocab.add_flag(lambda word: len(word) == 3)

    assert vocab["old"].check_flag(flag)
    assert vocab["new"].check_flag(flag)
    assert not vocab["longer"].check_flag(flag)


def test_a_norm_that_is_set_is_saved() -> None:
    vocab = Vocab()
    vocab["colour"].norm_ = "color"

    assert Vocab().from_bytes(vocab.to_bytes())["colour"].norm_ == "color"


def test_a_lexeme_can_be_changed() -> None:
    lexeme = Vocab()["colour"]

    lexeme.norm_ = "color"
    lexeme.is_stop = True
    lexeme.rank = 7
    lexeme.set_flag(attrs.IS_DIGIT, True)

    assert (lexeme.norm_, lexeme.is_stop, lexeme.rank, lexeme.is_digit) == ("color", True, 7, True)


def test_a_folder_gives_strings_vectors_and_lookups_back(tmp_path: Path) -> None:
    vocab = Vocab(strings=["apple"])
    vocab.set_vector("apple", [1.0, 2.0])
    vocab.lookups.add_table("lemma_exc", {"went": "go"})
    vocab.to_disk(tmp_path / "vocab")

    again = Vocab().from_disk(tmp_path / "vocab")

    assert "apple" in again.strings
    assert again.get_vector("apple").tolist() == [1.0, 2.0]
    assert again.lookups.get_table("lemma_exc")["went"] == "go"


def test_bytes_give_strings_and_vectors_back() -> None:
    vocab = Vocab(strings=["apple"])
    vocab.set_vector("apple", [1.0, 2.0])

    again = Vocab().from_bytes(vocab.to_bytes())

    assert "apple" in again.strings
    assert again["apple"].has_vector


def test_what_is_excluded_is_not_written(tmp_path: Path) -> None:
    Vocab(strings=["apple"]).to_disk(tmp_path, exclude=["strings"])

    assert not (tmp_path / "strings.json").exists()


def test_a_missing_table_is_named() -> None:
    vocab = Vocab()
    vocab.lookups.add_table("lemma_exc")

    with pytest.raises(DataError, match="got 'lemma_ex'; did you mean 'lemma_exc'"):
        vocab.lookups.get_table("lemma_ex")


def test_a_table_of_norms_goes_before_the_language_and_another_replaces_it() -> None:
    vocab = Vocab({"NORM": lambda word: f"<{word}>"})
    by_hand = vocab["mine"]
    by_hand.norm_ = "hers"
    before = vocab["cuz"].norm_
    lookups = Lookups()
    lookups.add_table("lexeme_norm", {"cuz": "because", "mine": "yours"})

    vocab.lookups = lookups

    assert before == "<cuz>"
    assert [vocab[word].norm_ for word in ("cuz", "other", "mine")] == ["because", "<other>", "hers"]
    vocab.lookups = Lookups()
    assert vocab["cuz"].norm_ == "<cuz>"
    assert Vocab(lookups=lookups)["cuz"].norm_ == "because"


def test_norms_come_back_with_the_tables(tmp_path: Path) -> None:
    vocab = Vocab()
    vocab.lookups.add_table("lexeme_norm", {"cuz": "because"})
    vocab.to_disk(tmp_path)

    assert Vocab().from_disk(tmp_path)["cuz"].norm_ == "because"
    assert Vocab().from_bytes(vocab.to_bytes())["cuz"].norm_ == "because"
    assert Vocab().from_disk(tmp_path, exclude=["lookups"])["cuz"].norm_ == "cuz"


@given(st.dictionaries(st.one_of(st.text(), st.sampled_from(["NORM", "IS_ALPHA"])), st.integers()))
def test_a_table_made_at_once_is_one_filled_entry_by_entry(entries: dict[str, int]) -> None:
    at_once, one_by_one = Table("t", entries), Table("t")

    for key, value in entries.items():
        one_by_one[key] = value

    assert at_once == one_by_one
    assert all(at_once[key] == value for key, value in entries.items())


def test_a_vocabulary_is_made_with_the_arguments_that_people_know() -> None:
    lookups = Lookups()
    lookups.add_table("lexeme_prob", {"known": -5.0})

    vocab = Vocab({}, ["stored"], lookups, -30.0, "mine", {"direction": "rtl"}, None)

    assert "stored" in vocab.strings
    assert (vocab["known"].prob, vocab["other"].prob) == (-5.0, -30.0)
    assert vocab.vectors.name == "mine"
    assert vocab.writing_system == {"direction": "rtl"}
    assert vocab.cfg == {"oov_prob": -30.0}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("tag_map", "; components such as the morphologizer now set parts of speech and features"),
        ("lemmatizer", "; components now set lemmas"),
        ("lookup", "; did you mean 'lookups'"),
        ("nothing_like_it", "; leave it out"),
    ],
)
def test_an_argument_that_there_is_not_is_named(name: str, advice: str) -> None:
    with pytest.raises(DataError, match=f"vocab: unknown argument, got '{name}'{advice}"):
        Vocab(**{name: {}})


def test_tables_can_be_left_out_and_the_file_be_called_otherwise(tmp_path: Path) -> None:
    lookups = Lookups()
    lookups.add_table("a", {"x": 1})
    lookups.add_table("b", {"x": 2})

    lookups.to_disk(tmp_path, filename="mine", exclude=["a"])

    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
    assert Lookups().from_disk(tmp_path, filename="mine").tables == ["b"]
    assert Lookups().from_bytes(lookups.to_bytes(), exclude=["b"]).tables == ["a"]


def test_bytes_of_something_else_are_refused() -> None:
    with pytest.raises(DataError, match=r"vocab: expected the output of to_bytes\(\), got 2 bytes"):
        Vocab().from_bytes(b"zz")
