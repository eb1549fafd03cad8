"""All installed plugins: which take part, one table per kind, and what is wrong with any of them.

A plugin is an entry point of the group `kernel`. KERNEL_STRICT_PLUGINS makes every fault an error at the start.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from importlib_metadata import EntryPoint, entry_points, version
from pluggy import PluginManager

from kernel import catalogue, hookspecs
from kernel.builtins import TABLES
from kernel.choice import Choice, current
from kernel.discovery import Plugin, Tables, installed, read
from kernel.errors import PluginError, did_you_mean, nearest
from kernel.requirements import KERNEL, canonical
from kernel.tables import Owner, Table, conflict

GROUP = "kernel"
STRICT = "KERNEL_STRICT_PLUGINS"


class Plugins:
    """Everything that is plugged in: the records, and one table per kind.

    Args:
        records: One per installed plugin, in any order.
        choice: Which of them take part.
    """

    def __init__(self, records: Iterable[Plugin] = (), choice: Choice | None = None) -> None:
        self.records = sorted(records, key=lambda plugin: plugin.owner)
        self.choice = choice or Choice()
        self.tables = {kind: Table(kind, self.advice) for kind in hookspecs.KINDS}
        self._fill(Owner("kernel", KERNEL, version(KERNEL)), TABLES)
        active = [plugin for plugin in self.records if not plugin.fault and not plugin.excluded]
        for plugin in active:
            self._fill(plugin.owner, plugin.tables)
        for plugin in active:
            plugin.conflicts = [
                (kind, name)
                for kind, names in plugin.tables.items()
                for name in names
                if len(self.tables[kind].entries(name)) > 1
            ]

    def _fill(self, owner: Owner, tables: Tables) -> None:
        for kind, names in tables.items():
            for name, target in names.items():
                self.tables[kind].add(name, target, owner)

    def faults(self) -> list[str]:
        """Everything that is wrong with what is installed, one line each."""
        clashes = sorted({clash for plugin in self.records for clash in plugin.conflicts})
        return [
            *(f"{plugin} {plugin.fault}" for plugin in self.records if plugin.fault),
            *(conflict(self.tables[kind].entries(name)) for kind, name in clashes),
            *(self._unknown_choice(name) for name in self._unknown()),
        ]

    def insist(self) -> None:
        """Make every fault an error.

        Raises:
            PluginError: Something is wrong with what is installed.
        """
        if faults := self.faults():
            raise PluginError("plugins: " + "; ".join(faults))

    def _unknown(self) -> list[str]:
        known = {canonical(name) for plugin in self.records for name in plugin.names}
        return sorted((self.choice.wanted | self.choice.unwanted) - known)

    def _unknown_choice(self, name: str) -> str:
        names = [plugin.name for plugin in self.records]
        advice = did_you_mean(name, names) or f"; installed are {', '.join(names) or 'none'}"
        return f"{self.choice.source}: no installed plugin is called so, got {name!r}{advice}"

    # -- what to do about a name that nobody gives -----------------------------------------------------------

    def advice(self, kind: str, name: str) -> str:
        """Say how a missing name could be had: repair, include or install; "" when that is not known."""
        gives = catalogue.providers(kind, name)
        for plugin in self.records:
            if not plugin.fault and not plugin.excluded:
                continue
            dist = canonical(plugin.owner.distribution)
            if name in plugin.tables.get(kind, {}) or dist in gives or name.split(".")[0] == plugin.name:
                return f"; {plugin} {self._reason(plugin)}"
        if gives:
            return f"; it comes with {gives[0]}: pip install {gives[0]}"
        return self._nearest(kind, name) + self.suspect()

    def _nearest(self, kind: str, name: str) -> str:
        table = self.tables[kind]
        near = nearest(name, {*table, *catalogue.known_names(kind)}, n=1)
        if not near:
            return table.contents()
        if near[0] in table:
            return f"; did you mean {near[0]!r} ({table.entries(near[0])[0].owner})?"
        return f"; did you mean {near[0]!r}, of pip install {catalogue.providers(kind, near[0])[0]}?"

    def suspect(self) -> str:
        """Name a plugin whose names are not known, as the end of a message; one of them may be the missing one."""
        silent = [one for one in self.records if one.excluded or (one.fault and not one.tables)]
        if not silent:
            return ""
        more = f" (and {len(silent) - 1} more)" if len(silent) > 1 else ""
        return f"; or it belongs to {silent[0]}, which {self._reason(silent[0])}{more}"

    def _reason(self, plugin: Plugin) -> str:
        return plugin.fault or f"is left out by {self.choice.source}"


def load_plugins(
    found: Iterable[EntryPoint] | None = None, *, choice: Choice | None = None, strict: bool | None = None
) -> Plugins:
    """Discover the plugins and read their tables; the order of installation plays no part.

    Args:
        found: Entry points; those installed when None.
        choice: Which take part; what holds in this process when None.
        strict: Whether a fault is an error; KERNEL_STRICT_PLUGINS when None.

    Raises:
        PluginError: Something is wrong, and this is strict.
    """
    choice = current() if choice is None else choice
    strict = os.environ.get(STRICT, "") not in ("", "0") if strict is None else strict
    manager = PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    pairs = [(installed(point), point) for point in (entry_points(group=GROUP) if found is None else found)]
    for plugin, point in sorted(pairs, key=lambda pair: pair[0].owner):
        plugin.excluded = choice.excludes(*plugin.names)
        if not plugin.excluded:
            read(plugin, point, manager)
    plugins = Plugins([plugin for plugin, _ in pairs], choice)
    if strict:
        plugins.insist()
    return plugins
