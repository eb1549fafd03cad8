"""Which plugins take part, conflicts, and what is said about a name that nobody gives."""

from __future__ import annotations

import importlib
import inspect
import random
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from importlib_metadata import EntryPoint, distributions

from kernel import hookspecs
from kernel.errors import NameTaken, UnknownName
from kernel.hookspecs import KINDS
from kernel.plugins.manager import Plugins, load_plugins
from kernel.plugins.selection import Choice
from kernel.testing.runs.distributions import table_module, write_distribution

Load = Callable[..., Plugins]


def logger_plugin(site: Path, name: str, *names: str) -> None:
    """Install a plugin that gives some loggers, with a module that must not be imported."""
    table = dict.fromkeys(names, f"acme_{name}.code:logger")
    code = "def logger():\n    return 'logger'\n"
    write_distribution(site, name, table_module(loggers=table), modules={"code": code})


def test_a_function_is_imported_when_it_is_asked_for_and_not_before(site: Path, load: Load) -> None:
    logger_plugin(site, "one", "acme.One.v1")

    table = load().tables["loggers"]

    assert "acme.One.v1" in table
    assert table.names() == ["acme.One.v1"]
    assert "acme_one.code" not in sys.modules
    assert table.get("acme.One.v1")() == "logger"
    assert "acme_one.code" in sys.modules


def test_two_plugins_with_one_name_are_an_error_when_it_is_asked_for(site: Path, load: Load) -> None:
    logger_plugin(site, "one", "acme.Same.v1", "acme.One.v1")
    logger_plugin(site, "two", "acme.Same.v1")

    plugins = load()

    assert [plugin.state for plugin in plugins.records] == ["conflict", "conflict"]
    assert plugins.tables["loggers"].get("acme.One.v1")() == "logger"
    message = (
        "loggers: 'acme.Same.v1' is registered by acme-one 1.0 and acme-two 1.0; "
        'write [plugins] deny = ["two"] in the config, or set KERNEL_PLUGINS=-two, or uninstall one'
    )
    assert plugins.faults() == [message]
    with pytest.raises(NameTaken) as taken:
        plugins.tables["loggers"].get("acme.Same.v1")
    assert str(taken.value) == message


def test_leaving_one_out_ends_a_conflict(site: Path, load: Load) -> None:
    logger_plugin(site, "one", "acme.Same.v1")
    logger_plugin(site, "two", "acme.Same.v1")

    plugins = load(choice="-two")

    assert [plugin.state for plugin in plugins.records] == ["ok", "excluded"]
    assert plugins.tables["loggers"].get("acme.Same.v1")() == "logger"


def test_a_plugin_that_takes_a_name_of_the_kernel_is_in_conflict(site: Path, load: Load) -> None:
    write_distribution(site, "thief", table_module(optimizers={"Adam.v1": "acme_thief.code:adam"}))

    plugins = load()

    with pytest.raises(NameTaken, match=r"'Adam\.v1' is registered by pkg-kernel \S+ and acme-thief 1\.0;"):
        plugins.tables["optimizers"].get("Adam.v1")


@pytest.mark.parametrize(
    ("choice", "excluded"),
    [
        ("", []),
        ("one", ["three", "two"]),
        ("one, two", ["three"]),
        ("acme-one,acme_two", ["three"]),
        ("-one", ["one"]),
        ("-one,-acme-two", ["one", "two"]),
        ("one,two,-two", ["three", "two"]),
    ],
)
def test_the_environment_chooses_the_plugins(
    site: Path, load: Load, choice: str, excluded: list[str]
) -> None:
    logger_plugin(site, "one", "acme.One.v1")
    logger_plugin(site, "two", "acme.Two.v1")
    logger_plugin(site, "three", "acme.Three.v1")

    plugins = load(choice=choice)

    assert [plugin.name for plugin in plugins.records if plugin.state == "excluded"] == excluded
    assert plugins.faults() == []


def test_an_excluded_plugin_is_not_imported(site: Path, load: Load) -> None:
    write_distribution(site, "broken", "raise RuntimeError('imported')")

    [plugin] = load(choice="-broken").records

    assert (plugin.state, plugin.fault) == ("excluded", "")
    assert "acme_broken" not in sys.modules


def test_a_choice_of_a_plugin_that_is_not_there_is_reported(site: Path, load: Load) -> None:
    logger_plugin(site, "console2", "acme.One.v1")

    assert load(choice="-consolle2").faults() == [
        "KERNEL_PLUGINS: unknown plugin 'consolle2'; did you mean 'console2'?"
    ]


def test_a_missing_name_of_an_excluded_plugin_says_so(site: Path, load: Load) -> None:
    logger_plugin(site, "one", "one.Logger.v1")

    with pytest.raises(UnknownName) as unknown:
        load(choice="-one").tables["loggers"].get("one.Logger.v1")

    assert str(unknown.value) == (
        "loggers: unknown name 'one.Logger.v1'; plugin 'one' (acme-one 1.0) is excluded by KERNEL_PLUGINS"
    )


