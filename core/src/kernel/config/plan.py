"""Prepare the config of a run, once: read it, set overrides, fill it, check it, and replace its variables.

All later steps use the plan, and repeat none of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kernel.config.check import check_filled
from kernel.config.code import import_files
from kernel.config.fill import fill_selected
from kernel.config.format.document import Config, MalformedText
from kernel.config.format.sources import Source
from kernel.config.load import load_config, with_overrides
from kernel.config.overrides import BadOverrides
from kernel.config.plugin_choice import overridden, plugins_of
from kernel.errors import ConfigError, UnknownName


@dataclass(frozen=True)
class Plan:
    """A config in the forms that building and training need. Do not modify its attributes.

    Args:
        given: The config as the user wrote it, with the overrides set and variables kept.
        config: The filled config, with variables kept; a run saves it as `config.cfg`.
        values: The filled config, with variables replaced by their values.
        code: Python files that register functions named by the config.
    """

    given: Config
    config: Config
    values: Config
    code: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Mapping[str, Any] | Plan) -> Plan:
        """Fill a config without checking it; a plan is returned unchanged."""
        if isinstance(config, Plan):
            return config
        given = config if isinstance(config, Config) else Config(config, is_interpolated=False)
        with plugins_of(given):
            filled = fill_selected(given)
        return cls(given, filled, filled.interpolate())

    @property
    def sources(self) -> dict[str, Source]:
        """The place where each section and key was read, by dotted path."""
        return self.config.sources

    def selected(self) -> AbstractContextManager[None]:
        """Return a context manager in which only the plugins selected by the config are used."""
        return plugins_of(self.config)

    def with_seed(self, seed: int) -> Plan:
        """Return the plan with this seed if the config has none, so that the run can be repeated from its config."""
        if self.values["training"]["seed"] is not None:
            return self
        config = self.config.copy()
        section = "system" if config["training"]["seed"] == "${system.seed}" else "training"
        config[section]["seed"] = seed
        return replace(self, config=config, values=config.interpolate())


def make_plan(
    config: Mapping[str, Any] | str | Path,
    overrides: Mapping[str, Any] | None = None,
    code: Iterable[str | Path] = (),
    *,
    unset_is_fine: bool = False,
    has_data: bool = False,
) -> Plan:
    """Read a config, import the code that it needs, set overrides, fill it, and check it completely.

    The rest of a config is checked even if some of its lines are invalid.

    Args:
        config: The config, or its path as for `load_config`.
        overrides: Dotted path to value.
        code: Python files whose registered functions the config uses.
        unset_is_fine: Whether any argument may be null, since its value may be set later.
        has_data: Whether the corpora that the config trains on must exist.

    Raises:
        ConfigError: The config has mistakes; the message has one line for each.
    """
    overrides = {} if overrides is None else overrides
    files = tuple(map(str, code))
    errors: list[ConfigError] = []
    spoilt: set[str] = set()
    try:
        text = load_config(config) if isinstance(config, (str, Path)) else config
    except MalformedText as error:
        errors.append(error)
        spoilt.update(error.spoilt)
        text = _well_formed(error)
    with plugins_of(overridden(text, overrides)):
        import_files(files)
        try:
            given = with_overrides(text, overrides)
        except BadOverrides as error:
            errors.append(error)
            given = with_overrides(text, _without(overrides, error.paths))
        filled = fill_selected(given)
        values = filled
        try:
            values = check_filled(
                filled, given, unset_is_fine=unset_is_fine, has_data=has_data, spoilt=spoilt
            )
        except ConfigError as error:
            errors.append(error)
    if errors:
        kind = UnknownName if all(isinstance(error, UnknownName) for error in errors) else ConfigError
        report = kind("\n".join(dict.fromkeys(str(error) for error in errors)))
        report.errors = tuple(one for error in errors for one in error.errors or (error,))
        raise report
    return Plan(given, filled, values, files)


def _well_formed(malformed: MalformedText) -> Config:
    """Read the valid lines of a malformed text; if these cannot be read either, raise the original error."""
    try:
        return Config().from_str(malformed.rest, interpolate=False, file=malformed.file)
    except ConfigError:
        raise malformed from None


def _without(overrides: Mapping[str, Any], paths: frozenset[str]) -> Mapping[str, Any]:
    rest = type(overrides)(overrides)  # type: ignore[call-arg]
    for path in paths:
        del rest[path]  # type: ignore[attr-defined]
    return rest
