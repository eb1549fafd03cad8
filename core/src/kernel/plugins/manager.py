"""All installed plugins: which take part, one table per kind, and what is wrong with any of them.

A plugin is an entry point of the group `kernel`. Finding them imports nothing; those that take part are read
when their tables are first looked at, and imported only where their tables are not plain.
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

#: How names begin that this project gives, or has under its own name.
_OURS = ("kernel", "spacy")

#: Kind to the names that a user's own files give by decorator.
Own = dict[str, Entries]


class Plugins:
    """Everything that is plugged in: the records, and one table per kind.

    Args:
        found: One record per installed plugin, in any order; read when it is first looked at.
        choices: Which of them take part: those that no choice leaves out.
        own: The names given by decorator; views of the same plugins share them.
    """

    def __init__(self, found: Iterable[Plugin] = (), *choices: Choice, own: Own | None = None) -> None:
        self.found = sorted(found, key=lambda plugin: plugin.owner)
        self.choices = choices
        self._own: Own = {} if own is None else own
        self._views: dict[tuple[Choice, ...], Plugins] = {}
        self._kept: tuple[list[Plugin], dict[str, NameTable]] | None = None
        self._is_sound = False

    def narrowed(self, *choices: Choice) -> Plugins:
        """The same plugins without those that further choices leave out."""
        view = self._views.get(choices)
        if view is None:
            narrowed = Plugins(self.found, *self.choices, *choices, own=self._own)
            view = self._views.setdefault(choices, narrowed)
        return view

    @property
    def records(self) -> list[Plugin]:
        """One per installed plugin: how it fares, and whether it takes part."""
        return self._seen[0]

    @property
    def tables(self) -> dict[str, NameTable]:
        """Kind to the names of that kind."""
        return self._seen[1]

    @property
    def _seen(self) -> tuple[list[Plugin], dict[str, NameTable]]:
        """The records and tables, which are kept once all plugins are read.

        Reading imports modules, and a module that is imported may ask for the tables: a lock here and Python's lock of
        the module could be held by two threads that wait for each other. So there is none: threads may read the plugins
        at the same time, and one of the results is kept.
        """
        kept = self._kept
        if kept is not None:
            return kept
        records, is_whole = self._read()
        seen = records, self._filled(records)
        if is_whole and self._kept is None:
            self._kept = seen
        return self._kept or seen

    def _read(self) -> tuple[list[Plugin], bool]:
        """Read the plugins that take part; give the records, and whether nothing is left to be read."""
        manager = PluginManager(GROUP)
        manager.add_hookspecs(hookspecs)
        records, is_whole = [], True
        for plugin in self.found:
            out = [choice.source for choice in self.choices if choice.excludes(*plugin.names)]
            if not out:
                is_whole &= read(plugin, manager)
            records.append(replace(plugin, left_out_by=out[0] if out else "", conflicts=[]))
        return records, is_whole

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

    def _fill(self, tables: dict[str, NameTable], owner: Owner, given: Tables) -> None:
        for kind, names in given.items():
            for name, target in names.items():
                tables[kind].add(name, target, owner)

    def faults(self) -> list[str]:
        """Everything that is wrong with what is installed, one line each."""
        tables = self.tables
        clashes = sorted({clash for plugin in self.records for clash in plugin.conflicts})
        broken = [plugin for plugin in self.records if plugin.fault and not plugin.left_out_by]
        return [
            *(f"{plugin} {plugin.fault}" for plugin in broken),
            *(conflict(tables[kind].entries(name)) for kind, name in clashes),
            *self._unknown_choices(),
        ]

    def insist(self) -> None:
        """Make every fault an error.

        Raises:
            PluginError: Something is wrong with what is installed.
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
        """Say that a name is neither that of an installed plugin nor of its distribution; "" where it is."""
        if canonical(name) in {canonical(known) for plugin in self.found for known in plugin.names}:
            return ""
        names = [plugin.name for plugin in self.found]
        advice = did_you_mean(name, names) or f"; installed are {', '.join(names) or 'none'}"
        return f"no installed plugin is called so, got {name!r}{advice}"

    # -- what to do about a name that nobody gives -----------------------------------------------------------

    def advice(self, kind: str, name: str) -> str:
        """Say how a missing name could be had: repair, include or install; "" when that is not known."""
        gives = catalogue.providers(kind, name)
        for plugin in self.records:
            if not plugin.fault and not plugin.left_out_by:
                continue
            dist = canonical(plugin.owner.distribution)
            if name in plugin.tables.get(kind, {}) or dist in gives or name.split(".")[0] == plugin.name:
                return f"; {plugin} {_reason(plugin)}"
        if gives:
            return f"; it comes with {gives[0]}: pip install {gives[0]}"
        near = self._nearest(kind, name)
        required = [line for choice in self.choices for line in choice.required]
        if lacking := [repr(line) for line in required if self.shortfall(line) not in ("", MALFORMED)]:
            return (
                f"{near}; it may come with what [plugins] require lists and is not installed: "
                f"pip install {' '.join(lacking)}"
            )
        return (
            near
            + (self._elsewhere(kind, name) or ("" if near else self.tables[kind].contents()))
            + self.suspect()
        )

    def shortfall(self, line: str) -> str:
        """Say in which way a requirement, as pip writes it, is not met here; "" where it is."""
        return shortfall(line, {canonical(one.owner.distribution): one.owner.version for one in self.found})

    def _nearest(self, kind: str, name: str) -> str:
        table = self.tables[kind]
        near = nearest(name, {*table, *catalogue.known_names(kind)}, n=1)
        if not near:
            return ""
        if near[0] in table:
            return f"; did you mean {near[0]!r} ({table.entries(near[0])[0].owner})?"
        return f"; did you mean {near[0]!r}, of pip install {catalogue.providers(kind, near[0])[0]}?"

    def _elsewhere(self, kind: str, name: str) -> str:
        """Say where the name of somebody could come from of whom no name is known; "" for others."""
        start = name.partition(".")[0]
        # "Adam.v1" is a name without an owner.
        if (
            name.count(".") < 2
            or start in _OURS
            or any(known.startswith(f"{start}.") for known in self.tables[kind])
        ):
            return ""
        return (
            f"; no plugin here gives names of {start!r}: install the one that does, which `kernel plugins freeze` "
            "finds out where the config works, or give your own file with --code"
        )

    def suspect(self) -> str:
        """Name a plugin whose names are not known, as the end of a message; one of them may be the missing one."""
        silent = [one for one in self.records if one.left_out_by or (one.fault and not one.tables)]
        if not silent:
            return ""
        more = f" (and {len(silent) - 1} more)" if len(silent) > 1 else ""
        return f"; or it belongs to {silent[0]}, which {_reason(silent[0])}{more}"


