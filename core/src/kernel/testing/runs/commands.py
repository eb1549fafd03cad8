"""The check of commands."""

from __future__ import annotations

import click
from click.testing import CliRunner


def check_command(command: click.Command) -> str:
    """Check that a command, and each of its subcommands, has help texts.

    Args:
        command: The registered command.

    Returns:
        Its help text, for further assertions.
    """
    assert isinstance(command, click.Command), f"it is not a click command: {command!r}"
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0, f"--help fails: {result.output}"
    assert command.help, f"{command.name}: it has no help text"
    without_help = [
        parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert not without_help, f"{command.name}: options without help: {without_help}"
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            sub = command.get_command(click.Context(command), name)
            assert sub is not None, f"{command.name}: it lists {name!r} but does not have it"
            check_command(sub)
    return result.output
