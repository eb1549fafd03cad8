"""The registry that configs look names up in: `registry.architectures`, `registry.get`, `registry.resolve`.

`kernel.registry` is this module or the object in it, whichever was imported first: both behave alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from types import ModuleType
from typing import Any

from kernel.errors import ConfigError, KernelError, did_you_mean
from kernel.plugins.discovery import Plugin, handed_in
from kernel.plugins.manager import Own, Plugins, is_strict, load_plugins
from kernel.plugins.selection import Choice
from kernel.plugins.tables import NameTable, Owner
from kernel.system.concurrency import ForkSafeLock, locked_property

#: The choices that narrow the plugins in the current context; each thread and each task has its own.
_NARROWED: ContextVar[tuple[Choice, ...]] = ContextVar("narrowed plugins", default=())

_DISCOVERY = ForkSafeLock()


class Registry:
    """The tables of the installed plugins, one attribute per kind.

    Args:
        plugins: The plugins; discovered on first use when None.
    """

    def __init__(self, plugins: Plugins | None = None) -> None:
        self._own: Own = {}
        self._registered: list[Plugin] = []
        if plugins is not None:
            vars(self)["installed"] = plugins

    @locked_property(_DISCOVERY)
    def installed(self) -> Plugins:
        """The plugins of this process, discovered once."""
        return load_plugins(strict=False, given=self._registered, own=self._own)

    @property
    def plugins(self) -> Plugins:
        """The plugins that are active in this context: those of the process, narrowed by the config in use."""
        view, choices = self.installed, _NARROWED.get()
        if choices:
            view = view.narrowed(*choices)
        if is_strict():
            view.insist()
        return view

    @contextmanager
    def narrowed(self, choice: Choice) -> Iterator[None]:
        """Exclude plugins within a block, for this thread or task alone."""
        choices = _NARROWED.get()
        token = _NARROWED.set(choices if self.is_narrowed(choice) else (*choices, choice))
        try:
            yield
        finally:
            _NARROWED.reset(token)

    def is_narrowed(self, choice: Choice) -> bool:
        """Return whether a choice would exclude nothing more than is excluded here already."""
        return choice in _NARROWED.get() or not (choice.text or choice.required)

    def use(
        self, module: ModuleType | str, *, name: str, distribution: str | None = None, version: str = ""
    ) -> None:
        """Register a plugin that has no metadata, as in a frozen application.

        It behaves like any other. It replaces an installed plugin of the same name or from the same module, so
        that an application runs alike frozen and not.

        Args:
            module: The module with the hooks, such as `pkg_tagger.plugin`, or its name.
            name: The plugin's name.
            distribution: The distribution it belongs to; the plugin's name when None.
            version: The distribution's version; when empty, read from its metadata where there is any.
        """
        module = import_module(module) if isinstance(module, str) else module
        plugin = handed_in(module, name, distribution or name, version)
        self._registered = [one for one in self._registered if one.module != plugin.module] + [plugin]
        self.reload()

    def reload(self) -> None:
        """Discover the plugins again; names that were registered by decorator stay."""
        vars(self).pop("installed", None)

    def __getattr__(self, kind: str) -> NameTable:
        # Python itself looks up private names during imports; they must not trigger the discovery.
        if kind.startswith("_"):
            raise AttributeError(f"registry has no attribute {kind!r}")
        if kind not in self.plugins.tables:
            raise AttributeError(f"registry: unknown kind {kind!r}{did_you_mean(kind, self.plugins.tables)}")
        return self.plugins.tables[kind]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.plugins.tables})

    def table(self, kind: str) -> NameTable:
        """Return the table of a kind.

        Raises:
            ConfigError: The kind is unknown.
        """
        tables = self.plugins.tables
        if kind not in tables:
            advice = did_you_mean(kind, tables) or f"; available: {', '.join(tables)}"
            raise ConfigError(f"@{kind}: unknown kind {kind!r}{advice}")
        return tables[kind]

    def has(self, kind: str, name: str) -> bool:
        """Return whether a name is registered."""
        return kind in self.plugins.tables and name in self.plugins.tables[kind]

    def get(self, kind: str, name: str) -> Any:
        """Import and return the function behind a name.

        Raises:
            UnknownName: The name is not registered.
            NameTaken: Two distributions register it.
            PluginImportError: Its module cannot be imported.
        """
        return self.table(kind).get(name)

    def provenance(self, kind: str, name: str) -> Owner:
        """Return the owner of a name: plugin, distribution and version, or the user's file."""
        return self.table(kind).entry(name).owner

    def resolve(self, config: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Call every registered function that a config names, innermost first.

        Args:
            config: Sections and blocks; a block with an `@kind` key is replaced by what its function returns.
            options: `schema`, `overrides` and `validate`, as in confection.
        """
        self.check_names(config)
        resolved: dict[str, Any] = self.as_confection.resolve(config, **options)
        return resolved

    def fill(self, config: Mapping[str, Any], **options: Any) -> Any:
        """Write the default arguments of the named functions into a config."""
        return self.as_confection.fill(config, **options)

    def check_names(self, config: Mapping[str, Any]) -> None:
        """Check that every block's function can be loaded, and raise for the first that cannot, naming its section.

        Without this check, confection would hide the reason: it calls the exception as if it were the function.
        """
        for section, key, name in promises(config):
            try:
                self.get(key[1:], name)
            except KernelError as exc:
                raise type(exc)(f"[{section}] {exc}") from exc

    @property
    def as_confection(self) -> Any:
        """The same tables as a registry class for confection."""
        import confection

        def get(cls: type, kind: str, name: str) -> Any:
            return self.get(kind, name)

        def has(cls: type, kind: str, name: str) -> bool:
            return self.has(kind, name)

        members = {**self.plugins.tables, "get": classmethod(get), "has": classmethod(has)}
        return type("registry", (confection.registry,), members)


def promises(config: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every `@kind = "name"` of a config as (section, "@kind", name)."""
    for key, value in config.items():
        if isinstance(key, str) and key.startswith("@") and isinstance(value, str):
            yield section, key, value
        elif isinstance(value, Mapping):
            yield from promises(value, f"{section}.{key}" if section else str(key))


registry = Registry()


def __getattr__(name: str) -> Any:
    return getattr(registry, name)
