"""`kernel plugins new`: what is written, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kernel.cli import main
from kernel.errors import PluginError
from kernel.hookspecs import KINDS, PREFIX
from kernel.plugins.static_reader import read_plain
from kernel.scaffold.templates import part


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["plugins", "new", *words])


def files(folder: Path) -> list[str]:
    """Everything in a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_plugin_of_two_kinds_is_these_files() -> None:
    done = new("acme-shout", "--kinds", "loggers,architectures")

    assert done.exit_code == 0, done.output
    assert files(Path("acme-shout")) == [
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "src/acme_shout/__init__.py",
        "src/acme_shout/architectures.py",
        "src/acme_shout/loggers.py",
        "src/acme_shout/plugin.py",
        "src/acme_shout/py.typed",
        "tests/test_architectures.py",
        "tests/test_loggers.py",
        "tests/test_plugin.py",
    ]
    assert 'acme_shout = "acme_shout.plugin"' in Path("acme-shout/pyproject.toml").read_text("utf-8")
    assert '"pkg-kernel>=0.' in Path("acme-shout/pyproject.toml").read_text("utf-8")


def test_its_table_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new("acme-shout", "--kinds", ",".join(KINDS))
    monkeypatch.syspath_prepend(str(tmp_path / "acme-shout" / "src"))

    found = read_plain("acme_shout.plugin")

    assert {name for name in vars(found) if name.startswith(PREFIX)} == {PREFIX + kind for kind in KINDS}


def test_what_needs_a_component_brings_one() -> None:
    new("acme-shout", "--kinds", "recommendations")

    assert "src/acme_shout/factories.py" in files(Path("acme-shout"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Acme Shout"], "a name must be lower-case letters, digits and single hyphens"),
        (["1-acme"], "a name must be lower-case letters, digits and single hyphens"),
        (["../acme"], "a name must be lower-case letters, digits and single hyphens"),
        (["class"], "a name must be lower-case letters, digits and single hyphens"),
        (["kernel"], "there is already a Python package with this name, got 'kernel'; add a prefix"),
        (["json"], "there is already a Python package with this name, got 'json'"),
        (["acme", "--kinds", "loger"], "unknown kind 'loger'; did you mean 'loggers'"),
        (["acme", "--kinds", ","], "expected at least one kind, got none; there are languages, "),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    words: list[str], message: str, tmp_path: Path
) -> None:
    done = new(*words)

    assert isinstance(done.exception, PluginError)
    assert str(done.exception).startswith(f"plugins new: {message}")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten() -> None:
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("keep", encoding="utf-8")

    done = new("acme-shout", "--output", "mine")

    assert str(done.exception) == "plugins new: mine: the folder is not empty; choose another --output"
    assert files(Path("mine")) == ["notes.txt"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_part_that_names_what_it_has(kind: str) -> None:
    made = part(kind, "acme_shout")
    attribute = made.target.partition(":")[2]

    assert made.target == f"acme_shout.{kind}:{attribute}"
    assert f"def {attribute}(" in made.source or f"class {attribute}(" in made.source
    assert "def test_" in made.test
    assert "$" not in made.source.replace('-+$"', "")
