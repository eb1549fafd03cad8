"""The progress bar, drawn by rich; rich is imported when a bar is first shown."""

from __future__ import annotations

from typing import IO, Any


class Bar:
    """A bar on a terminal; on anything else it draws nothing.

    Args:
        stream: Where to draw.
        total: Steps to the end of the bar; None: not known.
        whole: Whether the bar stands for the whole run; otherwise it begins anew at every evaluation.
    """

    def __init__(self, stream: IO[str], total: int | None, *, whole: bool) -> None:
        self.stream = stream
        self.total = total
        self.whole = whole
        self.drawn: Any = None
        self.task: Any = None

    def show(self, epoch: int, step: int) -> None:
        """Draw the bar under the last row."""
        if not self.stream.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.drawn = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(file=self.stream),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        label = f"Epoch {epoch} evaluated" if self.whole else f"Epoch {epoch + 1}"
        self.task = self.drawn.add_task(label, total=self.total, completed=step if self.whole else 0)
        self.drawn.start()

    def advance(self) -> None:
        """Count one step."""
        if self.drawn is not None:
            self.drawn.advance(self.task)

    def hide(self) -> None:
        """Take the bar off the screen."""
        if self.drawn is not None:
            self.drawn.stop()
            self.drawn = None
