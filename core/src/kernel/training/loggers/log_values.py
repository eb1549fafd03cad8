"""What loggers send elsewhere, made plain: a step's numbers under one name each, a config without its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from kernel.errors import ConfigError


def numbers(info: Mapping[str, Any]) -> dict[str, float]:
    """Give the numbers of an evaluation: "score", "loss_NAME" for each loss, the other scores by their own names.

    Scores inside scores have dotted names, such as "ents_per_type.PER.f"; what is no number is left out.

    Args:
        info: What a logger is told.
    """
    found = {"score": float(info["score"])}
    found |= {f"loss_{name}": float(loss) for name, loss in info["losses"].items()}
    return found | dict(_numbers(info["other_scores"]))


def _numbers(scores: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, float]]:
    for name, value in scores.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{path}{name}.")
        elif hasattr(value, "__float__"):
            yield f"{path}{name}", float(value)


def config_without(settings: Mapping[str, Any], removed: Iterable[str]) -> dict[str, Any]:
    """Copy a config without some of its sections and values.

    Args:
        settings: The config without variables: `Header.settings`.
        removed: Dotted names, such as "paths" or "corpora.train.path".

    Raises:
        ConfigError: A name leads nowhere: what was to be kept secret may stand elsewhere.
    """
    plain: dict[str, Any] = deepcopy(dict(settings))
    for dotted in removed:
        *steps, last = dotted.split(".")
        section: Any = plain
        for step in steps:
            section = section.get(step) if isinstance(section, dict) else None
        if not isinstance(section, dict) or last not in section:
            raise ConfigError(
                f"remove_config_values: the config has no such value, got {dotted!r}; write its dotted name"
            )
        del section[last]
    return plain


def dotted(config: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Give every value of a config under its dotted name; an empty section is a value."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            found |= dotted(value, f"{path}{key}.")
        else:
            found[f"{path}{key}"] = value
    return found
