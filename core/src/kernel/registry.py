"""The registry that configs look names up in: `registry.architectures`, `registry.get`, `registry.has`.

`kernel.registry` is this module or the object in it, whichever was imported first: both behave alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from types import ModuleType
from typing import Any

from kernel.errors import ConfigError, did_you_mean
from kernel.plugins.discovery import Plugin, handed_in
from kernel.plugins.manager import Own, Plugins, is_strict, load_plugins
from kernel.plugins.selection import Choice
from kernel.plugins.tables import NameTable, Owner
from kernel.system.concurrency import ForkSafeLock, locked_property

#: The choices that narrow the plugins in the current context; each thread and each task has its own.
_NARROWED: ContextVar[tuple[Choice, ...]] = ContextVar("narrowed plugins", default=())

_DISCOVERY = ForkSafeLock()

#: What does the work of methods that registries of other libraries have.
_ELSEWHERE = {
    "resolve": "from kernel.config.resolve import resolve",
    "fill": "from kernel.config import fill_config",
}


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
        if kind in _ELSEWHERE:
            raise AttributeError(f"registry has no method {kind!r}; write {_ELSEWHERE[kind]}")
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
            raise ConfigError(f"unknown kind {kind!r}", where=f"@{kind}", advice=advice)
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


registry = Registry()


def __getattr__(name: str) -> Any:
    return getattr(registry, name)
