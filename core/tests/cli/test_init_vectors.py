"""`kernel init vectors`, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

import kernel
from kernel.cli import run


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "vectors.txt"
    path.write_text("3 2\napple 1 2\npear 3 4\nplum 3 4.1\n")
    return path


def typed(*words: object) -> int:
    with pytest.raises(SystemExit) as caught:
        run(["init", "vectors", *map(str, words)])
    return int(caught.value.code or 0)


def test_it_writes_a_pipeline_that_a_config_can_name(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"

    assert typed("xx", text, folder) == 0

    out, err = capsys.readouterr()
    assert out == f'[initialize]\nvectors = "{folder}"\n'
    assert err == f"wrote {folder}: 3 vectors of width 2 for 3 words\n"
    nlp = kernel.load(folder)
    assert nlp.vocab.vectors.name == "xx_pipeline.vectors"
    assert nlp("plum").vector.tolist() == pytest.approx([3, 4.1])
    other = kernel.blank("xx")
    other.config["initialize"]["vectors"] = str(folder)
    other.initialize()
    assert other("apple").vector.tolist() == [1, 2]


def test_pruned_words_share_the_vectors_of_others(text: Path, tmp_path: Path) -> None:
    assert typed("xx", text, tmp_path / "made", "--prune", 2, "--name", "fruit") == 0

    vectors = kernel.load(tmp_path / "made").vocab.vectors
    assert (vectors.name, vectors.shape, vectors.n_keys) == ("fruit", (2, 2), 3)
    assert vectors.find(key="plum") == vectors.find(key="pear")


def test_nothing_is_overwritten_unasked(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "mine").write_text("kept")

    assert typed("xx", text, folder) == 1
    assert capsys.readouterr().err == f"Error: {folder}: already exists; use --force to overwrite it\n"
    assert [path.name for path in folder.iterdir()] == ["mine"]
    assert typed("xx", text, folder, "--force") == 0
    assert kernel.load(folder).vocab.vectors.n_keys == 3


def test_a_damaged_file_leaves_nothing(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text.write_text("apple 1 2\npear 3\n")

    assert typed("xx", text, tmp_path / "made") == 1
    assert capsys.readouterr().err.startswith(f"Error: {text}:2: expected a word and 2 numbers")
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.txt"]
