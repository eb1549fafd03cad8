"""Prepare values for external loggers: flat numbers of an evaluation, a config without its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from kernel.errors import ConfigError


def numbers(info: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of an evaluation: "score", "loss_NAME" for each loss, the other scores by their own names.

    Nested scores get dotted names, such as "ents_per_type.PER.f"; values that are not numbers are left out.

    Args:
        info: The dictionary that a logger gets.
    """
    values = {"score": float(info["score"])}
    values |= {f"loss_{name}": float(loss) for name, loss in info["losses"].items()}
    return values | dict(_numbers(info["other_scores"]))


def _numbers(scores: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, float]]:
    for name, value in scores.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{path}{name}.")
        elif hasattr(value, "__float__"):
            yield f"{path}{name}", float(value)


def config_without(settings: Mapping[str, Any], removed: Iterable[str]) -> dict[str, Any]:
    """Copy a config without some of its sections and values.

    Args:
        settings: The interpolated config: `Header.settings`.
        removed: Dotted names, such as "paths" or "corpora.train.path".

    Raises:
        ConfigError: A name is unknown; the secret may be under another name.
    """
    plain: dict[str, Any] = deepcopy(dict(settings))
    for dotted in removed:
        *steps, last = dotted.split(".")
        section: Any = plain
        for step in steps:
            section = section.get(step) if isinstance(section, dict) else None
        if not isinstance(section, dict) or last not in section:
            raise ConfigError(
                f"remove_config_values: unknown value {dotted!r}; write the dotted name of a section or value"
            )
        del section[last]
    return plain


def dotted(config: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return every value of a config by its dotted name; an empty section counts as a value."""
    values: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            values |= dotted(value, f"{path}{key}.")
        else:
            values[f"{path}{key}"] = value
    return values
