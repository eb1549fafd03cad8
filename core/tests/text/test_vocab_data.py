"""Attributes of words from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kernel.errors import DataError
from kernel.text.vocab.vocab_data import add_vocab_data
from kernel.vocab import Vocab

WORD = {
    "orth": "Wien",
    "id": 7,
    "norm": "vienna",
    "prob": -9.5,
    "cluster": "12",
    "is_stop": True,
    "is_oov": False,
}


def test_words_get_their_attributes(tmp_path: Path) -> None:
    path = tmp_path / "words.jsonl"
    settings = {"lang": "en", "settings": {"oov_prob": -18.5}}
    path.write_text(f"{json.dumps(settings)}\n\n{json.dumps(WORD)}\n", encoding="utf-8-sig")
    vocab = Vocab()

    add_vocab_data(vocab, path)

    word = vocab["Wien"]
    assert (word.rank, word.norm_, word.prob, word.cluster, word.is_stop) == (7, "vienna", -9.5, 12, True)
    assert vocab["Graz"].prob == -18.5
    assert len(vocab) == 2


def test_what_can_be_saved_is_saved() -> None:
    vocab = Vocab()
    add_vocab_data(vocab, [WORD, {"settings": {"oov_prob": -18}}])

    read = Vocab().from_bytes(vocab.to_bytes())

    assert (read["Wien"].norm_, read["Wien"].prob, read["Wien"].cluster) == ("vienna", -9.5, 12)
    assert read["Graz"].prob == -18


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"words\.jsonl:2: expected a JSON object, got '\{'"),
        ("[1]", r"words\.jsonl:2: expected an object such as .*, got \[1\]"),
        ('{"prob": 1}', r"words\.jsonl:2: orth: expected the word, got None"),
        (
            '{"orth": "a", "prop": 1}',
            r"words\.jsonl:2: unknown attribute of a word, got 'prop'; did you mean 'prob'",
        ),
        ('{"orth": "a", "prob": "x"}', r"words\.jsonl:2: prob: expected a number, got 'x'"),
        ('{"orth": "a", "norm": 1}', r"words\.jsonl:2: norm: expected a string, got 1"),
        ('{"orth": "a", "is_stop": 1}', r"words\.jsonl:2: is_stop: expected true or false, got 1"),
        (
            f'{{"orth": "a", "cluster": "{"9" * 5000}"}}',
            r"words\.jsonl:2: cluster: expected a non-negative whole number, got '9+$",
        ),
        ('{"orth": "a", "id": -1}', r"words\.jsonl:2: id: expected a non-negative whole number, got -1"),
        ('{"settings": {"x": 1}}', r"words\.jsonl:2: settings: expected .* got \{'x': 1\}"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "words.jsonl"
    path.write_text(f"{json.dumps(WORD)}\n{line}\n", encoding="utf-8")
    vocab = Vocab()

    with pytest.raises(DataError, match=message):
        add_vocab_data(vocab, path)

    assert len(vocab) == 0


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.jsonl: cannot be read"):
        add_vocab_data(Vocab(), tmp_path / "nothing.jsonl")
