"""From a path to a config without a mistake: the text, the overrides and the values judged in one report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kernel.config.check import check_config
from kernel.config.code import import_files
from kernel.config.format.document import Config, MalformedText
from kernel.config.load import load_config, with_overrides
from kernel.config.overrides import BadOverrides
from kernel.config.plugin_choice import overridden, plugins_of
from kernel.errors import ConfigError, UnknownName


def load_checked(
    config: Mapping[str, Any] | str | Path,
    overrides: Mapping[str, Any] | None = None,
    code: Iterable[str | Path] = (),
    *,
    unset_is_fine: bool = False,
    has_data: bool = False,
) -> Config:
    """Read a config, import the files that it needs, set overrides, and check all of it.

    What is wrong with some lines does not keep the rest from being judged.

    Args:
        config: The config, or its path as `load_config` takes it.
        overrides: Dotted path to value.
        code: Python files whose registered functions the config uses.
        unset_is_fine: Whether an argument may be null whatever its type, since it may be given later.
        has_data: Whether the corpora that the config trains on must be there.

    Returns:
        The config as it was given, with the overrides set, not filled.

    Raises:
        ConfigError: Everything that is wrong, one line each.
    """
    overrides = {} if overrides is None else overrides
    found: list[ConfigError] = []
    spoilt: set[str] = set()
    try:
        read = load_config(config) if isinstance(config, (str, Path)) else config
    except MalformedText as exc:
        found.append(exc)
        spoilt.update(exc.spoilt)
        read = _rest(exc)
    with plugins_of(overridden(read, overrides)):
        import_files(code)
    try:
        given = with_overrides(read, overrides)
    except BadOverrides as exc:
        found.append(exc)
        given = with_overrides(read, _without(overrides, exc.paths))
    try:
        check_config(given, unset_is_fine=unset_is_fine, has_data=has_data, spoilt=spoilt)
    except ConfigError as exc:
        found.append(exc)
    if found:
        kind = UnknownName if all(isinstance(exc, UnknownName) for exc in found) else ConfigError
        raise kind("\n".join(dict.fromkeys(str(exc) for exc in found)))
    return given


def _rest(malformed: MalformedText) -> Config:
    """Read what is well formed of a text; where even that cannot be read, the mistakes known are all."""
    try:
        return Config().from_str(malformed.rest, interpolate=False, file=malformed.file)
    except ConfigError:
        raise malformed from None


def _without(overrides: Mapping[str, Any], paths: frozenset[str]) -> Mapping[str, Any]:
    kept = type(overrides)(overrides)  # type: ignore[call-arg]
    for path in paths:
        del kept[path]  # type: ignore[attr-defined]
    return kept
