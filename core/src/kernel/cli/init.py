"""`kernel init`: create what training starts from: configs, label files, word vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kernel.cli.paths import NamedPath
from kernel.errors import CheckpointError, ConfigError, printable

if TYPE_CHECKING:
    from kernel.config.format.document import Config


@click.group("init")
def command() -> None:
    """Create what training starts from: a config, label files, word vectors."""


@command.command("config")
@click.argument("output", default="-")
@click.option("-l", "--lang", default="en", show_default=True, help="Language code.")
@click.option(
    "-p",
    "--pipeline",
    default="tagger,morphologizer",
    show_default=True,
    help="Components, separated by commas; shared layers they need are added.",
)
@click.option(
    "-o",
    "--optimize",
    type=click.Choice(["efficiency", "accuracy"]),
    default="efficiency",
    show_default=True,
    help="Small and fast, or larger and slower.",
)
@click.option("-G", "--gpu", is_flag=True, help="Recommend settings for a GPU.")
@click.option("-F", "--force", is_flag=True, help="Overwrite OUTPUT.")
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
def init_config(
    output: str, lang: str, pipeline: str, optimize: str, gpu: bool, force: bool, codes: tuple[str, ...]
) -> None:
    """Write a complete config with recommended settings to OUTPUT; "-" is standard output."""
    from kernel.config import check_config, import_code, recommend_config

    if output != "-":
        _check_free(Path(output), force)
    for code in codes:
        import_code(code)
    names = [name.strip() for name in pipeline.split(",") if name.strip()]
    config = recommend_config(lang, names, optimize=optimize, gpu=gpu)
    check_config(config, unset_is_fine=True)
    _write(config, output)


@command.command("fill-config")
@click.argument("base")
@click.argument("output", default="-")
@click.option("-D", "--diff", is_flag=True, help="Show the added lines.")
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
def fill_config_file(base: str, output: str, diff: bool, codes: tuple[str, ...]) -> None:
    """Fill in every default that the config BASE lacks, and write it to OUTPUT; "-" is standard output."""
    from difflib import unified_diff

    from kernel.config import make_plan

    plan = make_plan(base, code=codes, unset_is_fine=True)
    _write(plan.config, output)
    if diff:
        before, after = plan.given.to_str().splitlines(), plan.config.to_str().splitlines()
        for line in unified_diff(before, after, base, output, lineterm=""):
            click.echo(line, err=output == "-")


@command.command("labels", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("config")
@click.argument("output", type=NamedPath())
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
@click.option("-g", "--gpu-id", default=-1, show_default=True, help="GPU number; -1 for the CPU.")
@click.pass_context
def init_labels(ctx: click.Context, config: str, output: Path, codes: tuple[str, ...], gpu_id: int) -> None:
    """Collect the labels of each component of CONFIG from the training corpus, and write them to the folder OUTPUT.

    The development corpus is not read. A run that reads the files need not search the corpus for labels, and keeps
    them in this order.
    """
    from kernel.config import make_plan
    from kernel.config.overrides import given_overrides
    from kernel.training.labels import collect_labels, write_labels

    plan = make_plan(config, given_overrides(ctx.args), codes)
    paths = write_labels(collect_labels(plan, gpu_id), output)
    click.echo(f"wrote {', '.join(map(str, paths))}; add these sections to a config to use them", err=True)
    click.echo("[initialize]\n\n[initialize.components]")
    for path in paths:
        section = f"initialize.components.{path.stem}"
        click.echo(f'\n[{section}]\n\n[{section}.labels]\n@readers = "kernel.read_labels.v1"')
        click.echo(f"path = {json.dumps(str(path))}")


@command.command("vectors")
@click.argument("lang")
@click.argument("vectors_loc", type=NamedPath())
@click.argument("output", type=NamedPath())
@click.option(
    "-p",
    "--prune",
    type=click.IntRange(min=1),
    help="Keep this many vectors; map other words to the nearest.",
)
@click.option(
    "-t",
    "--truncate",
    type=click.IntRange(min=0),
    default=0,
    help="Read only the first N vectors; 0 for all.",
)
@click.option(
    "-m",
    "--mode",
    type=click.Choice(["default", "floret"]),
    default="default",
    show_default=True,
    help="One vector per word, or vectors of character n-grams.",
)
@click.option("-n", "--name", help="Name of the vectors.")
@click.option(
    "-a",
    "--attr",
    default="ORTH",
    show_default=True,
    help="Word attribute that has the vector: LOWER, NORM ...",
)
@click.option("-F", "--force", is_flag=True, help="Overwrite OUTPUT.")
def init_vectors(
    lang: str,
    vectors_loc: Path,
    output: Path,
    prune: int | None,
    truncate: int,
    mode: str,
    name: str | None,
    attr: str,
    force: bool,
) -> None:
    """Convert word vectors in text form to a pipeline without components, the folder OUTPUT, for configs to refer to.

    VECTORS_LOC has one line per word, as written by word2vec, GloVe, fastText and floret; it may be compressed with
    gzip, or be the only file in a zip archive.
    """
    from kernel.pipeline.loading import blank
    from kernel.text.vectors.vector_text import read_vectors

    if mode == "floret" and (prune or truncate):
        raise click.UsageError(
            "--prune and --truncate: floret vectors belong to no words; train a smaller table instead"
        )
    if name and printable(name) != name:
        raise ConfigError(f"--name: expected printable text in UTF-8, got {name!r}; choose another name")
    _check_free(output, force)
    nlp = blank(lang)
    name = name or f"{lang}_{nlp.meta['name']}.vectors"
    nlp.vocab.vectors = read_vectors(vectors_loc, n_words=truncate, mode=mode, name=name, attr=attr)
    if prune:
        nlp.vocab.prune_vectors(prune)
    nlp.to_disk(output)
    vectors = nlp.vocab.vectors
    keys = "every word" if mode == "floret" else f"{vectors.n_keys:,} words"
    click.echo(
        f"wrote {output}: {vectors.shape[0]:,} vectors of width {vectors.shape[1]} for {keys}", err=True
    )
    click.echo(f"[initialize]\nvectors = {json.dumps(str(output))}")


def _check_free(output: Path, force: bool) -> None:
    if output.exists() and not force:
        raise CheckpointError(f"{output}: already exists; use --force to overwrite it")


def _write(config: Config, output: str) -> None:
    from kernel.cli.freezing import with_requirements

    config = with_requirements(config)
    if output == "-":
        click.echo(config.to_str())
    else:
        config.to_disk(output)
        click.echo(
            f"wrote {output}; next: kernel train {output} --paths.train FILE --paths.dev FILE", err=True
        )
