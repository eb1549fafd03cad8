"""Parameter groups with their own learning rates, defined in `[training.optimizer.groups.NAME]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from kernel.contracts.capabilities import model_of
from kernel.errors import ConfigAddress, ConfigError, did_you_mean

KEYS = ("components", "params", "learn_rate")
SECTION = "training.optimizer.groups"


@dataclass(frozen=True)
class Group:
    """A group of parameters and its learning rate.

    Args:
        name: Its name in the config.
        components: Component names or patterns, such as "tok2vec*".
        params: Patterns for "layer/parameter", such as "multi_hash_embed/E*" or "*/b".
        learn_rate: Step size, or a schedule of step sizes; 0 freezes the parameters exactly.
    """

    name: str
    components: tuple[str, ...]
    params: tuple[str, ...]
    learn_rate: Any

    @property
    def attribute(self) -> str:
        """The optimizer attribute that holds the group's rate."""
        return f"learn_rate of {self.name}"

    @property
    def is_still(self) -> bool:
        """Whether its parameters never change."""
        return isinstance(self.learn_rate, (int, float)) and self.learn_rate == 0

    def has(self, component: str, param: str) -> bool:
        """Return whether a parameter of a component belongs to the group."""
        return any(fnmatchcase(component, pattern) for pattern in self.components) and any(
            fnmatchcase(param, pattern) for pattern in self.params
        )


def parse(groups: Mapping[str, Any]) -> list[Group]:
    """Parse the groups of a config, in order.

    Raises:
        ConfigError: A group lacks a key, or has an unknown or invalid one.
    """
    return [_parse(name, block) for name, block in groups.items()]


def find(groups: Sequence[Group], component: str, param: str) -> Group | None:
    """Return the first group that contains a parameter, or None."""
    return next((group for group in groups if group.has(component, param)), None)


def parameters(model: Any) -> Iterator[tuple[tuple[int, str], str]]:
    """Yield each parameter's optimizer key and its "layer/parameter" name, which patterns are matched against."""
    for node in model.walk() if model is not None else ():
        for name in node.param_names:
            yield (node.id, name), f"{node.name}/{name}"


def check_used(groups: Sequence[Group], components: Sequence[tuple[str, Any]]) -> None:
    """Check that every group contains at least one parameter of a pipeline.

    Args:
        groups: The groups, in order.
        components: Names and components.

    Raises:
        ConfigError: A group is empty.
    """
    used = {
        group.name
        for name, component in components
        for _, param in parameters(model_of(component))
        if (group := find(groups, name, param)) is not None
    }
    for group in groups:
        if group.name in used:
            continue
        names = [name for name, component in components if model_of(component) is not None]
        advice = next(filter(None, (did_you_mean(one, names) for one in group.components)), "")
        raise ConfigError(
            f"[{SECTION}.{group.name}]: no parameter belongs to it, got components {list(group.components)} and "
            f"params {list(group.params)}{advice or '; run kernel explain to list all parameters'}"
        )


def _parse(name: str, block: Any) -> Group:
    section = f"{SECTION}.{name}"
    if not isinstance(block, Mapping):
        what = f"expected a section with {', '.join(KEYS)}"
        raise ConfigError(what, where=ConfigAddress(section), got=repr(block))
    for key in block:
        if key not in KEYS:
            advice = did_you_mean(key, KEYS) or f"; the keys are {', '.join(KEYS)}"
            where = ConfigAddress(section, key)
            raise ConfigError("no such key", where=where, got=repr(block[key]), advice=advice)
    where = ConfigAddress(section, "learn_rate")
    if "learn_rate" not in block:
        advice = "set a number, or 0 to freeze the parameters"
        raise ConfigError("required", where=where, got="nothing", advice=advice)
    rate = block["learn_rate"]
    is_number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
    if (is_number and rate < 0) or not (is_number or isinstance(rate, (Iterator, list))):
        raise ConfigError("expected a float, at least 0, or a schedule", where=where, got=repr(rate))
    components = _patterns(section, "components", block.get("components"))
    return Group(name, components, _patterns(section, "params", block.get("params", ["*"])), rate)


def _patterns(section: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(one, str) for one in value):
        where = ConfigAddress(section, key)
        raise ConfigError("expected a list of names or patterns", where=where, got=repr(value))
    return tuple(value)