@pytest.mark.parametrize(
    ("kind", "name", "advice"),
    [
        ("loggers", "kernel.ConsoleLogger.v1", "; pkg-console registers it: pip install pkg-console"),
        (
            "loggers",
            "kernel.ConsoleLoger.v1",
            "; did you mean 'kernel.ConsoleLogger.v1' (pip install pkg-console)?",
        ),
        ("loggers", "acme.Onee.v1", "; did you mean 'acme.One.v1' (acme-one 1.0)?"),
        ("factories", "tagger", "; pkg-tagger registers it: pip install pkg-tagger"),
        ("augmenters", "zzz", "; no augmenters are installed"),
    ],
)
def test_a_missing_name_says_what_is_near_or_what_to_install(
    site: Path, load: Load, kind: str, name: str, advice: str
) -> None:
    logger_plugin(site, "one", "acme.One.v1")

    with pytest.raises(UnknownName) as unknown:
        load().tables[kind].get(name)

    assert str(unknown.value) == f"{kind}: unknown name {name!r}{advice}"


class Points:
    """Entry points whose modules are made up, so that many orders can be tried quickly."""

    def __init__(self, tables: list[dict[str, str]]) -> None:
        self.points = [
            EntryPoint(f"p{number}", f"acme_order_{number}", "kernel") for number in range(len(tables))
        ]
        self.tables = tables

    def load(self, order: list[int]) -> Plugins:
        """Discover the plugins in an order of installation."""
        from types import ModuleType

        from kernel import hookimpl

        for number, table in enumerate(self.tables):
            module = ModuleType(f"acme_order_{number}")
            module.register_loggers = hookimpl(lambda table=table: table)  # type: ignore[attr-defined]
            sys.modules[module.__name__] = module
        try:
            return load_plugins([self.points[number] for number in order], choice=Choice(), strict=False)
        finally:
            for number in range(len(self.tables)):
                del sys.modules[f"acme_order_{number}"]


NAMES = st.sampled_from(["a.v1", "b.v1", "c.v1", "d.v1"])
TABLES = st.lists(st.dictionaries(NAMES, st.just("m:f"), max_size=3), min_size=1, max_size=6)


@given(tables=TABLES, seed=st.integers(0, 2**32))
def test_the_order_of_installation_plays_no_part(tables: list[dict[str, str]], seed: int) -> None:
    points = Points(tables)
    order = list(range(len(tables)))
    shuffled = random.Random(seed).sample(order, len(order))

    first, second = points.load(order), points.load(shuffled)

    assert first.records == second.records
    assert first.faults() == second.faults()
    assert list(first.tables["loggers"]) == list(second.tables["loggers"])


def test_the_order_of_the_metadata_plays_no_part(site: Path) -> None:
    for name in ("east", "north", "south", "west"):
        logger_plugin(site, name, "acme.Same.v1", f"acme.{name}.v1")
    write_distribution(site, "broken", "import no_such_module")
    points = [point for dist in distributions(path=[str(site)]) for point in dist.entry_points]
    orders = random.Random(0).sample(list(permutations(points)), 100)

    loaded = [load_plugins(order, choice=Choice(), strict=False) for order in orders]

    assert {tuple(map(repr, plugins.records)) for plugins in loaded} == {tuple(map(repr, loaded[0].records))}
    assert {tuple(plugins.faults()) for plugins in loaded} == {tuple(loaded[0].faults())}
    assert (
        loaded[0]
        .faults()[1]
        .startswith(
            "loggers: 'acme.Same.v1' is registered by acme-east 1.0 and acme-north 1.0 and acme-south 1.0 and "
        )
    )
    assert {repr(plugins.tables["loggers"].entry("acme.west.v1")) for plugins in loaded} == {
        "Entry('loggers', 'acme.west.v1', 'acme_west.code:logger', 'acme-west 1.0')"
    }


def stated(kind: str) -> list[str]:
    """The facts in the docstring of a hook; Python 3.13 and later give it without its indentation."""
    doc = inspect.getdoc(getattr(hookspecs, f"register_{kind}"))
    assert doc is not None
    return doc.splitlines()[2:]


def test_every_kind_has_a_documented_hook() -> None:
    for kind in KINDS:
        facts = [line.split()[0] for line in stated(kind)]
        assert facts == ["Config", "Target", "Product", "Check"], kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_check_and_the_product_of_a_kind_exist(kind: str) -> None:
    _, _, product, check = (line.split(maxsplit=1)[1] for line in stated(kind))
    named = [word for word in (*product.split(), check) if word.startswith(("kernel.", "thinc.", "click."))]

    found = [
        getattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in named
    ]

    assert all(map(callable, found))


def test_the_kinds_are_those_that_configs_know() -> None:
    assert set(KINDS) == {
        *("architectures", "layers", "optimizers", "schedules", "losses", "initializers", "ops", "readers"),
        *(
            "batchers",
            "augmenters",
            "loggers",
            "callbacks",
            "factories",
            "scorers",
            "tokenizers",
            "languages",
        ),
        *(
            "vectors",
            "lookups",
            "matchers",
            "misc",
            "converters",
            "commands",
            "recommendations",
            "data_checks",
        ),
        *("launchers", "updaters"),
    }
