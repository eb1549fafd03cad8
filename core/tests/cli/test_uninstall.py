"""`kernel plugins uninstall`: any plugin, however broken, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from importlib_metadata import EntryPoint, distributions

from kernel.cli import main, removal
from kernel.errors import PluginError, UnknownName
from kernel.plugins.manager import load_plugins
from kernel.plugins.selection import disable, disabled
from kernel.registry import registry
from kernel.testing.runs.distributions import table_module, write_distribution


class Pip:
    """Stands in for the installer."""

    def __init__(self, code: int = 0, says: str = "") -> None:
        self.code, self.says = code, says
        self.commands: list[list[str]] = []

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self.commands.append(list(command))
        return subprocess.CompletedProcess(command, self.code, self.says, "")


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Pip:
    pip = Pip()
    monkeypatch.setattr(removal.uninstall, "__defaults__", (pip,))
    monkeypatch.setattr(removal, "find_spec", lambda name: object())
    return pip


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in an environment with a good and a broken plugin."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.delenv("KERNEL_PLUGINS", raising=False)
    write_distribution(tmp_path, "good", table_module(misc={"acme.Good.v1": "acme_good.code:f"}))
    write_distribution(tmp_path, "broken", "raise RuntimeError('imported')")
    points: list[EntryPoint] = [
        point for dist in distributions(path=[str(tmp_path)]) for point in dist.entry_points
    ]
    monkeypatch.setitem(vars(registry), "installed", load_plugins(points, strict=False))
    return lambda *args, **more: CliRunner().invoke(main, ["plugins", "uninstall", *args], **more)


@pytest.mark.parametrize("name", ["broken", "acme-broken", "ACME_broken"])
def test_a_plugin_that_does_not_import_is_uninstalled_without_a_question(
    kernel: Callable[..., Result], pip: Pip, name: str
) -> None:
    done = kernel(name)

    command = [sys.executable, "-m", "pip", "uninstall", "--yes", "acme-broken"]
    assert pip.commands == [command]
    assert (done.output, done.exit_code) == (f"ran: {' '.join(command)}\n", 0)
    assert "acme_broken.plugin" not in sys.modules


def test_at_a_terminal_it_asks_first(
    kernel: Callable[..., Result], pip: Pip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True, raising=False)

    refused, agreed, unasked = (
        kernel("good", input="n\n"),
        kernel("good", input="y\n"),
        kernel("good", "--yes"),
    )

    assert "Uninstall acme-good (plugin good) from " in refused.output
    assert [refused.exit_code, agreed.exit_code, unasked.exit_code] == [1, 0, 0]
    assert unasked.output.startswith("ran: ")
    assert len(pip.commands) == 2


def test_what_was_disabled_is_forgotten(kernel: Callable[..., Result], pip: Pip) -> None:
    disable(["good", "broken"])

    kernel("good")

    assert disabled() == ["broken"]


@pytest.mark.parametrize("name", ["kernel", "pkg-kernel", "PKG_kernel"])
def test_the_kernel_itself_is_refused(kernel: Callable[..., Result], pip: Pip, name: str) -> None:
    done = kernel(name)

    assert isinstance(done.exception, PluginError)
    assert str(done.exception) == f"plugins uninstall: this is the kernel itself, got {name!r}; name a plugin"
    assert pip.commands == []


def test_what_is_not_installed_is_named(kernel: Callable[..., Result], pip: Pip) -> None:
    done = kernel("goood")

    assert isinstance(done.exception, UnknownName)
    assert "unknown plugin 'goood'; did you mean 'good'?" in str(done.exception)
    assert pip.commands == []


def test_a_failing_installer_is_one_message(kernel: Callable[..., Result], pip: Pip) -> None:
    pip.code, pip.says = 1, "error: externally\nmanaged"

    done = kernel("good")

    assert isinstance(done.exception, PluginError)
    assert str(done.exception).endswith(" acme-good failed, got 'error: externally managed'; run it yourself")


def test_uv_does_it_where_there_is_no_pip_and_without_both_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(removal, "find_spec", lambda name: None)
    monkeypatch.setenv("UV", "/somewhere/uv")

    assert removal.installer() == ["/somewhere/uv", "pip", "uninstall", "--python", sys.executable]

    monkeypatch.delenv("UV")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PluginError, match="neither pip nor uv is available for"):
        removal.installer()
