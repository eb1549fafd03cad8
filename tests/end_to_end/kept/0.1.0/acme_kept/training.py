"""What a training is surrounded by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click


def falling(start: float = 0.5) -> Iterator[float]:
    """Halve a number at every step."""
    while True:
        yield start
        start /= 2


def note() -> Callable[[Any], Any]:
    """Sign the pipeline."""

    def callback(nlp: Any) -> Any:
        nlp.meta["author"] = "kept"
        return nlp

    return callback


def said() -> Callable[..., Any]:
    """Print the score of every evaluation."""

    def setup(nlp: Any, stdout: Any, stderr: Any) -> Any:
        def log_step(info: dict[str, Any] | None) -> None:
            if info is not None:
                print(f"{info['step']}: {info['other_scores']['kept_acc']:.2f}", file=stdout)

        return log_step, lambda: None

    return setup


@click.command("kept")
def command() -> None:
    """Say that it is there."""
    click.echo("kept")
