"""`kernel convert` on whole files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kernel
from kernel.cli.convert import command
from kernel.convert.conversion import convert_files
from kernel.language import Language
from kernel.text.doc.doc import Doc
from kernel.text.storage.docbin import DocBin
from kernel.text.vocab.vocab import Vocab

SENTENCE = "1\tBirds\tbird\tNOUN\t_\t_\t2\tnsubj\t_\t_\n2\tsing\tsing\tVERB\t_\t_\t0\troot\t_\t_\n\n"


def convert(*args: str | Path) -> Result:
    return CliRunner().invoke(command, [str(arg) for arg in args])


def error_of(result: Result) -> str:
    assert result.exit_code == 1
    return str(result.exception)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "birds.conllu"
    path.write_text(SENTENCE * 3, encoding="utf-8")
    return path


def read(path: Path) -> list[str]:
    return [doc.text for doc in DocBin().from_disk(path).get_docs(Vocab())]


def test_a_file_becomes_a_file(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "train.spacy"

    result = convert(source, target, "-n", "2")

    assert result.output == f"3 sentences → 2 documents: {target}\n"
    assert read(target) == ["Birds sing Birds sing ", "Birds sing "]
    assert [path.name for path in target.parent.iterdir()] == ["train.spacy"]


def test_a_file_goes_into_a_folder_under_its_name(source: Path, tmp_path: Path) -> None:
    convert(source, tmp_path / "out")

    assert len(read(tmp_path / "out" / "birds.spacy")) == 3


def test_a_folder_is_converted_file_by_file(source: Path, tmp_path: Path) -> None:
    (source.parent / "more").mkdir()
    source.with_name("more").joinpath("b.conllu").write_text(SENTENCE, encoding="utf-8")
    source.with_name("read.me").write_text("")

    result = convert(source.parent, tmp_path / "out")

    assert result.exit_code == 0
    written = [path.relative_to(tmp_path / "out") for path in sorted((tmp_path / "out").rglob("*.spacy"))]
    assert written == [Path("birds.spacy"), Path("more/b.spacy")]


def test_a_folder_can_become_one_file(source: Path, tmp_path: Path) -> None:
    source.with_name("c.conllu").write_text(SENTENCE, encoding="utf-8")

    result = convert(source.parent, tmp_path / "all.spacy", "-C")

    assert result.output == f"4 sentences → 4 documents: {tmp_path / 'all.spacy'}\n"


def test_documents_can_be_written_as_json_lines(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "birds.jsonl"

    convert(source, target, "-t", "jsonl")

    lines = target.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["Birds sing "] * 3


def test_a_converter_can_be_named(source: Path, tmp_path: Path) -> None:
    renamed = source.rename(source.with_name("birds.txt"))

    assert convert(renamed, tmp_path / "out.spacy", "-c", "conllu").exit_code == 0


def test_a_wrong_line_leaves_what_was_there(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.spacy"
    target.write_bytes(b"before")
    source.write_text(SENTENCE + "1\tbroken\n", encoding="utf-8")

    result = convert(source, target)

    assert error_of(result) == f"{source}:4: expected 10 columns, separated by tabs, got 2; is this CoNLL-U?"
    assert target.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["birds.conllu", "out.spacy"]


def test_a_wrong_line_leaves_no_folder_that_was_not_there(source: Path, tmp_path: Path) -> None:
    source.write_text(SENTENCE + "1\tbroken\n", encoding="utf-8")

    result = convert(source, tmp_path / "new" / "folder")

    assert result.exit_code != 0
    assert [path.name for path in tmp_path.iterdir()] == ["birds.conllu"]


def test_an_ending_that_nobody_reads_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.conlu"
    path.write_text("")

    message = error_of(convert(path, tmp_path / "out"))

    assert message == (
        f"{path}: no converter for this extension, got 'conlu'; did you mean 'conllu'? (or name it with -c)"
    )


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.conllu"
    path.write_text("\n")

    message = error_of(convert(path, tmp_path / "x.spacy"))

    assert message == f"{path}: no documents to convert; name a file that contains some"
    assert not (tmp_path / "x.spacy").exists()


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("no.conllu", "no such file or folder; name one"),
        ("", "no file in this folder can be converted; the extension must be one of"),
    ],
)
def test_input_that_is_not_there_is_an_error(tmp_path: Path, name: str, start: str) -> None:
    assert error_of(convert(tmp_path / name, tmp_path / "out")).startswith(f"{tmp_path / name}: {start}")


def test_a_folder_does_not_fit_into_one_file_unasked(source: Path, tmp_path: Path) -> None:
    source.with_name("c.conllu").write_text(SENTENCE, encoding="utf-8")

    message = error_of(convert(source.parent, tmp_path / "all.spacy"))

    assert message.endswith(
        "all.spacy: expected a folder for 2 files; name one, or write all to one file with -C"
    )


def test_two_files_of_one_name_are_an_error(source: Path, tmp_path: Path) -> None:
    source.with_name("birds.conllu.gz").write_bytes(b"")

    message = error_of(convert(source.parent, tmp_path / "out"))

    assert "two files would be written here, birds.conllu and birds.conllu.gz" in message


def test_a_map_of_labels_must_be_one(source: Path, tmp_path: Path) -> None:
    labels = tmp_path / "map.json"
    labels.write_text('{"PER": 1}')

    message = error_of(convert(source, tmp_path / "out", "-nm", labels))

    assert message == f"--ner-map: {labels} must map labels to labels, got {{'PER': 1}}"


def test_a_place_that_cannot_be_written_is_an_error(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    assert "cannot be written" in error_of(convert(source, tmp_path / "out" / "x.spacy"))


def test_a_dash_is_the_standard_output(source: Path, tmp_path: Path) -> None:
    lines = convert(source, "-", "-t", "jsonl")
    packed = convert(source.parent, "-")

    assert [json.loads(line)["text"] for line in lines.stdout.splitlines()] == ["Birds sing "] * 3
    assert convert(source, "-t", "jsonl").stdout == lines.stdout
    assert lines.stderr == "3 sentences → 3 documents\n"
    assert len(list(DocBin().from_bytes(packed.stdout_bytes).get_docs(Vocab()))) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["birds.conllu"]


def test_malformed_parts_can_be_left_out_and_kept_apart(source: Path, tmp_path: Path) -> None:
    source.write_text(SENTENCE + "1\tBirds\n\n" + SENTENCE, encoding="utf-8")
    out = tmp_path / "out" / "a.spacy"

    assert error_of(convert(source, out)).startswith(f"{source}:4: expected 10 columns")
    assert not out.exists()
    assert convert(source, out, "--on-invalid", "skip").exit_code == 0
    assert len(read(out)) == 2
    assert convert(source, out, "--on-invalid", "quarantine").exit_code == 0
    (line,) = out.with_name("a.spacy.invalid.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["place"] == f"{source}:4"
    assert json.loads(line)["text"] == "1\tBirds"


def test_a_file_that_would_be_too_large_becomes_several(source: Path, tmp_path: Path) -> None:
    source.write_text(SENTENCE * 5, encoding="utf-8")
    (docs,) = convert_files(source, tmp_path / "whole.spacy")
    parts = list(convert_files(source, tmp_path / "out" / "a.spacy", shard_bytes=2 * 2 * 8 * 13))

    assert [(part.path.name, part.n_docs) for part in parts] == [
        ("a-1.spacy", 2),
        ("a-2.spacy", 2),
        ("a-3.spacy", 1),
    ]
    assert [text for part in parts for text in read(part.path)] == read(docs.path)
    assert len(list((tmp_path / "out").iterdir())) == 3


@pytest.mark.parametrize(
    ("content", "n_tokens"),
    [
        (SENTENCE, 2),
        ("-DOCSTART- -X- O O\n\nAnna NNP B-NP B-PER\nsings VBZ B-VP O\n", 2),
        ("Anna|B-PER sings|O\n", 2),
        ('{"text": "Anna"}\n', 1),
        ('["Anna sings", {"entities": [[0, 4, "PER"]]}]\n', 2),
        ('[\n {"id": 0, "paragraphs": [{"sentences": [{"tokens": [{"orth": "Anna"}]}]}]}\n]\n', 1),
        ('"Text","label"\n"Anna sings",MUSIC\n', 2),
        ("label\ttext\nMUSIC\tAnna sings\n", 2),
    ],
)
def test_a_file_with_any_ending_is_known_by_its_first_lines(
    tmp_path: Path, content: str, n_tokens: int
) -> None:
    (tmp_path / "data.txt").write_text(content, encoding="utf-8")

    assert convert(tmp_path / "data.txt", tmp_path / "a.spacy").exit_code == 0
    (doc,) = DocBin().from_disk(tmp_path / "a.spacy").get_docs(Vocab())
    assert len(doc) == n_tokens


def test_every_document_is_progress(source: Path, tmp_path: Path) -> None:
    seen: list[Path] = []
    list(convert_files(source, tmp_path / "a.spacy", progress=seen.append))

    assert seen == [source] * 3


@Language.component("toy_behind_the_sentences")
def behind_the_sentences(doc: Doc) -> Doc:
    """Must not be run for the sentences."""
    raise AssertionError


def test_a_trained_pipeline_finds_the_sentences(tmp_path: Path) -> None:
    source, out, base = tmp_path / "a.iob", tmp_path / "a.spacy", tmp_path / "base"
    source.write_text("Anna\tB-PER\n.\tO\n/\tO\nBo\tB-PER\n", encoding="utf-8")
    nlp = kernel.blank("xx")
    nlp.add_pipe("sentencizer", config={"punct_chars": ["/"]})
    nlp.add_pipe("toy_behind_the_sentences")
    nlp.to_disk(base)

    result = convert(source, out, "-s", "-b", base, "-n", "0")

    assert result.output == f"2 sentences → 1 document: {out}\n"
    (doc,) = DocBin().from_disk(out).get_docs(Vocab())
    assert [sent.text.strip() for sent in doc.sents] == ["Anna . /", "Bo"]


def test_a_pipeline_that_finds_no_sentences_is_refused(source: Path, tmp_path: Path) -> None:
    out, base, iob = tmp_path / "a.spacy", tmp_path / "base", tmp_path / "a.iob"
    iob.write_text("Anna\tB-PER\n", encoding="utf-8")
    kernel.blank("xx").to_disk(base)

    without_segmenter = error_of(convert(iob, out, "-s", "--model", base))
    assert f"{base}: no component of this pipeline sets sentence boundaries, got []" in without_segmenter
    assert "got nothing there" in error_of(convert(iob, out, "-s", "-b", tmp_path / "nowhere"))
    assert "has no such option" in error_of(convert(source, out, "-s"))
    assert convert(iob, out, "-b", base).exit_code == 2
    assert not out.exists()
