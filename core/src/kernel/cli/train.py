"""`kernel train`: train a pipeline from a config."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from kernel.cli import streams
from kernel.cli.paths import NamedPath


@click.command("train", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("config")
@click.option("-o", "--output", type=NamedPath(), help="Folder for model-best and model-last.")
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
@click.option("-g", "--gpu-id", default=-1, show_default=True, help="Number of the GPU; -1: the CPU.")
@click.option("--resume", is_flag=True, help="Go on with the run in the output folder.")
@click.option("--overwrite", is_flag=True, help="Give up what is in the output folder.")
@click.option("-V", "--verbose", is_flag=True, help="Say more about what is done.")
@click.pass_context
def command(
    ctx: click.Context,
    config: str,
    output: Path | None,
    codes: tuple[str, ...],
    gpu_id: int,
    resume: bool,
    overwrite: bool,
    verbose: bool,
) -> None:
    """Train a pipeline from CONFIG; "-" reads it from the standard input.

    Every value of the config can be set here: --section.key value, as in --paths.train train.spacy. Values in
    the environment variable KERNEL_CONFIG_OVERRIDES, written alike, take precedence.

    A run that was killed goes on with --resume and ends as if nothing had happened. An output folder that is not
    empty is refused unless --resume or --overwrite says what becomes of it.
    """
    if resume and overwrite:
        raise click.UsageError("--resume goes on with what --overwrite gives up; say one of them")
    if (resume or overwrite) and output is None:
        raise click.UsageError("--resume and --overwrite are about the folder that --output names; give one")
    if config.startswith("--"):
        raise click.UsageError(f"the config comes before its overrides, got {config!r} first")
    from kernel.config.overrides import given_overrides

    overrides = given_overrides(ctx.args)
    if verbose:
        listen()

    from kernel.training.fit import train

    train(
        config,
        output,
        overrides=overrides,
        code=codes,
        use_gpu=gpu_id,
        resume=resume,
        overwrite=overwrite,
    )
    if output is not None:
        # Whoever has gone away with the standard output finds it all in the folder.
        streams.excuse()


def listen() -> None:
    """Show what the kernel logs on the standard error stream."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logger = logging.getLogger("kernel")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
