"""The progress bar, drawn by rich, which is imported when the first bar is shown."""

from __future__ import annotations

from typing import IO, Any


class Bar:
    """A progress bar; draws nothing unless the stream is a terminal.

    Args:
        stream: The stream to draw on.
        total: Number of steps of the whole bar; None if unknown.
        whole: Whether the bar covers the whole run; otherwise it starts again at every evaluation.
    """

    def __init__(self, stream: IO[str], total: int | None, *, whole: bool) -> None:
        self.stream = stream
        self.total = total
        self.whole = whole
        self.drawn: Any = None
        self.task: Any = None

    def show(self, epoch: int, step: int) -> None:
        """Draw the bar below the last row."""
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
        """Advance the bar by one step."""
        if self.drawn is not None:
            self.drawn.advance(self.task)

    def hide(self) -> None:
        """Remove the bar from the screen."""
        if self.drawn is not None:
            self.drawn.stop()
            self.drawn = None
