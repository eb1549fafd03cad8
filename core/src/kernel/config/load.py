"""Load a config: read the file, set the overrides, and replace variables last."""

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
        path: The file; "-" is standard input.
        overrides: Dotted path to value. A path may name a key that only the defaults have; it is then added to the
            config, and filling keeps it.
        interpolate: Replace variables by their values, after the overrides are set.

    Raises:
        ConfigError: The file cannot be read, or an override has an unknown path.
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
    """Read a config that needs the user's own code, import this code, then set the overrides.

    This order ensures that plugins which the config excludes are not imported.

    Args:
        config: The config, or its path as for `load_config`.
        code: The Python files.
        overrides: Dotted path to value.
    """
    loaded = load_config(config) if isinstance(config, (str, Path)) else config
    with plugins_of(overridden(loaded, overrides or {})):
        import_files(code)
    return with_overrides(loaded, overrides or {})


def with_overrides(
    config: Mapping[str, Any], overrides: Mapping[str, Any], *, interpolate: bool = False
) -> Config:
    """Return a copy of a config, or of nested dictionaries, with overrides set in it."""
    result = Config(apply_overrides(config, overrides), is_interpolated=False)
    sources = getattr(config, "sources", {})
    kept = {
        path: source
        for path, source in sources.items()
        if not any(path == changed or path.startswith(f"{changed}.") for changed in overrides)
    }
    result.sources = {**kept, **origins(overrides)}
    return result.interpolate() if interpolate else result


def _from_stdin() -> bytes:
    stream = sys.stdin
    if stream is None:  # if standard input was closed before Python started
        data = b""
    else:
        try:
            # A Python program may have replaced it by a text stream.
            data = stream.buffer.read() if hasattr(stream, "buffer") else stream.read().encode()
        except OSError as exc:
            raise ConfigError(
                f"<stdin>: the config cannot be read, got {exc.strerror!r}; pass its path instead"
            ) from exc
    if not data:
        raise ConfigError("<stdin>: the config is empty; write one to standard input, or pass its path")
    return data
