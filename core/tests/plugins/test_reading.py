"""Plugins whose modules ask for the tables while they are imported, alone and in several threads."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from kernel.plugins.manager import Plugins
from kernel.testing.runs.distributions import write_distribution

Load = Callable[..., Plugins]

ASKS = """
import builtins
from kernel import hookimpl

builtins.acme_asks()

@hookimpl
def register_loggers():
    return {"acme.Logger.v1": "acme_asking.code:logger"}
"""
NAMES = ["acme.Logger.v1"]


def names(plugins: Plugins) -> list[str]:
    return [name for name in plugins.tables["loggers"].names() if name.startswith("acme.")]


def test_a_plugin_that_asks_for_the_tables_while_it_is_read_is_in_them_afterwards(
    site: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_distribution(site, "asking", ASKS)
    plugins = load()
    seen: list[list[str]] = []
    monkeypatch.setattr(builtins, "acme_asks", lambda: seen.append(names(plugins)), raising=False)

    assert names(plugins) == NAMES
    assert seen == [[]]
    assert plugins.faults() == []


def test_a_plugin_that_is_imported_before_it_is_read_is_in_the_tables_afterwards(
    site: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_distribution(site, "asking", ASKS)
    plugins = load()
    monkeypatch.setattr(builtins, "acme_asks", lambda: names(plugins), raising=False)

    import_module("acme_asking.plugin")

    assert names(plugins) == NAMES


def test_a_thread_that_imports_a_plugin_and_one_that_reads_it_do_not_wait_for_each_other(
    site: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_distribution(site, "asking", ASKS)
    plugins = load()
    importing, reading = threading.Event(), threading.Event()

    def ask() -> None:
        importing.set()
        reading.wait()
        names(plugins)

    def read() -> None:
        importing.wait()
        found.append(names(plugins))

    def look(name: str) -> None:
        # The reader has begun, and is about to import the module.
        reading.set()

    found: list[list[str]] = []
    monkeypatch.setattr(builtins, "acme_asks", ask, raising=False)
    monkeypatch.setattr("kernel.plugins.discovery.read_plain", look)
    threads = [
        threading.Thread(target=import_module, args=("acme_asking.plugin",), daemon=True),
        threading.Thread(target=read, daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert not any(thread.is_alive() for thread in threads)
    assert found == [NAMES]
    assert names(plugins) == NAMES
