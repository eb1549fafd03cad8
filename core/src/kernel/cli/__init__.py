"""The frame of the command line: commands are names in a table, imported when they are run.

Only `exits` turns what a command raises into a message and an exit code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from kernel import __version__
from kernel.cli import exits, streams
from kernel.errors import PluginError, did_you_mean
from kernel.plugins.builtins import COMMANDS, TABLES
from kernel.plugins.manager import STRICT
from kernel.plugins.requirements import KERNEL
from kernel.plugins.selection import VARIABLE
from kernel.plugins.tables import Entry, NameTable, Owner
from kernel.registry import registry


class LazyGroup(click.Group):
    """A group whose commands are the names of the table `commands`."""

    @property
    def table(self) -> NameTable:
        """The commands of the kernel and of the plugins."""
        return registry.table("commands")

    # The kernel's own commands are found without reading the plugins: no plugin can override them, and a config
    # may still exclude plugins before they are read.

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the kernel's commands in the order in which a project uses them, then those of the plugins."""
        return [*COMMANDS, *(name for name in self.table if name not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None where it is unknown."""
        if cmd_name in COMMANDS:
            entry = Entry("commands", cmd_name, TABLES["commands"][cmd_name], Owner("kernel", KERNEL))
        elif cmd_name in self.table:
            entry = self.table.entry(cmd_name)
        else:
            return None
        command = entry.resolve()
        if not isinstance(command, click.Command):
            raise PluginError(
                f"commands: {cmd_name!r} of {entry.owner} is not a click command, got {type(command).__name__}; "
                f"point {entry.target!r} at one"
            )
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command by its name; fail with the nearest name where it is unknown."""
        name = args[0]
        if not name.startswith("-") and name not in COMMANDS and name not in self.table:
            ctx.fail(f"unknown command {name!r}{did_you_mean(name, self.table)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any; a plugin's command shows its owner."""
        rows = [
            (name, COMMANDS.get(name) or f"From {self._owners(name)}.") for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _owners(self, name: str) -> str:
        return " and ".join(str(entry.owner) for entry in self.table.entries(name))


def _choose(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        # As a variable, so that child processes use the same plugins.
        os.environ[VARIABLE] = value
        registry.reload()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kernel")
@click.option(
    "--plugins",
    metavar="CHOICE",
    is_eager=True,
    expose_value=False,
    callback=_choose,
    help="Use only these plugins (a,b) or all but these (-a,-b); overrides KERNEL_PLUGINS.",
)
@click.option("--strict-plugins", is_flag=True, help="Fail if any installed plugin has a fault.")
def main(strict_plugins: bool) -> None:
    """Train, evaluate and manage NLP pipelines."""
    if strict_plugins:
        # As a variable, so that it holds on every access to the plugins and in child processes.
        os.environ[STRICT] = "1"


def run(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with the code that `exits` determines."""
    words = None if args is None else list(args)
    with streams.guarded(), exits.signals_obeyed():
        code = exits.exit_code(lambda: main.main(words, prog_name="kernel", standalone_mode=False))
    sys.exit(code)
