"""`kernel evaluate`: scores of a saved pipeline as a table, and as JSON."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kernel import Example, blank
from kernel.cli import run
from kernel.cli.evaluate import command
from kernel.cli.score_table import score_table

SCORES = {
    "token_acc": 1.0,
    "tag_acc": 0.93456,
    "morph_acc": None,
    "cats_score": 0.5,
    "cats_score_desc": "macro F",
    "spans_sc_f": 0.25,
    "speed": 12345.6,
    "morph_per_feat": {"Case": {"p": 1.0, "r": 0.5, "f": 0.66667}, "Number": {"p": 0.0, "r": 0.0, "f": 0.0}},
    "cats_auc_per_type": {"SPAM": 0.75, "HAM": None},
    "ents_per_type": {},
}

TABLE = """\
TOK                100.00
TAG                 93.46
MORPH                   -
TEXTCAT (macro F)   50.00
SPAN F              25.00
SPEED               12346

MORPH (per feat)
             P      R      F
Case    100.00  50.00  66.67
Number    0.00   0.00   0.00

TEXTCAT ROC AUC (per label)
SPAM  75.00
HAM       -"""


def test_the_table_is_in_hundredths():
    assert "\n".join(score_table(SCORES)) == TABLE


def test_the_spans_of_another_key_are_shown_when_asked_for():
    assert list(score_table({"spans_mine_f": 0.5, "spans_sc_f": 0.1}, spans_key="mine")) == ["SPAN F  50.00"]


def test_no_scores_make_no_table():
    assert list(score_table({})) == []


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A saved pipeline without components, a file of data, and a reader that makes two examples of it."""
    blank("xx").to_disk(tmp_path / "model")
    tmp_path.joinpath("dev.spacy").touch()

    def corpus(path, gold_preproc=False):
        def read(nlp):
            for text in ("a b", "c")[: 0 if "empty" in path else 2]:
                doc = nlp.make_doc(text)
                yield Example(doc, doc.copy())

        return read

    readers = SimpleNamespace(get={"kernel.Corpus.v1": corpus}.__getitem__)
    monkeypatch.setattr("kernel.training.evaluate.registry", SimpleNamespace(readers=readers))
    return tmp_path


def test_a_pipeline_is_scored(model):
    shown = CliRunner().invoke(
        command, [str(model / "model"), str(model / "dev.spacy")], catch_exceptions=False
    )

    assert shown.output.splitlines()[0].split() == ["TOK", "100.00"]


def test_json_has_shares(model):
    output = model / "new" / "scores.json"

    shown = CliRunner().invoke(
        command, [str(model / "model"), str(model / "dev.spacy"), "--json", "-o", str(output)]
    )

    assert json.loads(shown.output)["token_acc"] == 1.0
    assert json.loads(output.read_text("utf-8"))["token_acc"] == 1.0


def complaint(capsys, *args: str) -> str:
    with pytest.raises(SystemExit) as caught:
        run(["evaluate", *args])
    assert caught.value.code == 1
    return capsys.readouterr().err


def test_missing_data_are_named(model, capsys):
    path = str(model / "missing.spacy")

    assert complaint(capsys, str(model / "model"), path) == (
        f"Error: {path}: no such file or folder; name annotated documents in .spacy format\n"
    )


def test_a_missing_pipeline_is_named(model, capsys):
    assert "missing" in complaint(capsys, str(model / "missing"), str(model / "dev.spacy"))


def test_an_empty_corpus_is_named(model, capsys):
    path = model / "empty.spacy"
    path.touch()

    assert str(path) in complaint(capsys, str(model / "model"), str(path))


def test_a_file_that_cannot_be_written_is_named(model, capsys):
    message = complaint(capsys, str(model / "model"), str(model / "dev.spacy"), "-o", str(model))

    assert message.startswith(f"Error: {model}: cannot be written, got ")