def _reason(plugin: Plugin) -> str:
    return f"is left out by {plugin.left_out_by}" if plugin.left_out_by else plugin.fault


def is_strict() -> bool:
    """Whether this process makes every fault an error."""
    return os.environ.get(STRICT, "") not in ("", "0")


def load_plugins(
    found: Iterable[EntryPoint] | None = None,
    *,
    choice: Choice | None = None,
    strict: bool | None = None,
    given: Iterable[Plugin] = (),
    own: Own | None = None,
) -> Plugins:
    """Find the plugins; the order of installation plays no part.

    Args:
        found: Entry points; those installed when None.
        choice: Which take part; what holds in this process when None.
        strict: Whether a fault is an error at once; KERNEL_STRICT_PLUGINS when None.
        given: Plugins that the application hands in; they go before entry points of the same plugin.
        own: The names given by decorator.

    Raises:
        PluginError: Something is wrong, and this is strict.
    """
    records = {(plugin.name, canonical(plugin.owner.distribution)): plugin for plugin in given}
    modules = {plugin.module for plugin in records.values()}
    points = [installed(point) for point in (entry_points(group=GROUP) if found is None else found)]
    rest = [one for one in points if one.module not in modules and not _is_given(one, records)]
    plugins = Plugins([*records.values(), *rest], current() if choice is None else choice, own=own)
    if is_strict() if strict is None else strict:
        plugins.insist()
    return plugins


def _is_given(plugin: Plugin, given: Iterable[tuple[str, str]]) -> bool:
    return (plugin.name, canonical(plugin.owner.distribution)) in given
