"""`kernel evaluate`: score a trained pipeline on annotated documents."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kernel.cli.paths import NamedPath, check_apart
from kernel.errors import printable


@click.command("evaluate")
@click.argument("model")
@click.argument("data", type=NamedPath())
@click.option("-o", "--output", type=NamedPath(), help="File for the scores, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
@click.option("-G", "--gold-preproc", is_flag=True, help="Use gold sentences and tokens.")
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
@click.option("--with-code", is_flag=True, help="Run the Python files saved with MODEL, if it needs them.")
@click.option("-g", "--gpu-id", default=-1, show_default=True, help="GPU number; -1 for the CPU.")
@click.option("-sk", "--spans-key", default="sc", show_default=True, help="Key of the span group to score.")
def command(
    model: str,
    data: Path,
    output: Path | None,
    as_json: bool,
    gold_preproc: bool,
    codes: tuple[str, ...],
    with_code: bool,
    gpu_id: int,
    spans_key: str,
) -> None:
    """Score the pipeline MODEL on DATA, a .spacy file or a folder of them.

    Scores are printed as percentages, speed in words per second; JSON has fractions between 0 and 1.
    """
    from kernel.cli.score_table import score_table
    from kernel.config.load import load_with_code
    from kernel.training.evaluate import evaluate_saved, write_scores

    check_apart(output, data)
    if codes:
        config = Path(model) / "config.cfg"
        load_with_code(config if config.is_file() else {}, codes)
    scores = evaluate_saved(model, data, gold_preproc=gold_preproc, use_gpu=gpu_id, with_code=with_code)
    if output is not None:
        write_scores(scores, output)
    if as_json:
        click.echo(json.dumps(scores, ensure_ascii=False, indent=2))
    else:
        click.echo(printable("\n".join(score_table(scores, spans_key))))
