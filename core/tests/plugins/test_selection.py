"""Who decides which plugins take part."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kernel.cli import main
from kernel.errors import PluginError, UnknownName
from kernel.plugins.manager import Plugins
from kernel.plugins.selection import Choice, current, disable, disabled, enable
from kernel.registry import registry
from kernel.testing.runs.distributions import table_module, write_distribution


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of its own, in which nobody has chosen."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.delenv("KERNEL_PLUGINS", raising=False)
    return tmp_path / "prefix"


def test_nobody_chooses_at_first() -> None:
    assert current().text == ""
    assert disabled() == []


def test_what_is_disabled_is_left_out_until_it_is_enabled() -> None:
    disable(["one", "Two"])
    enable(["one"])

    assert disabled() == ["two"]
    assert current() == Choice("-two", "`kernel plugins disable`")
    assert current().excludes("two")
    assert not current().excludes("one")


def test_the_variable_goes_before_what_is_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    disable(["one"])
    monkeypatch.setenv("KERNEL_PLUGINS", "one,two")

    assert not current().excludes("one")
    assert current().excludes("three")
    assert current().source == "KERNEL_PLUGINS"


def test_an_environment_that_cannot_be_written_is_one_message(environment: Path) -> None:
    environment.write_text("a file where a folder should be")

    with pytest.raises(
        PluginError, match=r"disabled-plugins\.txt: cannot be written, got .*; set KERNEL_PLUGINS"
    ):
        disable(["one"])


@pytest.fixture
def kernel(
    site: Path, load: Callable[..., Plugins], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run a command over two plugins and what is chosen of them."""
    for name in ("one", "two"):
        write_distribution(site, name, table_module(misc={f"acme.{name}.v1": f"acme_{name}.code:f"}))

    def run(*args: str) -> Result:
        monkeypatch.setitem(vars(registry), "installed", load(current()))
        return CliRunner().invoke(main, ["plugins", *args])

    return run


def test_a_disabled_plugin_is_shown_as_excluded_and_not_imported(kernel: Callable[..., Result]) -> None:
    kernel("disable", "acme-one")

    listed = kernel("list").output.splitlines()

    assert listed[1].split() == ["one", "acme-one", "1.0", "-", "excluded"]
    assert listed[2].split() == ["two", "acme-two", "1.0", "-", "ok", "1", "misc"]
    assert "acme_one" not in sys.modules


def test_a_plugin_that_kills_whoever_imports_it_can_be_disabled(
    kernel: Callable[..., Result], site: Path
) -> None:
    write_distribution(site, "deadly", "import os\nos._exit(9)")

    assert kernel("disable", "deadly").output == "disabled: deadly\n"
    assert "deadly" in kernel("list").output


def test_disabling_and_enabling_say_what_is_disabled_now(kernel: Callable[..., Result]) -> None:
    outputs = [
        kernel(*args).output
        for args in (["disable", "one", "two"], ["enable", "acme-one"], ["enable", "two"])
    ]

    assert outputs == ["disabled: one, two\n", "disabled: two\n", "disabled: none\n"]


def test_a_missing_name_of_a_disabled_plugin_says_so(kernel: Callable[..., Result]) -> None:
    kernel("disable", "one")

    shown = kernel("show", "acme.one.v1")

    assert isinstance(shown.exception, UnknownName)
    assert str(shown.exception) == (
        "plugins show: unknown name 'acme.one.v1'; did you mean 'acme.two.v1'? "
        "It may also belong to plugin 'one' (acme-one 1.0), which is excluded by `kernel plugins disable`"
    )


def test_what_is_not_installed_cannot_be_disabled(kernel: Callable[..., Result]) -> None:
    shown = kernel("disable", "ona")

    assert isinstance(shown.exception, UnknownName)
    assert str(shown.exception) == ("plugins disable: unknown plugin 'ona'; did you mean 'one'?")
    assert disabled() == []
