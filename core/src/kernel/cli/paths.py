"""The paths that commands take: an empty one is a variable that was never set, not the working directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class NamedPath(click.Path):
    """A path of a file or folder, whose name is not empty."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty path."""
        if value in ("", b""):
            self.fail("the path is empty; give the name of a file or folder", param, ctx)
        return super().convert(value, param, ctx)


def check_apart(output: Path | None, *inputs: Path) -> None:
    """Raise unless an output is another file than each input.

    Raises:
        UsageError: It would overwrite what was read.
    """
    for given in inputs:
        if output is not None and output.exists() and given.exists() and os.path.samefile(output, given):
            raise click.UsageError(f"the output would overwrite the input {given}; give another path")
