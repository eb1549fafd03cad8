"""Parse the paths that commands take; an empty one is an unset variable, not the working directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class NamedPath(click.Path):
    """A non-empty path of a file or folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert the value to a path; refuse an empty one."""
        if value in ("", b""):
            self.fail("the path is empty; name a file or folder", param, ctx)
        return super().convert(value, param, ctx)


def check_apart(output: Path | None, *inputs: Path) -> None:
    """Raise where an output is the same file as one of the inputs.

    Raises:
        UsageError: The output would overwrite an input.
    """
    for source in inputs:
        if output is not None and output.exists() and source.exists() and os.path.samefile(output, source):
            raise click.UsageError(f"the output would overwrite the input {source}; choose another path")
