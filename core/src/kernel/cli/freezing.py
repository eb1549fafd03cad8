"""What pip has to install for a config, or for a saved pipeline, to be trained or loaded."""

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

    For a saved pipeline they are those that it was saved with; none of them has to be installed here. For a config
    they are those that give the names of the filled config here, and those of the saved pipelines that it takes
    components from.

    Args:
        path: A config, "-" for one on the standard input, or the folder of a saved pipeline.
        overrides: Dotted path to value, for a config.
        code: Python files whose registered functions a config uses.

    Raises:
        ConfigError: The config has a mistake; a name that nobody gives is one, and says what to install.
        CheckpointError: There is no saved pipeline in the folder.
    """
    if path != "-" and Path(path).is_dir():
        return saved(Path(path))
    plan = make_plan(path, overrides, code, unset_is_fine=True)
    config = plan.config
    sources = [line for folder in _sources(plan.values) for line in saved(folder)]
    found = {*requirements(config), *sources}
    names = {name_of(line) for line in found}
    return sorted({*found, *(_pinned(line) for line in required(config) if name_of(line) not in names)})


def with_requirements(config: Config) -> Config:
    """Copy a config with `[plugins] require` listing the distributions of others that give its names.

    Those that the kernel knows of are left out: what to install is known without.
    """
    listed = required(config)
    known = {KERNEL, *catalogue.distributions(), *map(name_of, listed)}
    # From this version on; no range can be of a version that was built here, "1.0+local".
    found = {
        (owner.distribution, owner.version.partition("+")[0])
        for _, _, owner in named(config)
        if owner.distribution and canonical(owner.distribution) not in known
    }
    if not found:
        return config
    lines = [f"{name}>={version}" if version else name for name, version in sorted(found)]
    return config.merge({SECTION: {"require": [*listed, *lines]}})


def required(config: Mapping[str, Any]) -> list[str]:
    """List what `[plugins] require` asks for."""
    return list(choice_of(config).required)


def _pinned(line: str) -> str:
    """Give a requirement the version that is installed, unless it is at an address or depends on the machine."""
    return line if set(line) & set("@;[") else f"{name_of(line)}=={version(name_of(line))}"


def saved(folder: Path) -> list[str]:
    """List the distributions that a saved pipeline was saved with.

    Raises:
        CheckpointError: There is no saved pipeline in the folder.
    """
    _, meta = read_description(folder, {})
    return sorted(line for line in meta.get("requirements", ()) if isinstance(line, str))


def _sources(config: Mapping[str, Any]) -> Iterator[Path]:
    """The folders that a config takes components from."""
    for block in config.get("components", {}).values():
        source = block.get("source") if isinstance(block, Mapping) else None
        if isinstance(source, str) and Path(source).is_dir():
            yield Path(source)
