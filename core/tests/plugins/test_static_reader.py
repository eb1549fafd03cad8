"""Tables are read from the source of a plain module, and mean what they mean when it is imported."""

from __future__ import annotations

import importlib
import sys
import tempfile
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from importlib_metadata import distributions

from kernel.plugins.manager import Plugins, load_plugins
from kernel.plugins.selection import Choice
from kernel.plugins.static_reader import file_of, read_plain
from kernel.testing.runs.distributions import table_module, write_distribution

Load = Callable[..., Plugins]

IMPORT = "from kernel import hookimpl\n"
HOOK = "@hookimpl\ndef register_loggers():\n    return {'acme.A.v1': 'acme_x.code:f'}\n"


def is_imported(name: str) -> bool:
    return f"acme_{name}.plugin" in sys.modules or f"acme_{name}" in sys.modules


# -- what is plain -------------------------------------------------------------------------------------------

PLAIN = {
    "only hooks": IMPORT + HOOK,
    "nothing": "",
    "a docstring": '"""Names."""\n' + IMPORT + HOOK,
    "annotations": '"""Names."""\nfrom __future__ import annotations\n' + IMPORT + HOOK,
    "types": IMPORT + HOOK.replace("()", "() -> dict[str, str]", 1),
    "a hook's docstring": IMPORT + HOOK.replace("    return", '    """Give a logger."""\n    return'),
    "constants": "__version__ = '1'\n" + IMPORT + "NUMBERS = [1, -2.5, (True, None)]\n" + HOOK,
    "a constant table": IMPORT
    + "@hookimpl\ndef register_loggers():\n    return LOGGERS\n\nLOGGERS = {'acme.A.v1': 'acme_x.code:f'}\n",
    "another encoding": "# coding: latin-1\n" + IMPORT + HOOK.replace("acme.A", "acme.Ä"),
    "rubbish": IMPORT + HOOK.replace("{'acme.A.v1': 'acme_x.code:f'}", "['acme.A.v1']"),
    "an unknown hook": IMPORT + HOOK.replace("loggers", "loggerz"),
}

#: Each could do more than build tables, or mean something else than it seems to.
NOT_PLAIN = {
    "imports": "import os\n" + IMPORT + HOOK,
    "more of the kernel": "from kernel import hookimpl, registry\n" + HOOK,
    "the marker by another name": "from kernel import hookimpl as mark\n" + HOOK.replace("hookimpl", "mark"),
    "the marker of somebody else": "from pluggy import HookimplMarker\nhookimpl = HookimplMarker('kernel')\n"
    + HOOK,
    "a marker with options": IMPORT + HOOK.replace("@hookimpl", "@hookimpl(tryfirst=True)"),
    "two decorators": "from functools import cache\n"
    + IMPORT
    + "@hookimpl\n@cache\n"
    + HOOK.partition("\n")[2],
    "a condition": IMPORT + "if True:\n    X = 1\n" + HOOK,
    "a computed constant": IMPORT + "X = 'a'.upper()\n" + HOOK,
    "a computed table": IMPORT + HOOK.replace("{'acme.A.v1': 'acme_x.code:f'}", "dict(a='acme_x.code:f')"),
    "a hook that does something": IMPORT + HOOK.replace("    return", "    print\n    return"),
    "a hook with a default": IMPORT + HOOK.replace("()", "(x=print())", 1),
    "a type that must be evaluated": IMPORT + HOOK.replace("()", "() -> print()", 1),
    "an unmarked function": IMPORT + "def f():\n    return {}\n" + HOOK,
    "a class": IMPORT + "class X:\n    pass\n" + HOOK,
    "a name bound twice": IMPORT + HOOK + HOOK.replace("acme.A", "acme.B"),
    "the marker bound again": IMPORT + "hookimpl = 3\n",
    "a builtin hidden": IMPORT + "dict = 3\n" + HOOK,
    "a name that Python uses": IMPORT + "__path__ = []\n" + HOOK,
    "an escape": IMPORT + HOOK.replace("acme.A", "acme.\\x41"),
}


@pytest.mark.parametrize("source", PLAIN.values(), ids=PLAIN)
def test_a_plain_module_is_not_imported(site: Path, load: Load, source: str) -> None:
    (package := site / "acme_x").mkdir()
    write_distribution(site, "y", "", entry_point="acme_x.plugin")
    (package / "__init__.py").write_text('"""A plugin."""\n\n__version__ = "1.0"\n')
    (package / "plugin.py").write_text(source, encoding="latin-1" if "latin" in source else "utf-8")

    read = load().records
    assert not is_imported("x")

    importlib.import_module("acme_x.plugin")
    assert read == load().records


