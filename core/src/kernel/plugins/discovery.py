"""Read one installed plugin: its entry point, its hooks, their tables, and its faults.

The entry point's module is read without running it where it is plain, and imported where it is not; the code that its
tables name is not imported. Faults are noted in the plugin's record, so a broken plugin does not affect the others.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

from importlib_metadata import EntryPoint, PackageNotFoundError, version
from pluggy import PluginManager, PluginValidationError

from kernel import hookspecs
from kernel.errors import did_you_mean
from kernel.plugins.requirements import KERNEL, range_of, unmet
from kernel.plugins.sandbox import ForeignError, run_foreign
from kernel.plugins.static_reader import read_plain
from kernel.plugins.tables import Owner, one_line

_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")

#: The plugins that each thread is reading, by identity: importing them may ask for the tables again.
_OF_THREAD = threading.local()

#: The targets that one plugin registers, by kind and name.
Tables = dict[str, dict[str, str]]


@dataclass
class Plugin:
    """One installed plugin and its state.

    Args:
        owner: Its name, distribution and version.
        module: The module that its entry point names.
        load: Return that module, importing it only where necessary.
        requires: The requirements that its distribution declares in its metadata.
        tables: The names it registers, by kind. Those of a plugin in error are known but not used.
        fault: What is wrong, phrased to follow the plugin's name; empty when nothing is.
        left_out_by: The choice that excludes it; empty when it is active.
        is_read: Whether it was read, so that `tables` and `fault` are final.
        conflicts: (kind, name) pairs that another plugin registers too.
    """

    owner: Owner
    module: str
    load: Callable[[], Any] = field(compare=False, repr=False)
    requires: tuple[str, ...] = ()
    tables: Tables = field(default_factory=dict)
    fault: str = ""
    left_out_by: str = ""
    is_read: bool = False
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"plugin {self.name!r} ({self.owner})"

    @property
    def name(self) -> str:
        """The entry point's name."""
        return self.owner.plugin

    @property
    def names(self) -> tuple[str, str]:
        """The names by which a choice may refer to it: its entry point's and its distribution's."""
        return self.owner.plugin, self.owner.distribution

    @property
    def made_for(self) -> str:
        """The kernel versions that its distribution requires, such as `>=0.1,<0.2`; empty where it declares none."""
        return range_of(KERNEL, self.requires)

    @property
    def state(self) -> str:
        """The state: excluded, error, empty, conflict or ok."""
        if self.left_out_by:
            return "excluded"
        if self.fault:
            return "error"
        if not self.tables:
            return "empty"
        return "conflict" if self.conflicts else "ok"


class PluginFault(Exception):
    """A plugin is faulty; the message is phrased to follow its name."""


def installed(entry_point: EntryPoint) -> Plugin:
    """Return the record of an entry point, without importing anything of it."""
    load = partial(_load, entry_point)
    if entry_point.dist is None:
        owner = Owner(entry_point.name, "unknown distribution")
        return Plugin(owner, entry_point.value, load)
    # Each access to `dist.metadata` parses the file again.
    metadata = entry_point.dist.metadata
    owner = Owner(entry_point.name, str(metadata["Name"]), str(metadata["Version"]))
    requires = tuple(metadata.get_all("Requires-Dist") or ())
    return Plugin(owner, entry_point.value, load, requires)


def _load(entry_point: EntryPoint) -> Any:
    return read_plain(entry_point.value) or entry_point.load()


def handed_in(module: ModuleType, name: str, distribution: str, number: str) -> Plugin:
    """Return the record of a plugin that an application registers itself, without metadata."""
    if not number:
        with suppress(PackageNotFoundError):  # a frozen application has no metadata
            number = version(distribution)
    return Plugin(Owner(name, distribution, number), module.__name__, lambda: module)


def read(plugin: Plugin, manager: PluginManager) -> bool:
    """Read a plugin's module once and copy its tables, or its fault, into the record.

    Args:
        plugin: The record to complete. Several threads may do so at the same time.
        manager: The manager that knows the hooks; the module is registered with it under the record's name.

    Returns:
        Whether the record is complete; False where this thread is already reading the plugin, or where its module is
        still being imported and its hooks may not exist yet.
    """
    if plugin.is_read:
        return True
    reading: set[int] = vars(_OF_THREAD).setdefault("reading", set())
    if id(plugin) in reading:
        return False
    reading.add(id(plugin))
    try:
        return _read(plugin, manager)
    finally:
        reading.remove(id(plugin))


