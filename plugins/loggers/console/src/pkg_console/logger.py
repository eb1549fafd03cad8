"""The console logger: a table with one row per evaluation, and a progress bar for the steps in between."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from kernel.errors import ConfigError
from kernel.training.run import Header
from pkg_console.bar import Bar
from pkg_console.record import Record
from pkg_console.table import Column, columns, row
from pkg_console.table import header as header_lines

Info = Mapping[str, Any]


def console_logger(
    progress_bar: bool | str | None = None,
    console_output: bool = True,
    output_file: str | None = None,
) -> Callable[..., tuple[ConsoleRun, Callable[[], None]]]:
    """Create a logger that prints a table to stdout and draws a progress bar on stderr.

    Args:
        progress_bar: "train" for the whole run, "eval" or true for the steps to the next evaluation, false or
            null for none. It is shown on terminals only.
        console_output: Whether to print the table and draw the bar.
        output_file: A file to which one JSON object per evaluation is appended.

    Raises:
        ConfigError: `progress_bar` has another value.
    """
    if progress_bar not in (None, True, False, "train", "eval"):
        raise ConfigError(f"progress_bar: expected 'train', 'eval' or null, got {progress_bar!r}")

    def setup_logger(
        nlp: Any,
        stdout: IO[str] = sys.stdout,
        stderr: IO[str] = sys.stderr,
        header: Header | None = None,
    ) -> tuple[ConsoleRun, Callable[[], None]]:
        header = header or Header.of_pipeline(nlp)
        run = ConsoleRun(nlp, header, stdout if console_output else None, output_file)
        if console_output and progress_bar:
            run.bar = bar_of(header, whole=progress_bar == "train", stream=stderr)
        return run, run.finalize

    return setup_logger


class ConsoleRun:
    """The state of the logger during one run."""

    def __init__(self, nlp: Any, header: Header, stdout: IO[str] | None, output_file: str | None) -> None:
        pipes = [name for name, pipe in nlp.pipeline if getattr(pipe, "is_trainable", False)]
        scores = [name for name, weight in header.score_weights.items() if weight is not None]
        self.columns: list[Column] = columns(pipes, scores)
        self.stdout = stdout
        self.record = None if output_file is None else Record(output_file, pipes, scores)
        self.bar: Bar | None = None
        for line in header_lines(self.columns):
            self.print(line)

    def print(self, line: str) -> None:
        """Print a line of the table, unless output is off."""
        if self.stdout is not None:
            print(line, file=self.stdout, flush=True)

    def state(self) -> Any:
        """Return the state of the output file, for resuming the run in another process."""
        return None if self.record is None else self.record.file.state()

    def restore(self, state: Any) -> None:
        """Continue the output file at the state of a resumed run."""
        if self.record is not None and state is not None:
            self.record.file.restore(state)

    def __call__(self, info: Info | None) -> None:
        """Print a row for an evaluation; advance the bar for other steps, whose `info` is None."""
        if info is None:
            if self.bar is not None:
                self.bar.advance()
            return
        if self.bar is not None:
            self.bar.hide()
        self.print(row(self.columns, info))
        if self.record is not None:
            self.record.add(info)
        if self.bar is not None:
            self.bar.show(info["epoch"], info["step"])

    def finalize(self) -> None:
        """Remove the bar and close the output file."""
        if self.bar is not None:
            self.bar.hide()
        if self.record is not None:
            self.record.file.close()


def bar_of(header: Header, *, whole: bool, stream: IO[str]) -> Bar:
    """Create a progress bar for the whole run, or for the steps to the next evaluation."""
    total = header.max_steps if whole else header.eval_frequency
    return Bar(stream, total or None, whole=whole)
