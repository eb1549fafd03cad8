"""The tables as a config sees them: `registry.architectures`, `registry.get`, `registry.resolve`.

`kernel.registry` is this module or the object in it, whichever was imported first: both answer alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from kernel.errors import ConfigError, KernelError, did_you_mean
from kernel.plugins import Plugins, load_plugins
from kernel.tables import Owner, Table


class Registry:
    """One attribute per kind, over the plugins that are installed.

    Args:
        plugins: What to show; discovered on first use when None.
    """

    def __init__(self, plugins: Plugins | None = None) -> None:
        if plugins is not None:
            self.plugins = plugins

    @cached_property
    def plugins(self) -> Plugins:
        """The plugins, discovered once."""
        return load_plugins()

    def reload(self) -> None:
        """Discover the plugins anew; names that were registered by decorator are gone."""
        for name in ("plugins", "as_confection"):
            vars(self).pop(name, None)

    def __getattr__(self, kind: str) -> Table:
        # Python itself asks for private names while it imports; they must not set off the discovery.
        if kind.startswith("_"):
            raise AttributeError(f"registry has no attribute {kind!r}")
        if kind not in self.plugins.tables:
            raise AttributeError(f"registry has no kind {kind!r}{did_you_mean(kind, self.plugins.tables)}")
        return self.plugins.tables[kind]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.plugins.tables})

    def table(self, kind: str) -> Table:
        """The table of a kind.

        Raises:
            ConfigError: There is no such kind.
        """
        tables = self.plugins.tables
        if kind not in tables:
            advice = did_you_mean(kind, tables) or f"; there are {', '.join(tables)}"
            raise ConfigError(f"@{kind}: no kind of registered function is called so, got {kind!r}{advice}")
        return tables[kind]

    def has(self, kind: str, name: str) -> bool:
        """Whether somebody gives the name."""
        return kind in self.plugins.tables and name in self.plugins.tables[kind]

    def get(self, kind: str, name: str) -> Any:
        """Import and return the function behind a name.

        Raises:
            UnknownName: Nobody gives the name.
            NameTaken: Two distributions give it.
            PluginImportError: Its module does not import.
        """
        return self.table(kind).get(name)

    def provenance(self, kind: str, name: str) -> Owner:
        """Who gives a name: plugin, distribution and version, or the user's file."""
        return self.table(kind).entry(name).owner

    def resolve(self, config: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Call every registered function that a config names, innermost first.

        Args:
            config: Sections and blocks; those with an `@kind` key become what the function returns.
            options: `schema`, `overrides`, `validate`, as confection's.
        """
        self.check_names(config)
        resolved: dict[str, Any] = self.as_confection.resolve(config, **options)
        return resolved

    def fill(self, config: Mapping[str, Any], **options: Any) -> Any:
        """Write the default arguments of the named functions into a config."""
        return self.as_confection.fill(config, **options)

    def check_names(self, config: Mapping[str, Any]) -> None:
        """Raise for the first block whose function cannot be had, and name its section.

        Without this a wrong name only shows as confection calling the exception that it kept.
        """
        for section, key, name in promises(config):
            try:
                self.get(key[1:], name)
            except KernelError as exc:
                raise type(exc)(f"[{section}] {exc}") from exc

    @cached_property
    def as_confection(self) -> Any:
        """The same tables as a class of confection's kind."""
        import confection

        def get(cls: type, kind: str, name: str) -> Any:
            return self.get(kind, name)

        def has(cls: type, kind: str, name: str) -> bool:
            return self.has(kind, name)

        members = {**self.plugins.tables, "get": classmethod(get), "has": classmethod(has)}
        return type("registry", (confection.registry,), members)


def promises(config: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, str, str]]:
    """Find every `@kind = "name"` of a config, as (section, "@kind", name)."""
    for key, value in config.items():
        if isinstance(key, str) and key.startswith("@") and isinstance(value, str):
            yield section, key, value
        elif isinstance(value, Mapping):
            yield from promises(value, f"{section}.{key}" if section else str(key))


registry = Registry()


def __getattr__(name: str) -> Any:
    return getattr(registry, name)
