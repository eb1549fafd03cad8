"""The other distribution called `kernel` is noticed wherever somebody looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kernel.cli.info import command as info
from kernel.cli.plugins import command as plugins
from kernel.system import import_name


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path that has the other distribution."""
    (tmp_path / "kernel-0.131.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_it_is_found_by_its_metadata(other: Path) -> None:
    assert import_name.conflict([str(other)]) == (
        f"kernel: another distribution with a package of this name is installed, got 'kernel' 0.131.0 in {other}; "
        "use a separate environment for each, or run `pip uninstall kernel`, then "
        "`pip install --force-reinstall --no-deps pkg-kernel`"
    )


@pytest.mark.parametrize("name", ["pkg_kernel-0.1.0.dist-info", "kernel_driver-1.0.dist-info", "kernel"])
def test_other_names_are_none_of_its(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    assert import_name.conflict([str(tmp_path), str(tmp_path / "missing")]) == ""


def test_commands_that_look_at_the_installation_say_so(other: Path) -> None:
    facts = json.loads(CliRunner().invoke(info, ["--json"]).stdout)
    checked = CliRunner().invoke(plugins, ["check"])

    assert facts["conflict"].startswith("kernel: another distribution with a package of this name")
    assert checked.exit_code == 1
    assert "! kernel: another distribution with a package of this name" in checked.stdout
