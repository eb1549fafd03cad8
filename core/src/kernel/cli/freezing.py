"""List what pip must install to train a config or load a saved pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from importlib_metadata import version

from kernel.config import Config, make_plan
from kernel.config.plugin_choice import SECTION, choice_of
from kernel.pipeline.saving.meta import named, requirements
from kernel.pipeline.saving.restoring import read_description
from kernel.plugins import catalogue
from kernel.plugins.requirements import KERNEL, canonical, name_of


def needed(path: str, overrides: Mapping[str, Any], code: Iterable[str]) -> list[str]:
    """List the distributions that a config or a saved pipeline needs, as pip reads them.

    For a saved pipeline, these are the distributions it was saved with; they need not be installed here. For a
    config, they are the installed ones that register the names of the filled config, and those of the saved pipelines
    that its components come from.

    Args:
        path: A config, "-" for standard input, or the folder of a saved pipeline.
        overrides: Dotted path to value, for a config.
        code: Python files whose registered functions a config uses.

    Raises:
        ConfigError: The config has a mistake, such as an unknown name; then the message says what to install.
        CheckpointError: There is no saved pipeline in the folder.
    """
    if path != "-" and Path(path).is_dir():
        return saved(Path(path))
    plan = make_plan(path, overrides, code, unset_is_fine=True)
    config = plan.config
    sources = [line for folder in _sources(plan.values) for line in saved(folder)]
    lines = {*requirements(config), *sources}
    names = {name_of(line) for line in lines}
    return sorted({*lines, *(_pinned(line) for line in required(config) if name_of(line) not in names)})


def with_requirements(config: Config) -> Config:
    """Copy a config and list in `[plugins] require` the third-party distributions that register its names.

    Distributions in the kernel's catalogue are left out: for those, the kernel can say what to install anyway.
    """
    listed = required(config)
    excluded = {KERNEL, *catalogue.distributions(), *map(name_of, listed)}
    # As a minimum version; a range cannot name a local version such as "1.0+local".
    distributions = {
        (owner.distribution, owner.version.partition("+")[0])
        for _, _, owner in named(config)
        if owner.distribution and canonical(owner.distribution) not in excluded
    }
    if not distributions:
        return config
    lines = [f"{name}>={version}" if version else name for name, version in sorted(distributions)]
    return config.merge({SECTION: {"require": [*listed, *lines]}})


def required(config: Mapping[str, Any]) -> list[str]:
    """List the requirements in `[plugins] require`."""
    return list(choice_of(config).required)


def _pinned(line: str) -> str:
    """Pin a requirement to the installed version, unless it has a URL, an extra or a marker."""
    return line if set(line) & set("@;[") else f"{name_of(line)}=={version(name_of(line))}"


def saved(folder: Path) -> list[str]:
    """List the distributions that a saved pipeline was saved with.

    Raises:
        CheckpointError: There is no saved pipeline in the folder.
    """
    _, meta = read_description(folder, {})
    return sorted(line for line in meta.get("requirements", ()) if isinstance(line, str))


def _sources(config: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the folders of saved pipelines that a config takes components from."""
    for block in config.get("components", {}).values():
        source = block.get("source") if isinstance(block, Mapping) else None
        if isinstance(source, str) and Path(source).is_dir():
            yield Path(source)
