"""`kernel config`: show a config as a run would see it."""

from __future__ import annotations

import click


@click.group("config")
def command() -> None:
    """Show a config as a run would see it."""


@command.command("show", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("config")
@click.option("-s", "--sources", is_flag=True, help="Show where each value comes from.")
@click.option("-i", "--interpolate", is_flag=True, help="Replace variables by their values.")
@click.option("--hash", "only_hash", is_flag=True, help="Print only the hash of the values.")
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
@click.pass_context
def show(
    ctx: click.Context,
    config: str,
    sources: bool,
    interpolate: bool,
    only_hash: bool,
    codes: tuple[str, ...],
) -> None:
    """Print every value of CONFIG with all defaults filled in; "-" reads standard input.

    Override values as in `kernel train`: --section.key value, or KERNEL_CONFIG_OVERRIDES, which takes precedence.
    Nothing is built and no data is read; a config with a mistake is refused. Configs with equal hashes make equal
    runs.
    """
    from kernel.config import make_plan
    from kernel.config.overrides import given_overrides
    from kernel.config.provenance import annotated

    plan = make_plan(config, given_overrides(ctx.args), codes, unset_is_fine=True)
    if only_hash:
        click.echo(plan.values.hash())
    elif sources:
        click.echo(annotated(plan.given, plan.config, interpolate=interpolate))
    else:
        click.echo((plan.values if interpolate else plan.config).to_str())
