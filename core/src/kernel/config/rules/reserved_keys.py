"""Keys that every block of a kind may have, and that the kernel handles if the function has no such parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from kernel.config.rules.signatures import Parameter, Signature

#: Kind to keys to their types and defaults. A function with a parameter of that name receives the value itself.
KEPT: dict[str, dict[str, Parameter]] = {"loggers": {"strict": Parameter(bool, False)}}


def with_kept(expected: Signature, kind: str) -> Signature:
    """Return a signature that includes the reserved keys of a kind."""
    return replace(expected, parameters={**KEPT.get(kind, {}), **expected.parameters})


def parted(
    arguments: Mapping[str, Any], kind: str, expected: Signature
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split the arguments of a block into those for the function and those that the kernel handles."""
    kept = {key for key in KEPT.get(kind, {}) if key not in expected.parameters}
    passed = {key: value for key, value in arguments.items() if key not in kept}
    return passed, {key: value for key, value in arguments.items() if key in kept}


def marked(result: Any, kept: Mapping[str, Any]) -> Any:
    """Return what a function returned with the reserved keys as its attributes."""
    if not kept or not callable(result):
        return result
    copy = partial(result)  # a separate object that accepts attributes
    for key, value in kept.items():
        setattr(copy, key, value)
    return copy
