"""The tables as a config sees them: `registry.architectures`, `registry.get`, `registry.has`.

`kernel.registry` is this module or the object in it, whichever was imported first: both answer alike.
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

#: What narrows the plugins just here; each thread and each task has its own.
_NARROWED: ContextVar[tuple[Choice, ...]] = ContextVar("narrowed plugins", default=())

_FINDING = ForkSafeLock()

#: What does the work of methods that registries of other libraries have.
_ELSEWHERE = {
    "resolve": "from kernel.config.resolve import resolve",
    "fill": "from kernel.config import fill_config",
}


class Registry:
    """One attribute per kind, over the plugins that are installed.

    Args:
        plugins: What to show; discovered on first use when None.
    """

    def __init__(self, plugins: Plugins | None = None) -> None:
        self._own: Own = {}
        self._given: list[Plugin] = []
        if plugins is not None:
            vars(self)["installed"] = plugins

    @locked_property(_FINDING)
    def installed(self) -> Plugins:
        """The plugins that this process has, found once."""
        return load_plugins(strict=False, given=self._given, own=self._own)

    @property
    def plugins(self) -> Plugins:
        """The plugins that take part here: those of the process, or what a config leaves of them."""
        view, choices = self.installed, _NARROWED.get()
        if choices:
            view = view.narrowed(*choices)
        if is_strict():
            view.insist()
        return view

    @contextmanager
    def narrowed(self, choice: Choice) -> Iterator[None]:
        """Leave plugins out within a block, for this thread or task alone; nothing else notices."""
        choices = _NARROWED.get()
        token = _NARROWED.set(choices if self.is_narrowed(choice) else (*choices, choice))
        try:
            yield
        finally:
            _NARROWED.reset(token)

    def is_narrowed(self, choice: Choice) -> bool:
        """Return whether a choice would leave out nothing more than is left out here already."""
        return choice in _NARROWED.get() or not (choice.text or choice.required)

    def use(
        self, module: ModuleType | str, *, name: str, distribution: str | None = None, version: str = ""
    ) -> None:
        """Hand in a plugin that no metadata tells of, as in a frozen application.

        It takes part like any other. One that is installed under the same name, or from the same module, is the
        same plugin: this goes before it, so that an application runs alike frozen and not.

        Args:
            module: The module with the hooks, such as `pkg_tagger.plugin`, or its name.
            name: The plugin's name.
            distribution: What it comes with; the name when None.
            version: The distribution's version; that of its metadata, where there is any, when empty.
        """
        module = import_module(module) if isinstance(module, str) else module
        plugin = handed_in(module, name, distribution or name, version)
        self._given = [one for one in self._given if one.module != plugin.module] + [plugin]
        self.reload()

    def reload(self) -> None:
        """Discover the plugins anew; names that were registered by decorator stay."""
        vars(self).pop("installed", None)

    def __getattr__(self, kind: str) -> NameTable:
        # Python itself asks for private names while it imports; they must not set off the discovery.
        if kind.startswith("_"):
            raise AttributeError(f"registry has no attribute {kind!r}")
        if kind in _ELSEWHERE:
            raise AttributeError(f"registry has no method {kind!r}; write {_ELSEWHERE[kind]}")
        if kind not in self.plugins.tables:
            raise AttributeError(f"registry has no kind {kind!r}{did_you_mean(kind, self.plugins.tables)}")
        return self.plugins.tables[kind]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.plugins.tables})

    def table(self, kind: str) -> NameTable:
        """The table of a kind.

        Raises:
            ConfigError: There is no such kind.
        """
        tables = self.plugins.tables
        if kind not in tables:
            advice = did_you_mean(kind, tables) or f"; there are {', '.join(tables)}"
            what = "no kind of registered function is called so"
            raise ConfigError(what, where=f"@{kind}", got=repr(kind), advice=advice)
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


registry = Registry()


def __getattr__(name: str) -> Any:
    return getattr(registry, name)
