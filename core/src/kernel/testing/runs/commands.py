"""What every command of the command line must do."""

from __future__ import annotations

import click
from click.testing import CliRunner


def check_command(command: click.Command) -> str:
    """Check that a command, and each command under it, explains itself and refuses what it does not know.

    Args:
        command: What the name stands for.

    Returns:
        The text of its help, for the test to look at.
    """
    assert isinstance(command, click.Command), f"it is no click command: {command!r}"
    shown = CliRunner().invoke(command, ["--help"])
    assert shown.exit_code == 0, f"--help fails: {shown.output}"
    assert command.help, f"{command.name}: it has no help text"
    unhelpful = [
        parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert not unhelpful, f"{command.name}: options without help: {unhelpful}"
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            sub = command.get_command(click.Context(command), name)
            assert sub is not None, f"{command.name}: it lists {name!r} and does not have it"
            check_command(sub)
    return shown.output
