"""From a path to a config: the file, the overrides on top, variables last."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kernel.config.code import import_files
from kernel.config.format.document import Config
from kernel.config.format.sources import origins
from kernel.config.overrides import apply_overrides
from kernel.config.plugin_choice import overridden, plugins_of
from kernel.errors import ConfigError


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
        config.from_bytes(_from_stdin(), interpolate=False, file="<stdin>")
    else:
        config.from_disk(path, interpolate=False)
    return with_overrides(config, overrides or {}, interpolate=interpolate)


def load_with_code(
    config: Mapping[str, Any] | str | Path,
    code: Iterable[str | Path],
    overrides: Mapping[str, Any] | None = None,
) -> Config:
    """Read a config that needs files of the user's, import those, then set the overrides.

    In this order no plugin is imported that the config leaves out.

    Args:
        config: The config, or its path as `load_config` takes it.
        code: The files.
        overrides: Dotted path to value.
    """
    read = load_config(config) if isinstance(config, (str, Path)) else config
    with plugins_of(overridden(read, overrides or {})):
        import_files(code)
    return with_overrides(read, overrides or {})


def with_overrides(
    config: Mapping[str, Any], overrides: Mapping[str, Any], *, interpolate: bool = False
) -> Config:
    """Copy a config, with overrides set in it: the same for a file's as for a dictionary of Python's."""
    result = Config(apply_overrides(config, overrides), is_interpolated=False)
    sources = getattr(config, "sources", {})
    kept = {
        path: place
        for path, place in sources.items()
        if not any(path == changed or path.startswith(f"{changed}.") for changed in overrides)
    }
    result.sources = {**kept, **origins(overrides)}
    return result.interpolate() if interpolate else result


def _from_stdin() -> bytes:
    stream = sys.stdin
    if stream is None:  # as Python has it where the caller has closed it
        data = b""
    else:
        try:
            # A program of Python's may have put a stream of text there.
            data = stream.buffer.read() if hasattr(stream, "buffer") else stream.read().encode()
        except OSError as exc:
            raise ConfigError(
                f"<stdin>: the config cannot be read, got {exc.strerror!r}; give its path"
            ) from exc
    if not data:
        raise ConfigError("<stdin>: the config is empty; write one to standard input, or give its path")
    return data
