"""Check the arguments of a block against the signature of its function, before and after they are resolved."""

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
        section: Dotted path of the section that contains it.
        key: Its key there.
        error: What is wrong, without the address.
        known: The function's parameters, if the key is not one of them.
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
    """Yield the arguments that do not fit, then those that are missing.

    Args:
        section: Dotted path of the block.
        name: What the function is registered as.
        arguments: The arguments in the block.
        expected: The function's signature.
        is_made: Whether the blocks in the arguments have been replaced by what their functions return; if not, they are
            not checked. Positional arguments are only checked before that.
        unset_is_fine: Whether any argument may be null, since its value may be set later.
    """
    for key, value in arguments.items():
        if key == POSITIONAL:
            if not is_made:
                yield from _positional(section, name, value, expected)
        elif key in expected.parameters:
            is_later = not is_made and ((value is None and unset_is_fine) or _has_block(value))
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
            advice = f"set it to {name_of(parameter.annotation)}"
            yield Fault(
                section, key, ConfigError(f"{name!r} requires this argument", got="nothing", advice=advice)
            )


def argument_of(name: str, section: str, key: str) -> str:
    """Return the description of an unknown argument of a function, to follow "no such" in a message.

    Args:
        name: What the function is registered as.
        section: Dotted path of its block.
        key: The key.
    """
    # Some components have this argument, so the message states that this one does not.
    is_loss = key == "loss" and section.rpartition(".")[0] == "components"
    return f"argument of {name!r}{', whose loss cannot be chosen' if is_loss else ''}"


def _unfit(section: str, key: str, value: Any, annotation: Any) -> Fault:
    if inner := misfit(value, annotation):
        section, (key, value, annotation) = f"{section}.{key}", inner
    return Fault(section, key, ConfigError(f"expected {name_of(annotation)}", got=shortened(value)))


def _positional(section: str, name: str, value: Any, expected: Signature) -> Iterator[Fault]:
    if expected.rest is REQUIRED:
        maximum = len(expected.parameters)
        if not isinstance(value, (Mapping, list)) or len(value) > maximum:
            error = ConfigError(f"{name!r} takes {maximum} arguments", got=shortened(value))
            yield Fault(section, POSITIONAL, error)
        return
    for item in value.values() if isinstance(value, Mapping) else value:
        if not _has_block(item) and not fits(item, expected.rest):
            error = ConfigError(f"expected {name_of(expected.rest)}", got=shortened(item))
            yield Fault(section, POSITIONAL, error)


def _has_block(value: Any) -> bool:
    """Whether a value is a block, or contains one, so that it is checked when it is resolved."""
    if isinstance(value, Mapping):
        return bool(block_kind(value)) or any(_has_block(item) for item in value.values())
    return False
