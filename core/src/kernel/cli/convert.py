"""`kernel convert`: convert annotated text from other formats to training data."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from kernel.cli.paths import NamedPath, check_apart
from kernel.errors import DataError
from kernel.system.files import reason, regular

if TYPE_CHECKING:
    from kernel.convert.conversion import Conversion
    from kernel.convert.readable_text import OnInvalid

_SECONDS = 5


@click.command("convert")
@click.argument("source", metavar="IN", type=NamedPath())
@click.argument("target", metavar="[OUT]", type=NamedPath(), default="-")
@click.option(
    "-t",
    "--file-type",
    type=click.Choice(["spacy", "jsonl"]),
    default="spacy",
    show_default=True,
    help="Output format: binary documents, or one JSON object per line.",
)
@click.option(
    "-c",
    "--converter",
    default="auto",
    show_default=True,
    help="Name of the converter; auto: by file ending.",
)
@click.option(
    "-n", "--n-sents", type=click.IntRange(min=0), help="Sentences per document; 0: keep the documents of IN."
)
@click.option(
    "-T", "--merge-subtokens", is_flag=True, help="Merge the words of a contraction into one token."
)
@click.option("-m", "--morphology", is_flag=True, help="Append the morphological features to the tags.")
@click.option("-nm", "--ner-map", type=NamedPath(), help="JSON file that maps entity labels to other labels.")
@click.option("-s", "--seg-sents", is_flag=True, help="Split sentences where IN does not.")
@click.option(
    "-b",
    "--base",
    "--model",
    metavar="PIPELINE",
    help="With -s: a trained pipeline that splits the sentences.",
)
@click.option("-l", "--lang", help="Language code.")
@click.option(
    "--on-invalid",
    type=click.Choice(["fail", "skip", "quarantine"]),
    default="fail",
    show_default=True,
    help="On malformed parts: stop at the first, skip them, or also write them to OUT.invalid.jsonl.",
)
@click.option("-C", "--concatenate", is_flag=True, help="Write all files of a folder into one file.")
def command(
    source: Path,
    target: Path,
    file_type: str,
    converter: str,
    n_sents: int | None,
    merge_subtokens: bool,
    morphology: bool,
    ner_map: Path | None,
    seg_sents: bool,
    base: str | None,
    lang: str | None,
    on_invalid: OnInvalid,
    concatenate: bool,
) -> None:
    """Convert IN, a file or folder, to training data: OUT, a .spacy file, a folder for such files, or - for standard
    output, the default.

    The format of IN is recognized by its file ending (before .gz, if compressed) or its first lines; -c sets it.
    `kernel plugins list --names` lists the installed converters. A very large .spacy file is split into several:
    OUT-1.spacy, OUT-2.spacy and so on.
    """
    from kernel.convert.conversion import convert_files

    if base is not None and not seg_sents:
        raise click.UsageError(
            "-b/--base needs -s/--seg-sents: it names the pipeline that splits the sentences"
        )
    options = {
        "n_sents": n_sents,
        "merge_subtokens": merge_subtokens or None,
        "morphology": morphology or None,
        "ner_map": _read_map(ner_map),
        "seg_sents": seg_sents or None,
        "base": _segmenter(base),
        "lang": lang,
    }
    settings: dict[str, Any] = {
        "converter": converter,
        "file_type": file_type,
        "options": {name: value for name, value in options.items() if value is not None},
        "on_invalid": on_invalid,
        "progress": _Progress(),
    }
    if str(target) == "-":
        _to_stdout(source, settings)
        return
    check_apart(target, source)
    for conversion in convert_files(source, target, concatenate=concatenate, **settings):
        click.echo(f"{_counts(conversion)}: {conversion.path}")


def _to_stdout(source: Path, settings: dict[str, Any]) -> None:
    """Convert everything into one file, and print it once it is complete."""
    from kernel.convert.conversion import convert_files

    file_type = settings["file_type"]
    if file_type == "spacy" and sys.stdout.isatty():
        raise DataError(
            "OUT: cannot print binary documents to a terminal, got '-'; name a file, or use -t jsonl"
        )
    if settings["on_invalid"] == "quarantine":
        raise DataError(
            "--on-invalid quarantine: skipped parts are written to a file beside OUT, got '-'; name a file"
        )
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, f"out.{file_type}")
        conversions = list(
            convert_files(source, target, concatenate=True, shard_bytes=sys.maxsize, **settings)
        )
        with target.open("rb") as whole:
            shutil.copyfileobj(whole, sys.stdout.buffer)
        sys.stdout.flush()
    click.echo(_counts(conversions[0]), err=True)


class _Progress:
    """Prints the progress of a long conversion every few seconds."""

    def __init__(self) -> None:
        self.n_docs = 0
        self.last_time = monotonic()

    def __call__(self, file: Path) -> None:
        self.n_docs += 1
        if monotonic() - self.last_time > _SECONDS:
            self.last_time = monotonic()
            click.echo(f"{self.n_docs:,} documents so far, in {file}", err=True)


def _counts(conversion: Conversion) -> str:
    sentences = f"{_number(conversion.n_sents, 'sentence')} → " if conversion.n_sents else ""
    return sentences + _number(conversion.n_docs, "document")


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _segmenter(base: str | None) -> Any:
    if base is None:
        return None
    from kernel.convert.segmenting import load_segmenter

    return load_segmenter(base)


def _read_map(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    from kernel.text.base.json_data import read_json

    try:
        labels: Any = read_json(regular(path).read_bytes())
    except (OSError, ValueError) as exc:
        got = reason(exc) if isinstance(exc, OSError) else exc
        raise DataError(f"--ner-map: {path} is not a JSON file, got {got}; map labels to labels") from exc
    if not isinstance(labels, dict) or not all(isinstance(label, str) for label in labels.values()):
        raise DataError(f"--ner-map: {path} must map labels to labels, got {labels!r:.60}")
    return labels
