"""Texts without annotation, and label lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kernel.errors import DataError
from kernel.pipeline.loading import blank
from kernel.testing.data.readers import check_reader
from pkg_readers.labels import read_labels
from pkg_readers.raw import jsonl_corpus, plain_text_corpus


@pytest.fixture(scope="module")
def nlp() -> Any:
    return blank("xx")


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"text": "One two."}\n\n{"tokens": ["a", "b"], "meta": 1}\n{"text": "x"}\n', encoding="utf-8"
    )
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "x.txt"
    path.write_text("One two.\n\n  three\n", encoding="utf-8")
    return path


def test_json_lines_are_a_corpus(jsonl: Path, nlp: Any) -> None:
    examples = check_reader(jsonl_corpus(jsonl), nlp)

    assert [eg.reference.words for eg in examples] == [["One", "two", "."], ["a", "b"], ["x"]]


def test_lines_of_text_are_a_corpus(plain: Path, nlp: Any) -> None:
    examples = check_reader(plain_text_corpus(plain), nlp)

    assert [eg.text for eg in examples] == ["One two.", "three"]


@pytest.mark.parametrize(
    ("settings", "lengths"),
    [({"limit": 2}, [3, 2]), ({"min_length": 2}, [3, 2]), ({"max_length": 3}, [2, 1])],
)
def test_texts_are_chosen_by_length(
    jsonl: Path, nlp: Any, settings: dict[str, int], lengths: list[int]
) -> None:
    assert [len(eg.x) for eg in jsonl_corpus(jsonl, **settings)(nlp)] == lengths


def test_lines_are_chosen_by_length(plain: Path, nlp: Any) -> None:
    assert [eg.text for eg in plain_text_corpus(plain, max_length=2)(nlp)] == ["three"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "2: not JSON (Expecting property name enclosed in double quotes), got '{'; write one object"),
        ("[]", "2: expected an object with a text or a list of tokens, got '[]'; write"),
        ('{"tokens": [1]}', "2: expected an object with a text or a list of tokens, got"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, nlp: Any, line: str, message: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f'{{"text": "a"}}\n{line}\n', encoding="utf-8")

    with pytest.raises(DataError) as caught:
        list(jsonl_corpus(path)(nlp))

    assert str(caught.value).startswith(f"{path}:{message}")


def test_another_encoding_is_named(tmp_path: Path, nlp: Any) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("a\nä\n".encode("latin-1"))

    with pytest.raises(
        DataError, match=r"x\.txt:2: expected UTF-8, got b'\\xe4'; convert the file \(characters 0 to 1\)"
    ):
        list(plain_text_corpus(path)(nlp))


def test_labels_are_read(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text('["A", "B"]', encoding="utf-8")

    assert read_labels(str(path)) == ["A", "B"]


def test_missing_labels_are_none_unless_they_are_required(tmp_path: Path) -> None:
    assert read_labels(tmp_path / "no.json") is None
    with pytest.raises(
        DataError, match=r"^path: no such file of labels, got '.*no\.json'; create it, or set require"
    ):
        read_labels(tmp_path / "no.json", require=True)


def test_damaged_labels_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text("[", encoding="utf-8")

    with pytest.raises(DataError, match=r"labels\.json: expected a JSON file of labels"):
        read_labels(path)
