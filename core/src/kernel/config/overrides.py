"""Overrides: values from the command line, the environment or Python that replace those of a config."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from kernel.config.fill import defaults_and, fill_selected
from kernel.config.format.document import Config
from kernel.config.format.parsing import copied
from kernel.config.format.references import exists, find, leaves, sections
from kernel.config.format.sources import origins
from kernel.config.plugin_choice import overridden, plugins_of
from kernel.config.rules.schema import OPTIONAL, SCHEMA
from kernel.errors import ConfigError, cut, did_you_mean

#: Overrides that take precedence over the command line, written as on the command line.
ENVIRONMENT_VARIABLE = "KERNEL_CONFIG_OVERRIDES"


class Overrides(dict[str, Any]):
    """Overrides as dotted path to value, with their origins.

    Attributes:
        origins: Dotted path to the description of its origin in messages.
    """

    def __init__(self, values: Mapping[str, Any], origin: str = "override") -> None:
        super().__init__(values)
        self.origins = {path: f"{origin} --{path}" for path in values}

    def __or__(self, others: Mapping[str, Any], /) -> Overrides:  # type: ignore[override]
        joined = Overrides({**self, **others})
        joined.origins = {**joined.origins, **self.origins, **getattr(others, "origins", {})}
        return joined


class BadOverrides(ConfigError):
    """Overrides with unknown paths.

    Attributes:
        paths: The unknown dotted paths.
    """

    paths: frozenset[str] = frozenset()


def given_overrides(args: Sequence[str]) -> Overrides:
    """Return the overrides of the command line and of the environment; the latter take precedence."""
    return Overrides(parse_overrides(args)) | Overrides(environment_overrides(), ENVIRONMENT_VARIABLE)


def parse_overrides(args: Sequence[str]) -> dict[str, Any]:
    """Parse command-line arguments into dotted paths and values.

    Args:
        args: `--section.key value` or `--section.key=value`. The value is parsed as in a config file:
            as JSON if it is valid (`true`, `null`, `0.1`, `["a"]`), otherwise as a string. A key without a value
            is a switch: true.

    Raises:
        ConfigError: An argument is neither a `--section.key` nor a value.
    """
    values: dict[str, Any] = {}
    words = list(args)
    while words:
        word = words.pop(0)
        path, equals, text = word.removeprefix("--").partition("=")
        if not word.startswith("--") or "." not in path or "" in path.split("."):
            raise ConfigError(
                f"override: expected --section.key, got {word!r:.80}; write it as --section.key value"
            )
        if equals:
            values[path] = parse_value(text)
        elif words and not words[0].startswith("--"):
            values[path] = parse_value(words.pop(0))
        else:
            values[path] = True
    return values


def environment_overrides() -> dict[str, Any]:
    """Return the overrides of the environment, which take precedence over the command line's."""
    text = os.environ.get(ENVIRONMENT_VARIABLE, "")
    try:
        return parse_overrides(shlex.split(text))
    except (ConfigError, ValueError) as exc:
        raise ConfigError(f"{ENVIRONMENT_VARIABLE}: {exc}") from exc


def parse_value(text: str) -> Any:
    """Parse one value as in a config file."""
    from confection import VARIABLE_RE, try_load_json

    value = try_load_json(text.strip())
    # A quoted string with a variable keeps its quotes, as in a file that is read without interpolation.
    return text if isinstance(value, str) and VARIABLE_RE.search(text) else value


def apply_overrides(config: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a config, which is not interpolated yet, with values set in it.

    Only paths that exist in the config or in the filled config can be set.

    Args:
        config: Nested sections.
        overrides: Dotted path to value.

    Raises:
        ConfigError: Some paths do not exist; all are listed, each with the most similar one. Or a value is nested too
            deeply.
    """
    result: dict[str, Any] = copied(config)
    if not all("." in path and exists(result, path) for path in overrides):
        _check_paths(config, overrides)
    for path, value in overrides.items():
        *parents, key = path.split(".")
        node = result
        for parent in parents:
            node = node.setdefault(parent, {})
            if not isinstance(node, dict):
                where = origins(overrides)[path]
                raise ConfigError(
                    f"{where}: another override replaces [{parent}] by a value; keep one of the two"
                )
        node[key] = copied(value)
    return result


def _check_paths(config: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
    optional = {f"{section}.{key}" for section in OPTIONAL for key in SCHEMA[section].fields}
    start = Config(overridden(config, overrides), is_interpolated=False)
    with plugins_of(start):
        started = defaults_and(start)
        # Most paths are in `default.cfg`; collecting the defaults of functions takes longer.
        if all(path in optional or ("." in path and exists(started, path)) for path in overrides):
            return
        filled = fill_selected(start)
    paths = {*sections(filled), *(f"{section}.{key}" for section, key, _ in leaves(filled)), *optional}
    paths = {path for path in paths if "." in path}
    sources = origins(overrides)
    wrong = [
        cut(f"{sources[path]}: {_what_is_wrong(filled, path)}, got {value!r:.80}{did_you_mean(path, paths)}")
        for path, value in overrides.items()
        if path not in paths
    ]
    if wrong:
        error = BadOverrides("\n".join(wrong))
        error.paths = frozenset(overrides) - paths
        raise error


def _what_is_wrong(config: Mapping[str, Any], path: str) -> str:
    parts = path.split(".")
    for end in range(1, len(parts)):
        parent = ".".join(parts[:end])
        if not exists(config, parent):
            return f"there is no section [{parent}]"
        if not isinstance(value := find(config, parent), Mapping):
            return f"[{'.'.join(parts[: end - 1])}] {parts[end - 1]} is the value {value!r}, not a section"
    return (
        f"there is no such key in [{'.'.join(parts[:-1])}]"
        if len(parts) > 1
        else "a path needs a section and a key"
    )
