"""The table: its columns, its header and its rows, as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.errors import ConfigError

#: Longest title that is shown whole.
MAX_TITLE = 13


@dataclass(frozen=True)
class Column:
    """One column: a title, a width and what stands in its cells."""

    title: str
    width: int
    cell: Callable[[Mapping[str, Any]], str]


def columns(pipes: Sequence[str], scores: Sequence[str]) -> list[Column]:
    """Lay out the table: epoch, step, a loss for each component, the scores, the one score."""
    made = [
        column("E", 3, lambda info: str(info["epoch"])),
        column("#", 6, lambda info: str(info["step"])),
    ]
    made += [column(f"Loss {name}", 8, loss_cell(name)) for name in pipes]
    made += [column(name, 6, score_cell(name)) for name in scores]
    made.append(column("Score", 6, lambda info: f"{info['score']:.2f}"))
    return made


def column(title: str, width: int, cell: Callable[[Mapping[str, Any]], str]) -> Column:
    """Make a column that its title fits into."""
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 3] + "..."
    return Column(title.upper(), max(width, len(title)), cell)


def loss_cell(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Say how to show a component's loss."""
    return lambda info: f"{float(info['losses'].get(name, 0.0)):.2f}"


def score_cell(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Say how to show a score: in hundredths, the speed in whole words a second; "-" where there is none."""
    digits = 0 if name == "speed" else 2

    def cell(info: Mapping[str, Any]) -> str:
        value = shown(name, info)
        return "-" if value is None else f"{value:.{digits}f}"

    return cell


def shown(name: str, info: Mapping[str, Any]) -> float | None:
    """Give a score as it is shown.

    Raises:
        ConfigError: It is not a number.
    """
    value = info["other_scores"].get(name)
    if value is None:
        return None
    try:
        number = float(value)
    except TypeError as exc:
        raise ConfigError(
            f"[training.score_weights] {name}: a column needs a number, got {type(value).__name__}; "
            f"write {name} = null to hide it"
        ) from exc
    return number if name == "speed" else number * 100


def header(made: Sequence[Column]) -> Iterator[str]:
    """Write the titles and the line under them."""
    yield "  ".join(column.title.ljust(column.width) for column in made).rstrip()
    yield "  ".join("-" * column.width for column in made)


def row(made: Sequence[Column], info: Mapping[str, Any]) -> str:
    """Write one evaluation."""
    return "  ".join(column.cell(info).rjust(column.width) for column in made)
