"""`kernel reproduce`: repeat a run from its manifest and compare the results."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from kernel.cli.paths import NamedPath


@click.command("reproduce")
@click.argument("run", type=NamedPath())
@click.option("-o", "--output", type=NamedPath(), help="Folder to keep the new run in.")
@click.pass_context
def command(ctx: click.Context, run: Path, output: Path | None) -> None:
    """Repeat the training in the folder RUN from its manifest, and compare the pipelines byte by byte.

    Exits with 1 if one differs. The folder RUN is not changed.
    """
    from kernel.training.reproduce import reproduce

    with tempfile.TemporaryDirectory() as folder:
        result = reproduce(run, output or Path(folder) / "run")
    for name, is_same in result.same.items():
        click.echo(f"{name}: {'the same' if is_same else 'DIFFERENT'}")
    for note in result.notes:
        click.echo(f"note: {note}", err=True)
    ctx.exit(0 if result.is_same else 1)
