"""Manage all installed plugins: which are active, one table per kind, and their faults.

A plugin is an entry point of the group `kernel`. Discovery imports nothing; active plugins are read when
the tables are first accessed, and imported only where their table module is not plain.
KERNEL_STRICT_PLUGINS makes every fault an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace

from importlib_metadata import EntryPoint, entry_points
from pluggy import PluginManager

from kernel import __version__, hookspecs
from kernel.errors import PluginError, did_you_mean, nearest
from kernel.plugins import catalogue
from kernel.plugins.builtins import TABLES
from kernel.plugins.discovery import Plugin, Tables, installed, read
from kernel.plugins.requirements import KERNEL, MALFORMED, canonical, shortfall
from kernel.plugins.selection import Choice, current
from kernel.plugins.tables import Entries, NameTable, Owner, conflict

GROUP = "kernel"
STRICT = "KERNEL_STRICT_PLUGINS"

#: First parts of the names that this project registers, or renames.
_OURS = ("kernel", "spacy")

#: The names that the user's own files register by decorator, by kind.
Own = dict[str, Entries]


class Plugins:
    """The installed plugins: their records, and one table per kind.

    Args:
        found: One record per installed plugin, in any order; each is read on first access.
        choices: Choices that may exclude plugins; those that none excludes are active.
        own: The names registered by decorator; views of the same plugins share them.
    """

    def __init__(self, found: Iterable[Plugin] = (), *choices: Choice, own: Own | None = None) -> None:
        self.found = sorted(found, key=lambda plugin: plugin.owner)
        self.choices = choices
        self._own: Own = {} if own is None else own
        self._views: dict[tuple[Choice, ...], Plugins] = {}
        self._cached: tuple[list[Plugin], dict[str, NameTable]] | None = None
        self._is_sound = False

    def narrowed(self, *choices: Choice) -> Plugins:
        """Return a view of the same plugins without those that further choices exclude."""
        view = self._views.get(choices)
        if view is None:
            narrowed = Plugins(self.found, *self.choices, *choices, own=self._own)
            view = self._views.setdefault(choices, narrowed)
        return view

    @property
    def records(self) -> list[Plugin]:
        """One record per installed plugin: its state, and whether it is active."""
        return self._records_and_tables[0]

    @property
    def tables(self) -> dict[str, NameTable]:
        """The table of names of each kind."""
        return self._records_and_tables[1]

    @property
    def _records_and_tables(self) -> tuple[list[Plugin], dict[str, NameTable]]:
        """The records and tables, cached once all plugins have been read.

        There is no lock: reading imports modules, and a module may ask for the tables while it is imported, so a lock
        here could deadlock with Python's import lock. Threads may read the plugins at the same time; one result is
        kept.
        """
        cached = self._cached
        if cached is not None:
            return cached
        records, is_complete = self._read()
        result = records, self._filled(records)
        if is_complete and self._cached is None:
            self._cached = result
        return self._cached or result

    def _read(self) -> tuple[list[Plugin], bool]:
        """Read the active plugins; return the records, and whether every one of them could be read."""
        manager = PluginManager(GROUP)
        manager.add_hookspecs(hookspecs)
        records, is_complete = [], True
        for plugin in self.found:
            out = [choice.source for choice in self.choices if choice.excludes(*plugin.names)]
            if not out:
                is_complete &= read(plugin, manager)
            records.append(replace(plugin, left_out_by=out[0] if out else "", conflicts=[]))
        return records, is_complete

    def _filled(self, records: list[Plugin]) -> dict[str, NameTable]:
        tables = {
            kind: NameTable(kind, self.advice, self._own.setdefault(kind, {})) for kind in hookspecs.KINDS
        }
        self._fill(tables, Owner("kernel", KERNEL, __version__), TABLES)
        active = [plugin for plugin in records if not plugin.fault and not plugin.left_out_by]
        for plugin in active:
            self._fill(tables, plugin.owner, plugin.tables)
        for plugin in active:
            plugin.conflicts = [
                (kind, name)
                for kind, names in plugin.tables.items()
                for name in names
                if len(tables[kind].entries(name)) > 1
            ]
        return tables

    def _fill(self, tables: dict[str, NameTable], owner: Owner, targets: Tables) -> None:
        for kind, names in targets.items():
            for name, target in names.items():
                tables[kind].add(name, target, owner)

    def faults(self) -> list[str]:
        """Return every fault of the installed plugins, one message each."""
        tables = self.tables
        clashes = sorted({clash for plugin in self.records for clash in plugin.conflicts})
        broken = [plugin for plugin in self.records if plugin.fault and not plugin.left_out_by]
        return [
            *(f"{plugin} {plugin.fault}" for plugin in broken),
            *(conflict(tables[kind].entries(name)) for kind, name in clashes),
            *self._unknown_choices(),
        ]

    def insist(self) -> None:
        """Raise if any installed plugin has a fault.

        Raises:
            PluginError: There is a fault; the message lists them all.
        """
        if self._is_sound:
            return
        if faults := self.faults():
            raise PluginError("plugins: " + "; ".join(faults))
        self._is_sound = True

    def _unknown_choices(self) -> Iterator[str]:
        for choice in self.choices:
            for name in sorted(choice.wanted | choice.unwanted):
                if what := self.unknown(name):
                    yield f"{choice.source}: {what}"

    def unknown(self, name: str) -> str:
        """Return a message where a name is neither an installed plugin's nor its distribution's; "" where it is one."""
        if canonical(name) in {canonical(each) for plugin in self.found for each in plugin.names}:
            return ""
        names = [plugin.name for plugin in self.found]
        advice = did_you_mean(name, names) or f"; installed: {', '.join(names) or 'none'}"
        return f"unknown plugin {name!r}{advice}"

    # -- advice about an unknown name ------------------------------------------------------------------------

    def advice(self, kind: str, name: str) -> str:
        """Return how to get a missing name: repair, enable or install a plugin; "" when unknown."""
        providers = catalogue.providers(kind, name)
        for plugin in self.records:
            if not plugin.fault and not plugin.left_out_by:
                continue
            dist = canonical(plugin.owner.distribution)
            if name in plugin.tables.get(kind, {}) or dist in providers or name.split(".")[0] == plugin.name:
                return f"; {plugin} {_reason(plugin)}"
        if providers:
            return f"; {providers[0]} registers it: pip install {providers[0]}"
        near = self._nearest(kind, name)
        required = [line for choice in self.choices for line in choice.required]
        if lacking := [repr(line) for line in required if self.shortfall(line) not in ("", MALFORMED)]:
            return _joined(
                near,
                "; it may come with a distribution that [plugins] require lists and that is not installed: "
                f"pip install {' '.join(lacking)}",
            )
        source = self._elsewhere(kind, name) or ("" if near else self.tables[kind].contents())
        return self.with_suspect(_joined(near, source))

    def shortfall(self, line: str) -> str:
        """Return how a requirement, as pip writes it, is not met here; "" where it is met."""
        return shortfall(line, {canonical(one.owner.distribution): one.owner.version for one in self.found})

    def _nearest(self, kind: str, name: str) -> str:
        table = self.tables[kind]
        near = nearest(name, {*table, *catalogue.known_names(kind)}, n=1)
        if not near:
            return ""
        if near[0] in table:
            return f"; did you mean {near[0]!r} ({table.entries(near[0])[0].owner})?"
        return f"; did you mean {near[0]!r} (pip install {catalogue.providers(kind, near[0])[0]})?"

    def _elsewhere(self, kind: str, name: str) -> str:
        """Suggest where to get a name whose owner prefix is unknown here; "" for other names."""
        start = name.partition(".")[0]
        # "Adam.v1" is a name without an owner.
        if (
            name.count(".") < 2
            or start in _OURS
            or any(each.startswith(f"{start}.") for each in self.tables[kind])
        ):
            return ""
        return (
            f"; no installed plugin registers names that begin with {start!r}: install the one that does (`kernel "
            "plugins freeze` names it where the config works), or pass your own file with --code"
        )

    def with_suspect(self, advice: str) -> str:
        """Add to advice about a missing name a plugin that may register it, one whose names are unknown."""
        silent = [one for one in self.records if one.left_out_by or (one.fault and not one.tables)]
        if not silent:
            return advice
        more = f" (and {len(silent) - 1} more)" if len(silent) > 1 else ""
        return _joined(advice, f"; it may also belong to {silent[0]}, which {_reason(silent[0])}{more}")


def _joined(advice: str, more: str) -> str:
    """Join two pieces of advice, the second of which begins with "; "; after a question it is a new sentence."""
    return f"{advice} {more[2].upper()}{more[3:]}" if advice.endswith("?") and more else advice + more


def _reason(plugin: Plugin) -> str:
    return f"is excluded by {plugin.left_out_by}" if plugin.left_out_by else plugin.fault


def is_strict() -> bool:
    """Return whether KERNEL_STRICT_PLUGINS makes every fault an error."""
    return os.environ.get(STRICT, "") not in ("", "0")


def load_plugins(
    found: Iterable[EntryPoint] | None = None,
    *,
    choice: Choice | None = None,
    strict: bool | None = None,
    given: Iterable[Plugin] = (),
    own: Own | None = None,
) -> Plugins:
    """Discover the plugins; the order of installation does not matter.

    Args:
        found: Entry points; the installed ones when None.
        choice: Which plugins are active; the choice of this process when None.
        strict: Whether a fault is an error at once; as KERNEL_STRICT_PLUGINS says when None.
        given: Plugins that the application registers itself; they replace entry points of the same plugin.
        own: The names registered by decorator.

    Raises:
        PluginError: A plugin has a fault, and `strict` holds.
    """
    records = {(plugin.name, canonical(plugin.owner.distribution)): plugin for plugin in given}
    modules = {plugin.module for plugin in records.values()}
    points = [installed(point) for point in (entry_points(group=GROUP) if found is None else found)]
    rest = [one for one in points if one.module not in modules and not _is_replaced(one, records)]
    plugins = Plugins([*records.values(), *rest], current() if choice is None else choice, own=own)
    if is_strict() if strict is None else strict:
        plugins.insist()
    return plugins


def _is_replaced(plugin: Plugin, names: Iterable[tuple[str, str]]) -> bool:
    return (plugin.name, canonical(plugin.owner.distribution)) in names
