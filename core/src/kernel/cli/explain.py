"""`kernel explain`: which components own, share and update which weights."""

from __future__ import annotations

import json

import click

from kernel.errors import printable


@click.command("explain", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("config")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-w", "--weights", is_flag=True, help="List every weight array with its learning rate.")
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
@click.pass_context
def command(ctx: click.Context, config: str, as_json: bool, weights: bool, codes: tuple[str, ...]) -> None:
    """Explain for each component of CONFIG its source, its listeners, and whose loss updates its weights.

    Override values as in `kernel train`: --section.key value. The pipeline is built, but no data is read and nothing
    is trained.
    """
    from kernel.config import make_plan
    from kernel.config.overrides import given_overrides
    from kernel.training.explain import as_lines, explain

    explained = explain(make_plan(config, given_overrides(ctx.args), codes, unset_is_fine=True))
    if as_json:
        click.echo(json.dumps(explained, ensure_ascii=False, indent=2))
    else:
        click.echo(printable("\n".join(as_lines(explained, weights=weights))))
