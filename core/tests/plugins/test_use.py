"""Plugins that an application hands in itself, because no metadata tells of them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.errors import PluginError, UnknownName
from kernel.plugins.manager import Plugins
from kernel.plugins.tables import Owner
from kernel.registry import Registry
from kernel.testing.runs.distributions import table_module, write_distribution

LANGUAGE = """
from kernel.language import Language

class Shouting(Language):
    lang = "shout"
"""
COMPONENT = """
from kernel.contracts import factory

@factory("upper")
def upper(nlp, name):
    def annotate(doc):
        doc.user_data["upper"] = doc.text.upper()
        return doc
    return annotate
"""
FROZEN = """
import importlib_metadata

importlib_metadata.Distribution.discover = classmethod(lambda cls, **context: iter(()))
assert not importlib_metadata.entry_points()

import acme_shout.plugin
import kernel

kernel.registry.use(acme_shout.plugin, name="shout", distribution="acme-shout", version="1.0")
kernel.registry.use("acme_upper.plugin", name="upper", distribution="acme-upper")

nlp = kernel.Language.from_config(
    {"nlp": {"lang": "shout", "pipeline": ["up"]}, "components": {"up": {"factory": "upper"}}}
)
print(nlp("two words").user_data["upper"])
nlp.to_disk("saved")
print(kernel.load("saved")("again").user_data["upper"])
print([f"{one} {one.state}" for one in kernel.registry.plugins.records])
"""


def test_a_program_without_metadata_hands_its_plugins_in_and_runs_a_pipeline(tmp_path: Path) -> None:
    language = table_module(languages={"shout": "acme_shout.code:Shouting"})
    write_distribution(tmp_path, "shout", language, modules={"code": LANGUAGE})
    component = table_module(factories={"upper": "acme_upper.code:upper"})
    write_distribution(tmp_path, "upper", component, modules={"code": COMPONENT})

    done = subprocess.run(
        [sys.executable, "-c", FROZEN],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "TWO WORDS",
        "AGAIN",
        "[\"plugin 'shout' (acme-shout 1.0) ok\", \"plugin 'upper' (acme-upper) ok\"]",
    ]


@pytest.fixture
def registry(site: Path, load: Callable[..., Plugins], monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A registry where nothing is installed but one plugin."""
    write_distribution(site, "one", table_module(misc={"acme.One.v1": "acme_one.plugin:register_misc"}))
    monkeypatch.setattr("kernel.plugins.manager.entry_points", lambda group: load().found and points(load))
    return Registry()


def points(load: Callable[..., Plugins]) -> list[object]:
    from importlib_metadata import EntryPoint

    return [EntryPoint(plugin.name, plugin.module, "kernel") for plugin in load().found]


def test_what_is_handed_in_goes_before_the_same_that_is_installed(registry: Registry) -> None:
    module = importlib.import_module("acme_one.plugin")

    registry.use(module, name="mine", distribution="acme-mine", version="3")

    assert [str(plugin) for plugin in registry.plugins.records] == ["plugin 'mine' (acme-mine 3)"]
    assert registry.provenance("misc", "acme.One.v1") == Owner("mine", "acme-mine", "3")


def test_handing_in_twice_is_handing_in_once_and_names_by_decorator_stay(registry: Registry) -> None:
    registry.misc.register("my.v1", func=points)
    for _ in range(2):
        registry.use("acme_one.plugin", name="one")

    assert [str(plugin) for plugin in registry.plugins.records] == ["plugin 'one' (one)"]
    assert registry.get("misc", "my.v1") is points


def test_what_is_handed_in_broken_is_reported_like_any_other(
    registry: Registry, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = "from kernel import hookimpl\n@hookimpl\ndef register_loggers():\n    raise ValueError('no')\n"
    write_distribution(site, "bad", hook)

    registry.use("acme_bad.plugin", name="bad", distribution="acme-bad", version="1")

    with pytest.raises(UnknownName, match=r"plugin 'bad' \(acme-bad 1\) raises in register_loggers"):
        registry.get("loggers", "bad.Logger.v1")
    monkeypatch.setenv("KERNEL_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError, match=r"plugin 'bad' \(acme-bad 1\)"):
        _ = registry.plugins
