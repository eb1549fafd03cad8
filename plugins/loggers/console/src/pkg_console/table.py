"""The table of evaluations as plain text: columns, header and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.errors import ConfigError

#: Maximum length of a title that is not shortened.
MAX_TITLE = 13


@dataclass(frozen=True)
class Column:
    """One column: its title, its width, and a function that formats its cells."""

    title: str
    width: int
    cell: Callable[[Mapping[str, Any]], str]


def columns(pipes: Sequence[str], scores: Sequence[str]) -> list[Column]:
    """Return the columns of the table: epoch, step, a loss per component, the scores, the final score."""
    result = [
        column("E", 3, lambda info: str(info["epoch"])),
        column("#", 6, lambda info: str(info["step"])),
    ]
    result += [column(f"Loss {name}", 8, loss_cell(name)) for name in pipes]
    result += [column(name, 6, score_cell(name)) for name in scores]
    result.append(column("Score", 6, lambda info: f"{info['score']:.2f}"))
    return result


def column(title: str, width: int, cell: Callable[[Mapping[str, Any]], str]) -> Column:
    """Create a column wide enough for its title, which is shortened if it is too long."""
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 3] + "..."
    return Column(title.upper(), max(width, len(title)), cell)


def loss_cell(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that formats a component's loss."""
    return lambda info: f"{float(info['losses'].get(name, 0.0)):.2f}"


def score_cell(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that formats a score: in percent, or speed in whole words per second; "-" for none."""
    digits = 0 if name == "speed" else 2

    def cell(info: Mapping[str, Any]) -> str:
        value = displayed_score(name, info)
        return "-" if value is None else f"{value:.{digits}f}"

    return cell


def displayed_score(name: str, info: Mapping[str, Any]) -> float | None:
    """Return a score in the units of the table: percent, or words per second for speed; None if there is none.

    Raises:
        ConfigError: The score is not a number.
    """
    value = info["other_scores"].get(name)
    if value is None:
        return None
    try:
        number = float(value)
    except TypeError as exc:
        raise ConfigError(
            f"[training.score_weights] {name}: expected a number for a column, got {type(value).__name__}; "
            f"write {name} = null to hide it"
        ) from exc
    return number if name == "speed" else number * 100


def header(columns: Sequence[Column]) -> Iterator[str]:
    """Yield the line of titles and the line below it."""
    yield "  ".join(column.title.ljust(column.width) for column in columns).rstrip()
    yield "  ".join("-" * column.width for column in columns)


def row(columns: Sequence[Column], info: Mapping[str, Any]) -> str:
    """Return the row of one evaluation."""
    return "  ".join(column.cell(info).rjust(column.width) for column in columns)
