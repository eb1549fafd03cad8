"""Keys that every block of a kind may have and that the kernel keeps to itself, whatever the function takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from kernel.config.rules.signatures import Parameter, Signature

#: Kind to keys to their types and defaults. A function that declares such a key is given it.
KEPT: dict[str, dict[str, Parameter]] = {"loggers": {"strict": Parameter(bool, False)}}


def with_kept(expected: Signature, kind: str) -> Signature:
    """Add a kind's keys to what a function takes."""
    return replace(expected, parameters={**KEPT.get(kind, {}), **expected.parameters})


def parted(
    arguments: Mapping[str, Any], kind: str, expected: Signature
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what a block says into what the function is given and what the kernel keeps."""
    kept = {key for key in KEPT.get(kind, {}) if key not in expected.parameters}
    given = {key: value for key, value in arguments.items() if key not in kept}
    return given, {key: value for key, value in arguments.items() if key in kept}


def marked(made: Any, kept: Mapping[str, Any]) -> Any:
    """Hand what the kernel keeps on as attributes of the thing that a function made."""
    if not kept or not callable(made):
        return made
    found = partial(made)  # a thing of its own, which takes attributes
    for key, value in kept.items():
        setattr(found, key, value)
    return found