@pytest.mark.parametrize("source", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_not_plain_is_imported(site: Path, load: Load, source: str) -> None:
    write_distribution(site, "x", source)

    _ = load().records

    assert read_plain("acme_x.plugin") is None
    assert is_imported("x")


def test_a_package_that_runs_code_is_imported_and_its_faults_are_reported(site: Path, load: Load) -> None:
    write_distribution(site, "x", IMPORT + HOOK)
    (site / "acme_x" / "__init__.py").write_text("import no_such_module\n")

    [plugin] = load().records

    assert plugin.fault == (
        "cannot be imported from 'acme_x.plugin', got ModuleNotFoundError: No module named 'no_such_module'"
    )


# -- it means the same ---------------------------------------------------------------------------------------

NAMES = st.one_of(st.sampled_from(["acme.A.v1", "acme.B.v1", "", " "]), st.integers(0, 2), st.none())
TARGETS = st.one_of(st.sampled_from(["a:b", "a.b:c.d", "a.b", "a b:c"]), st.integers(0, 2), st.booleans())
SOUND = st.dictionaries(st.sampled_from(["acme.A.v1", "acme.B.v1"]), st.sampled_from(["a:b", "a.b:c.d"]))
RUBBISH = st.one_of(
    st.none(), st.integers(), st.lists(TARGETS, max_size=2), st.sets(st.integers(), max_size=2)
)
VALUES = st.one_of(SOUND, st.dictionaries(NAMES, TARGETS, max_size=3), RUBBISH).map(repr)
HOOKS = st.sampled_from(["register_loggers", "register_readers", "register_misc", "register_loggerz"])
TYPES = st.sampled_from(["", "-> dict", "-> dict[str, str]"])
DOCS = st.sampled_from(["", "    'About it.'\n"])
MARKED = "@hookimpl\ndef {}() {}:\n{}    return {}\n".format


@st.composite
def plain_sources(draw: st.DrawFn) -> str:
    """A plain module: constants and hooks, each name once."""
    head = (
        draw(st.sampled_from(["", "'Names.'\n", "'Names.'\nfrom __future__ import annotations\n"])) + IMPORT
    )
    constants = {name: draw(VALUES) for name in sorted(draw(st.sets(st.sampled_from("ABC"))))}
    tables = st.one_of(VALUES, st.sampled_from(sorted(constants))) if constants else VALUES
    body = [f"{name} = {value}\n" for name, value in constants.items()]
    body += [
        MARKED(name, draw(TYPES), draw(DOCS), draw(tables))
        for name in sorted(draw(st.sets(HOOKS, max_size=3)))
    ]
    return head + "".join(draw(st.permutations(body)))


ANY_NAME = st.one_of(HOOKS, st.sampled_from(["A", "B", "hookimpl", "dict"]))
HOOK_LIKE = st.builds(
    "{}def {}({}) {}:\n{}    return {}\n".format,
    st.sampled_from(["@hookimpl\n", "@hookimpl\n", "", "@hookimpl()\n"]),
    ANY_NAME,
    st.sampled_from(["", "", "config", "config=A"]),
    st.one_of(TYPES, st.sampled_from(["-> Missing", "-> A"])),
    DOCS,
    st.one_of(VALUES, st.sampled_from(["A", "Missing", "hookimpl", "register_loggers"])),
)
ODD = st.sampled_from(
    [
        IMPORT,
        "from __future__ import annotations\n",
        "from __future__ import braces\n",
        "'text'\n",
        "set = 3\n",
        "A = {[]: 1}\n",
        "A = {**{'acme.A.v1': 'a:b'}}\n",
        "A = {'acme.A.v1': 'a:b', 'acme.A.v1': 'c:d', 1: 'e:f', True: 'g:h'}\n",
        "import no_such_module\n",
        "del A\n",
        "register_readers = register_loggers\n",
        "(\n",
    ]
)
ASSIGNED = st.builds("{} = {}\n".format, ANY_NAME, VALUES)
BODIES = st.lists(
    st.one_of(HOOK_LIKE, st.builds(MARKED, HOOKS, TYPES, DOCS, VALUES), ASSIGNED, ODD), max_size=4
)
#: Most of these are not plain, and some are no Python.
ANY_SOURCES = st.builds(
    "{}{}".format, st.sampled_from(["", IMPORT, "'Names.'\n" + IMPORT]), BODIES.map("".join)
)

NUMBERS = count()


@settings(deadline=None)
@given(source=plain_sources())
def test_a_plain_source_that_is_read_means_what_it_means_when_imported(source: str) -> None:
    assert is_read_as_imported(source)


@settings(deadline=None)
@given(source=ANY_SOURCES)
@example(source="hookimpl = {}\n" + HOOK)
def test_any_source_means_what_it_means_when_imported(source: str) -> None:
    is_read_as_imported(source)


def is_read_as_imported(source: str) -> bool:
    """Compare a plugin as it is found with what it is once it is imported; say whether finding it imports nothing."""
    name = f"soup{next(NUMBERS)}"
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        write_distribution(Path(folder), name, source)
        patch.syspath_prepend(folder)
        points = [point for dist in distributions(path=[folder]) for point in dist.entry_points]
        is_plain = read_plain(f"acme_{name}.plugin") is not None

        [read] = load_plugins(points, choice=Choice(), strict=False).records
        assert not (is_plain and is_imported(name))
        if is_plain:
            importlib.import_module(f"acme_{name}.plugin")
        [imported] = load_plugins(points, choice=Choice(), strict=False).records

        for module in (f"acme_{name}.plugin", f"acme_{name}"):
            sys.modules.pop(module, None)
    assert read == imported
    return is_plain


def test_two_entry_points_of_one_module_fare_as_they_do_when_it_is_imported(site: Path, load: Load) -> None:
    write_distribution(site, "x", IMPORT + HOOK)
    points = site / "acme_x-1.0.dist-info" / "entry_points.txt"
    points.write_text("[kernel]\nx = acme_x.plugin\ny = acme_x.plugin\n")

    read = load().records
    importlib.import_module("acme_x.plugin")

    assert [plugin.state for plugin in read] == [plugin.state for plugin in load().records] == ["ok", "error"]


# -- where it is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packages", [["acme_deep", "acme_deep/inner"], ["acme_deep/inner"]], ids=str)
def test_a_table_deep_in_packages_is_read(site: Path, load: Load, packages: list[str]) -> None:
    write_distribution(site, "x", "", entry_point="acme_deep.inner.plugin")
    (site / "acme_deep" / "inner").mkdir(parents=True)
    (site / "acme_deep" / "inner" / "plugin.py").write_text(IMPORT + HOOK)
    for package in packages:
        (site / package / "__init__.py").write_text("")

    [plugin] = load().records

    assert plugin.tables == {"loggers": {"acme.A.v1": "acme_x.code:f"}}
    assert "acme_deep" not in sys.modules


def test_a_table_in_a_package_that_is_imported_already_is_read_whatever_the_package_does(
    site: Path, load: Load
) -> None:
    write_distribution(site, "x", IMPORT + HOOK)
    (site / "acme_x" / "__init__.py").write_text("import sys\n")
    importlib.import_module("acme_x")

    [plugin] = load().records

    assert plugin.state == "ok"
    assert "acme_x.plugin" not in sys.modules


def test_a_plugin_in_an_archive_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_distribution(tmp_path / "made", "zipped", table_module(loggers={"acme.Zipped.v1": "a:b"}))
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for path in sorted((tmp_path / "made").rglob("*")):
            archive.write(path, path.relative_to(tmp_path / "made"))
    monkeypatch.syspath_prepend(tmp_path / "archive.zip")
    # The metadata are read beside it: what reads them out of an archive keeps that open until another test is blamed.
    points = [point for dist in distributions(path=[str(tmp_path / "made")]) for point in dist.entry_points]

    [plugin] = load_plugins(points, choice=Choice(), strict=False).records

    assert (plugin.state, is_imported("zipped")) == ("ok", True)
    assert "archive.zip" in str(sys.modules["acme_zipped.plugin"].__file__)
    for module in ("acme_zipped.plugin", "acme_zipped"):
        del sys.modules[module]


def test_the_file_of_a_module_is_found_without_importing_it(site: Path) -> None:
    write_distribution(site, "x", "raise RuntimeError('imported')")

    assert file_of("acme_x.plugin") == str(site / "acme_x" / "plugin.py")
    assert file_of("kernel") == sys.modules["kernel"].__file__
    assert [file_of(name) for name in ("acme_x.missing", "acme_missing.plugin", "sys", "")] == [""] * 4
