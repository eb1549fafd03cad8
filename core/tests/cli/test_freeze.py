"""`kernel plugins freeze`: the distributions that a config, or a saved pipeline, needs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kernel import __version__
from kernel.cli import main
from kernel.errors import CheckpointError, UnknownName
from kernel.plugins.manager import load_plugins
from kernel.registry import registry
from kernel.testing.runs.distributions import table_module, write_distribution

PLAIN = """
[nlp]
lang = "xx"
pipeline = []

[training]

[training.logger]
@loggers = "acme.Quiet.v1"

[training.batcher]
@batchers = "acme.Lists.v1"

[corpora]

[corpora.train]
@readers = "acme.Nothing.v1"

[corpora.dev]
@readers = "acme.Nothing.v1"
"""
CODE = """
import kernel

@kernel.registry.loggers("acme.Quiet.v1")
def quiet():
    return lambda nlp: (print, print)

@kernel.registry.batchers("acme.Lists.v1")
def lists():
    return lambda items: [list(items)]

@kernel.registry.readers("acme.Nothing.v1")
def nothing():
    return lambda nlp: iter(())
"""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # Without what other tests have registered by decorator.
    monkeypatch.setitem(vars(registry), "installed", load_plugins(strict=False))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERNEL_CONFIG_OVERRIDES", raising=False)
    Path("config.cfg").write_text(PLAIN, encoding="utf-8")
    Path("functions.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def freeze(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["plugins", "freeze", *words])


def saved_pipeline(folder: Path, *requirements: str) -> None:
    """Write what a saved pipeline says about itself."""
    folder.mkdir()
    (folder / "config.cfg").write_text('[nlp]\nlang = "xx"\npipeline = []\n', encoding="utf-8")
    (folder / "meta.json").write_text(json.dumps({"requirements": list(requirements)}), encoding="utf-8")


def test_names_of_ones_own_code_need_nothing_but_the_kernel() -> None:
    done = freeze("config.cfg", "--code", "functions.py")

    assert done.output == f"pkg-kernel=={__version__}\n"


def test_a_saved_pipeline_needs_what_it_was_saved_with_installed_or_not() -> None:
    saved_pipeline(Path("model"), "pkg-kernel==0.1.0", "acme-gone==2.0")

    assert freeze("model").output == "acme-gone==2.0\npkg-kernel==0.1.0\n"


def test_what_a_component_is_taken_from_counts() -> None:
    saved_pipeline(Path("model"), "acme-gone==2.0")
    text = PLAIN.replace(
        "pipeline = []", 'pipeline = ["other"]\n\n[components]\n\n[components.other]\nsource = "model"'
    )
    Path("config.cfg").write_text(text, encoding="utf-8")

    done = freeze("config.cfg", "--code", "functions.py")

    assert done.output.splitlines() == ["acme-gone==2.0", f"pkg-kernel=={__version__}"]


def test_a_name_that_nobody_gives_is_an_error() -> None:
    done = freeze("config.cfg")

    assert isinstance(done.exception, UnknownName)
    assert done.stdout == ""


def test_a_folder_without_a_pipeline_is_an_error() -> None:
    Path("empty").mkdir()

    assert isinstance(freeze("empty").exception, CheckpointError)


@pytest.fixture
def hush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plugin of somebody else's, acme-hush 1.2, that gives the logger of the config."""
    site = tmp_path / "site"
    code = "def quiet():\n    return lambda nlp: (print, print)\n"
    table = table_module(loggers={"acme.Quiet.v1": "acme_hush.code:quiet"})
    write_distribution(site, "hush", table, version="1.2", modules={"code": code})
    monkeypatch.syspath_prepend(site)
    monkeypatch.setitem(vars(registry), "installed", load_plugins(strict=False))
    Path("functions.py").write_text(
        CODE.replace("acme.Quiet", "my.Quiet").replace("acme.Lists", "my.Lists"), "utf-8"
    )
    Path("config.cfg").write_text(PLAIN.replace("acme.Lists", "my.Lists"), encoding="utf-8")
    yield
    for name in [name for name in sys.modules if name.startswith("acme_hush")]:
        del sys.modules[name]


def filled(*words: str) -> str:
    """Fill the config."""
    return CliRunner().invoke(main, ["init", "fill-config", *words, "--code", "functions.py"]).stdout


@pytest.mark.usefixtures("hush")
def test_a_filled_config_requires_the_plugins_of_others_that_it_names() -> None:
    Path("filled.cfg").write_text(first := filled("config.cfg"), encoding="utf-8")

    assert first.startswith('[plugins]\nrequire = ["acme-hush>=1.2"]\n')
    assert filled("filled.cfg") == first


@pytest.mark.usefixtures("hush")
def test_what_a_config_requires_already_stays_as_written() -> None:
    text = '[plugins]\nrequire = ["numpy>=1", "Acme_Hush>=1,<3"]\n' + PLAIN.replace("acme.Lists", "my.Lists")
    Path("config.cfg").write_text(text, encoding="utf-8")

    assert filled("config.cfg").startswith('[plugins]\nrequire = ["numpy>=1", "Acme_Hush>=1,<3"]\n')


@pytest.mark.usefixtures("hush")
def test_what_a_config_requires_is_frozen_too_at_its_version() -> None:
    lines = ["acme-hush", "numpy>=1", "acme-never; sys_platform == 'never'"]
    text = f"[plugins]\nrequire = {json.dumps(lines)}\n" + PLAIN.replace("acme.Lists", "my.Lists")
    Path("config.cfg").write_text(text, encoding="utf-8")

    assert freeze("config.cfg", "--code", "functions.py").output.splitlines() == [
        "acme-hush==1.2",
        "acme-never; sys_platform == 'never'",
        f"numpy=={version('numpy')}",
        f"pkg-kernel=={__version__}",
    ]
