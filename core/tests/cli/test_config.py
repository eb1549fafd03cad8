"""`kernel config show`, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.cli import run
from kernel.config import Config, fill_config
from kernel.plugins.manager import Plugins
from kernel.registry import registry


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(vars(registry), "installed", Plugins())
    registry.readers("kernel.Corpus.v1", func=lambda **_: print)
    registry.batchers("kernel.batch_by_words.v1", func=lambda **_: print)
    registry.loggers("kernel.ConsoleLogger.v1", func=lambda progress_bar=False: print)
    (tmp_path / "a.cfg").write_text('[nlp]\nlang = "xx"\npipeline = []\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def show(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        run(("config", "show", *words))
    return int(caught.value.code or 0)


def test_the_whole_config_is_printed_and_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("a.cfg", "--training.patience", "500") == 0

    printed = Config().from_str(capsys.readouterr().out, interpolate=False)
    assert printed["training"]["patience"] == 500
    assert printed == fill_config(printed)


def test_every_value_has_its_origin_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("a.cfg", "--sources", "--training.patience", "500") == 0

    lines = capsys.readouterr().out.split("\n")
    assert 'lang = "xx"  # a.cfg:2' in lines
    assert "patience = 500  # override --training.patience" in lines
    assert "max_steps = 20000  # default" in lines
    assert "progress_bar = false  # default of kernel.ConsoleLogger.v1" in "\n".join(lines)


def test_the_hash_tells_configs_apart(capsys: pytest.CaptureFixture[str]) -> None:
    hashes = []
    for words in (("--system.seed", "0"), ("--training.seed", "0"), ("--training.seed", "1")):
        assert show("a.cfg", "--hash", *words) == 0
        hashes.append(capsys.readouterr().out)

    assert hashes[0] == hashes[1] != hashes[2]


def test_a_config_with_mistakes_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("a.cfg", "--training.patience", "lots") == 1

    assert "[training] patience: expected an int" in capsys.readouterr().err
