"""What every registered name must be, whatever its kind."""

from __future__ import annotations

from kernel.plugins.describe import faults
from kernel.plugins.manager import Plugins, load_plugins
from kernel.plugins.selection import Choice


def check_names(plugin: str, plugins: Plugins | None = None) -> list[tuple[str, str]]:
    """Check that a plugin loads and that each of its names resolves, is versioned, typed and documented.

    Args:
        plugin: The name of the plugin or of its distribution.
        plugins: Where to look; those installed when None.

    Returns:
        Kind and name of everything it gives, for the test to look at.
    """
    plugins = load_plugins(choice=Choice()) if plugins is None else plugins
    found = [one for one in plugins.records if plugin in one.names]
    assert found, f"no installed plugin is called {plugin!r}; there are {[p.name for p in plugins.records]}"
    names = []
    for one in found:
        assert not one.fault, f"{one} {one.fault}"
        assert one.tables, f"{one} gives no names"
        assert not one.conflicts, f"{one} gives names that others give: {one.conflicts}"
        for kind, table in one.tables.items():
            for name in table:
                wrong = faults(plugins.tables[kind].entry(name))
                assert not wrong, "; ".join(wrong)
                names.append((kind, name))
    return names
