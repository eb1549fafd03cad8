"""Groups of parameters with a learning rate of their own, as `[training.optimizer.groups.NAME]` describes them."""

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
    """Some parameters and their learning rate.

    Args:
        name: What the config calls it.
        components: Names of components, or patterns of them such as "tok2vec*".
        params: Patterns of "layer/parameter", such as "multi_hash_embed/E*" or "*/b".
        learn_rate: Step size, or a schedule of step sizes; 0 leaves the parameters exactly as they are.
    """

    name: str
    components: tuple[str, ...]
    params: tuple[str, ...]
    learn_rate: Any

    @property
    def attribute(self) -> str:
        """Under which name an optimizer keeps the group's rate."""
        return f"learn_rate of {self.name}"

    @property
    def is_still(self) -> bool:
        """Whether its parameters never move."""
        return isinstance(self.learn_rate, (int, float)) and self.learn_rate == 0

    def has(self, component: str, param: str) -> bool:
        """Whether a parameter of a component belongs here."""
        return any(fnmatchcase(component, one) for one in self.components) and any(
            fnmatchcase(param, one) for one in self.params
        )


def parse(groups: Mapping[str, Any]) -> list[Group]:
    """Read the groups of a config, in their order.

    Raises:
        ConfigError: A group lacks something, or has something else.
    """
    return [_parse(name, block) for name, block in groups.items()]


def find(groups: Sequence[Group], component: str, param: str) -> Group | None:
    """Find the group of a parameter: the first that has it."""
    return next((group for group in groups if group.has(component, param)), None)


def parameters(model: Any) -> Iterator[tuple[tuple[int, str], str]]:
    """Yield the key that an optimizer knows a parameter by, and what patterns are held against, "layer/parameter"."""
    for node in model.walk() if model is not None else ():
        for name in node.param_names:
            yield (node.id, name), f"{node.name}/{name}"


def check_used(groups: Sequence[Group], components: Sequence[tuple[str, Any]]) -> None:
    """Raise for a group that no parameter of a pipeline belongs to.

    Args:
        groups: The groups, in order.
        components: Names and components.

    Raises:
        ConfigError: There is one.
    """
    found = {
        group.name
        for name, component in components
        for _, param in parameters(model_of(component))
        if (group := find(groups, name, param)) is not None
    }
    for group in groups:
        if group.name in found:
            continue
        names = [name for name, component in components if model_of(component) is not None]
        advice = next(filter(None, (did_you_mean(one, names) for one in group.components)), "")
        raise ConfigError(
            f"[{SECTION}.{group.name}]: no parameter belongs to it, got components {list(group.components)} and "
            f"params {list(group.params)}{advice or '; kernel explain shows them all'}"
        )


def _parse(name: str, block: Any) -> Group:
    section = f"{SECTION}.{name}"
    if not isinstance(block, Mapping):
        what = f"expected a section with {', '.join(KEYS)}"
        raise ConfigError(what, where=ConfigAddress(section), got=repr(block))
    for key in block:
        if key not in KEYS:
            advice = did_you_mean(key, KEYS) or f"; a group has {', '.join(KEYS)}"
            where = ConfigAddress(section, key)
            raise ConfigError("no such key", where=where, got=repr(block[key]), advice=advice)
    where = ConfigAddress(section, "learn_rate")
    if "learn_rate" not in block:
        advice = "give a number, or 0 for none"
        raise ConfigError("this is needed", where=where, got="nothing", advice=advice)
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
