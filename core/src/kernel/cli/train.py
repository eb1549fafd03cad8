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
@click.option("-g", "--gpu-id", default=-1, show_default=True, help="GPU number; -1 for the CPU.")
@click.option("--resume", is_flag=True, help="Resume the run in the output folder.")
@click.option("--overwrite", is_flag=True, help="Replace the run in the output folder.")
@click.option("-V", "--verbose", is_flag=True, help="Print more about what is being done.")
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
    """Train a pipeline from CONFIG; "-" reads standard input.

    Every value of the config can be overridden here: --section.key value, as in --paths.train train.spacy. Values in
    the environment variable KERNEL_CONFIG_OVERRIDES, in the same form, take precedence.

    A run that was killed can be resumed with --resume and ends as if it had not been interrupted. An output folder
    that is not empty is refused without --resume or --overwrite.
    """
    if resume and overwrite:
        raise click.UsageError(
            "--resume continues the run that --overwrite would replace; use only one of them"
        )
    if (resume or overwrite) and output is None:
        raise click.UsageError("--resume and --overwrite need --output, the folder of the run")
    if config.startswith("--"):
        raise click.UsageError(f"the config must come before its overrides, got {config!r} first")
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
        # Lost standard output is no error: the results are in the folder.
        streams.excuse()


def listen() -> None:
    """Print the kernel's log messages to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logger = logging.getLogger("kernel")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
