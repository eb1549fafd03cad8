"""From a path to a config: the file, the overrides on top, variables last."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.config.document import Config
from kernel.config.overrides import apply_overrides


def load_config(
    path: str | Path, overrides: Mapping[str, Any] | None = None, interpolate: bool = False
) -> Config:
    """Read a config file and set overrides in it.

    Args:
        path: The file; "-" is the standard input.
        overrides: Dotted path to value. A path may name what only the defaults hold; it is then written into
            the config, and filling it keeps it.
        interpolate: Replace variables by their values, after the overrides are set.

    Raises:
        ConfigError: The file cannot be read, or an override names what does not exist.
    """
    config = Config(is_interpolated=False)
    if str(path) == "-":
        config.from_str(sys.stdin.read(), interpolate=False, file="<stdin>")
    else:
        config.from_disk(path, interpolate=False)
    return with_overrides(config, overrides or {}, interpolate=interpolate)


def with_overrides(
    config: Mapping[str, Any], overrides: Mapping[str, Any], *, interpolate: bool = False
) -> Config:
    """Copy a config, with overrides set in it: the same for a file's as for a dictionary of Python's."""
    result = Config(apply_overrides(config, overrides), is_interpolated=False)
    sources = getattr(config, "sources", {})
    result.sources = {
        path: place
        for path, place in sources.items()
        if not any(path == changed or path.startswith(f"{changed}.") for changed in overrides)
    }
    return result.interpolate() if interpolate else result
