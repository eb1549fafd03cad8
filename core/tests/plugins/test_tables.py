"""Names that a user's file registers by decorator."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from kernel.errors import NameTaken, PluginError, UnknownName
from kernel.plugins.tables import NameTable, Owner


def test_a_decorator_registers_and_returns_the_function() -> None:
    table = NameTable("readers")

    @table("my.v1")
    def reader() -> str:
        return "mine"

    assert reader() == "mine"
    assert table.get("my.v1") is reader
    assert table.entry("my.v1").owner == Owner(file=__file__)


def test_register_takes_the_function_as_an_argument() -> None:
    table = NameTable("readers")

    assert table.register("my.v1", func=len) is len
    assert table.get_all() == {"my.v1": len}


def test_a_file_that_is_loaded_again_replaces_its_names(tmp_path: Path) -> None:
    table = NameTable("readers")
    file = tmp_path / "functions.py"
    file.write_text("@table('my.v1')\ndef reader():\n    return 1\n")
    runpy.run_path(str(file), {"table": table})
    file.write_text("@table('my.v1')\ndef reader():\n    return 2\n")

    runpy.run_path(str(file), {"table": table})

    assert table.get("my.v1")() == 2


def test_two_files_with_one_name_are_in_conflict(tmp_path: Path) -> None:
    table = NameTable("readers")
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text("@table('my.v1')\ndef reader():\n    return 1\n")
        runpy.run_path(str(tmp_path / name), {"table": table})

    with pytest.raises(NameTaken) as taken:
        table.get("my.v1")

    assert str(taken.value) == (
        f"readers: 'my.v1' is registered by {tmp_path / 'one.py'} and {tmp_path / 'two.py'}; rename one"
    )


def test_a_file_that_takes_a_name_of_a_plugin_is_in_conflict() -> None:
    table = NameTable("readers")
    table.add("acme.v1", "acme.code:reader", Owner("acme", "pkg-acme", "1.0"))

    table.register("acme.v1", func=test_a_file_that_takes_a_name_of_a_plugin_is_in_conflict)

    with pytest.raises(NameTaken, match=r"'acme\.v1' is registered by .*test_tables\.py and pkg-acme 1\.0; "):
        table.get("acme.v1")


def test_a_decorator_without_a_name_is_refused() -> None:
    with pytest.raises(
        PluginError, match=r"^loggers: expected a name, got .*; write @registry\.loggers\('name"
    ):
        NameTable("loggers")(len)  # type: ignore[arg-type]


def test_a_table_without_advice_names_the_nearest_or_what_there_is() -> None:
    table = NameTable("readers")
    table.register("my.Reader.v1", func=len)

    with pytest.raises(UnknownName, match=r"did you mean 'my\.Reader\.v1'\?"):
        table.get("my.Reder.v1")
    with pytest.raises(UnknownName) as unknown:
        table.get("qqq")

    assert str(unknown.value) == ("readers: unknown name 'qqq'; available: my.Reader.v1")