def _read(plugin: Plugin, manager: PluginManager) -> bool:
    tables: Tables = {}
    fault = ""
    try:
        _check_requirements(plugin)
        module = _module(plugin)
        if _is_being_imported(plugin):
            return False
        _register(module, plugin, manager)
        fault = _fill(tables, _hooks(module, manager))
    except PluginFault as exc:
        if _is_being_imported(plugin):
            return False
        fault = str(exc)
    plugin.tables, plugin.fault = tables, fault
    # Last, since other threads may read the record at this moment.
    plugin.is_read = True
    return True


def _fill(tables: Tables, hooks: Mapping[str, Any]) -> str:
    """Call the hooks, fill the tables, and return the first fault; "" where there is none."""
    faults = []
    for kind, hook in sorted(hooks.items()):
        try:
            names = _call(kind, hook)
        except PluginFault as fault:
            # Read the other tables anyway, so that a name in them can be traced to this plugin.
            faults.append(str(fault))
            continue
        if names:
            tables[kind] = names
    return faults[0] if faults else ""


def _is_being_imported(plugin: Plugin) -> bool:
    """Return whether a plugin's module is being imported right now."""
    module = sys.modules.get(plugin.module.partition(":")[0])
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


def _check_requirements(plugin: Plugin) -> None:
    if missing := unmet(plugin.requires):
        raise PluginFault(missing)


def _module(plugin: Plugin) -> Any:
    try:
        return run_foreign(plugin.load)
    except ForeignError as exc:
        raise PluginFault(
            f"cannot be imported from {plugin.module!r}, got {one_line(exc.raised)}"
        ) from exc.raised


def _register(module: Any, plugin: Plugin, manager: PluginManager) -> None:
    try:
        manager.register(module, f"{plugin.owner.distribution}:{plugin.name}")
    except (PluginValidationError, ValueError) as exc:
        raise PluginFault(f"does not match the hook specifications, got {one_line(exc)}") from exc
    unknown = sorted(one.name for one in manager.get_hookcallers(module) or () if not one.has_spec())
    if unknown:
        manager.unregister(module)
        advice = did_you_mean(unknown[0], [hookspecs.PREFIX + kind for kind in hookspecs.KINDS])
        raise PluginFault(f"implements the unknown hook {unknown[0]!r}{advice}")


def _hooks(module: Any, manager: PluginManager) -> dict[str, Any]:
    callers = manager.get_hookcallers(module) or []
    return {
        caller.name.removeprefix(hookspecs.PREFIX): implementation.function
        for caller in callers
        for implementation in caller.get_hookimpls()
        if implementation.plugin is module
    }


def _call(kind: str, hook: Any) -> dict[str, str]:
    """Call one hook and check what it returns."""
    where = hookspecs.PREFIX + kind
    try:
        table = run_foreign(hook)
    except ForeignError as exc:
        raise PluginFault(f"raises in {where}, got {one_line(exc.raised)}") from exc.raised
    if not isinstance(table, Mapping):
        raise PluginFault(f"must return a table from {where}, got {_shown(table)}")
    try:
        return dict(_checked(where, table.items()))
    except PluginFault:
        raise
    except Exception as exc:
        raise PluginFault(f"returns an unreadable table from {where}, got {one_line(exc)}") from exc


def _checked(where: str, items: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, str]]:
    for name, target in items:
        if not isinstance(name, str) or not name.strip():
            raise PluginFault(f"returns a name from {where} that is not a string, got {_shown(name)}")
        if not isinstance(target, str) or not _TARGET.fullmatch(target):
            raise PluginFault(
                f"must map {name!r} in {where} to a 'module:attribute' target, got {_shown(target)}"
            )
        yield name, target


def _shown(value: Any) -> str:
    """Return a value's repr on one short line, even where repr itself fails."""
    try:
        text = " ".join(repr(value).split())
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else text[:77] + "..."
