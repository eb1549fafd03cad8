"""Hold the arguments of a block against the signature of its function, before and after what makes them is called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from kernel.config.block_tree import block_kind
from kernel.config.rules.mistakes import shortened
from kernel.config.rules.signatures import POSITIONAL, REQUIRED, Signature
from kernel.config.rules.typing_rules import fits, misfit, name_of
from kernel.errors import ConfigError, did_you_mean


class Fault(NamedTuple):
    """One argument that does not fit.

    Args:
        section: Dotted path of the section where it stands.
        key: Its key there.
        error: What is wrong, without the address.
        known: The arguments that there are, for a key that is none of them.
    """

    section: str
    key: str
    error: ConfigError
    known: Collection[str] = ()


def faults(
    section: str,
    name: str,
    arguments: Mapping[str, Any],
    expected: Signature,
    *,
    is_made: bool,
    unset_is_fine: bool = False,
) -> Iterator[Fault]:
    """Find what does not fit, argument by argument, then what is missing.

    Args:
        section: Dotted path of the block.
        name: What the function is registered as.
        arguments: What the block gives to it.
        expected: What it takes.
        is_made: Whether the blocks in the arguments have become what their functions return; else these are not
            judged. Positional ones are judged before only.
        unset_is_fine: Whether null is right for every argument, since its value may come later.
    """
    for key, value in arguments.items():
        if key == POSITIONAL:
            if not is_made:
                yield from _positional(section, name, value, expected)
        elif key in expected.parameters:
            is_later = not is_made and ((value is None and unset_is_fine) or _makes_something(value))
            annotation = expected.parameters[key].annotation
            if not is_later and not fits(value, annotation):
                yield _unfit(section, key, value, annotation)
        elif not expected.open:
            advice = did_you_mean(key, expected.parameters) or "; remove it"
            what = f"no such {argument_of(name, section, key)}"
            error = ConfigError(what, got=shortened(value), advice=advice)
            yield Fault(section, key, error, expected.parameters.keys())
    if arguments.get(POSITIONAL):
        return
    for key, parameter in expected.parameters.items():
        if parameter.required and key not in arguments:
            advice = f"give {name_of(parameter.annotation)}"
            yield Fault(section, key, ConfigError(f"{name!r} needs this", got="nothing", advice=advice))


def argument_of(name: str, section: str, key: str) -> str:
    """Say what a key was taken for that a function does not take, to stand after "no such".

    Args:
        name: What the function is registered as.
        section: Dotted path of its block.
        key: The key.
    """
    # Some components have this, so it is worth saying that another one has none.
    is_loss = key == "loss" and section.rpartition(".")[0] == "components"
    return f"argument of {name!r}{', which has no choice of loss' if is_loss else ''}"


def _unfit(section: str, key: str, value: Any, annotation: Any) -> Fault:
    if inner := misfit(value, annotation):
        section, (key, value, annotation) = f"{section}.{key}", inner
    return Fault(section, key, ConfigError(f"expected {name_of(annotation)}", got=shortened(value)))


def _positional(section: str, name: str, value: Any, expected: Signature) -> Iterator[Fault]:
    if expected.rest is REQUIRED:
        known = len(expected.parameters)
        if not isinstance(value, (Mapping, list)) or len(value) > known:
            error = ConfigError(f"{name!r} takes {known} arguments", got=shortened(value))
            yield Fault(section, POSITIONAL, error)
        return
    for item in value.values() if isinstance(value, Mapping) else value:
        if not _makes_something(item) and not fits(item, expected.rest):
            error = ConfigError(f"expected {name_of(expected.rest)}", got=shortened(item))
            yield Fault(section, POSITIONAL, error)


def _makes_something(value: Any) -> bool:
    """Whether a value is a block, or holds one: what it makes is checked when it is made."""
    if isinstance(value, Mapping):
        return bool(block_kind(value)) or any(_makes_something(item) for item in value.values())
    return False
