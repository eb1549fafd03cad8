"""The check of registered names of any kind."""

from __future__ import annotations

from kernel.plugins.describe import faults
from kernel.plugins.manager import Plugins, load_plugins
from kernel.plugins.selection import Choice


def check_names(plugin: str, plugins: Plugins | None = None) -> list[tuple[str, str]]:
    """Check that a plugin loads, and that each of its names resolves and is versioned, typed and documented.

    Args:
        plugin: Name of the plugin or of its distribution.
        plugins: The plugins to search; by default all installed ones.

    Returns:
        Kind and name of everything it registers, for further assertions.
    """
    plugins = load_plugins(choice=Choice()) if plugins is None else plugins
    records = [record for record in plugins.records if plugin in record.names]
    assert records, f"unknown plugin {plugin!r}; installed are {[p.name for p in plugins.records]}"
    names = []
    for record in records:
        assert not record.fault, f"{record} {record.fault}"
        assert record.tables, f"{record} registers no names"
        assert not record.conflicts, f"{record} registers names of other plugins: {record.conflicts}"
        for kind, table in record.tables.items():
            for name in table:
                wrong = faults(plugins.tables[kind].entry(name))
                assert not wrong, "; ".join(wrong)
                names.append((kind, name))
    return names
