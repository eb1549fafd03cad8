"""`kernel init config` and `kernel init fill-config`, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.cli import run
from kernel.config import Config, check_config
from kernel.plugins.manager import Plugins
from kernel.registry import registry


def factory(nlp: object, name: str, size: int = 3) -> str:
    return name


def reader(
    path: str | None, max_length: int = 0, gold_preproc: bool = False, limit: int = 0, augmenter: None = None
):
    return path


def batcher(size: object, tolerance: float = 0.2, discard_oversize: bool = False):
    return size


@pytest.fixture(autouse=True)
def only_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own names and three that a default config needs."""
    monkeypatch.setitem(vars(registry), "installed", Plugins())
    registry.factories("sizer", func=factory)
    registry.readers("kernel.Corpus.v1", func=reader)
    registry.batchers("kernel.batch_by_words.v1", func=batcher)
    registry.loggers("kernel.ConsoleLogger.v1", func=lambda progress_bar=False: print)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.cfg"
    path.write_text(
        '[nlp]\nlang = "xx"\npipeline = ["sizer"]\n\n[components]\n\n[components.sizer]\nfactory = "sizer"\n'
    )
    return path


def kernel(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        run(words)
    return int(caught.value.code or 0)


def test_init_config_prints_a_complete_config(capsys: pytest.CaptureFixture[str]):
    assert kernel("init", "config", "--lang", "xx", "--pipeline", "sizer") == 0

    config = Config().from_str(capsys.readouterr().out, interpolate=False)
    check_config(config)
    assert config["components"]["sizer"] == {"factory": "sizer", "size": 3}
    assert config["training"]["seed"] == "${system.seed}"


def test_init_config_writes_a_file_but_not_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "config.cfg"
    words = ("init", "config", str(path), "-l", "xx", "-p", "sizer")

    assert kernel(*words) == 0
    written = path.read_text()
    path.write_text("mine")
    assert kernel(*words) == 1
    assert capsys.readouterr().err.endswith(f"Error: {path}: already exists; use --force to overwrite it\n")
    assert path.read_text() == "mine"
    assert kernel(*words, "--force") == 0
    assert path.read_text() == written


def test_fill_config_adds_the_defaults(base: Path, tmp_path: Path):
    out = tmp_path / "config.cfg"

    assert kernel("init", "fill-config", str(base), str(out)) == 0

    assert Config().from_disk(out)["components"]["sizer"] == {"factory": "sizer", "size": 3}


def test_fill_config_shows_what_was_added(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "config.cfg"

    assert kernel("init", "fill-config", str(base), str(out), "--diff") == 0

    lines = capsys.readouterr().out.splitlines()
    assert "+size = 3" in lines
    assert ' factory = "sizer"' in lines
    assert not [line for line in lines if line.startswith("-") and not line.startswith("---")]


def test_fill_config_may_import_a_file_first(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code = tmp_path / "functions_for_filling.py"
    code.write_text(
        "from kernel.registry import registry\n\n"
        '@registry.callbacks("mine.v1")\ndef mine(words: int = 7):\n    return words\n'
    )
    base.write_text(base.read_text() + '\n[nlp.after_creation]\n@callbacks = "mine.v1"\n')

    assert kernel("init", "fill-config", str(base)) == 1
    assert kernel("init", "fill-config", str(base), "--code", str(code)) == 0
    assert "words = 7" in capsys.readouterr().out


def test_every_mistake_of_the_base_is_told(base: Path, capsys: pytest.CaptureFixture[str]):
    base.write_text(base.read_text() + "sise = 4\n\n[training]\npatiance = 5\n")

    assert kernel("init", "fill-config", str(base)) == 1

    assert capsys.readouterr().err.splitlines() == [
        f"Error: {base}:9: [components.sizer] sise: no such argument of 'sizer', got 4; did you mean 'size'?",
        f"{base}:12: [training] patiance: no such key, got 5; did you mean 'patience'?",
    ]


def test_a_missing_base_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "no.cfg"

    assert kernel("init", "fill-config", str(path)) == 1

    reason = "the config cannot be read, got 'No such file or directory'; check the path"
    assert capsys.readouterr().err == f"Error: {path}: {reason}\n"
