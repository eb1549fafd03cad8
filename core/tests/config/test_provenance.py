"""Where each value of a filled config is said to come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.config import Config, fill_config, load_config
from kernel.config.overrides import given_overrides
from kernel.config.provenance import annotated, origin

TEXT = """\
[nlp]
lang = "en"
pipeline = ["labeller"]

[components]

[components.labeller]
factory = "labeller"

[training]

[training.optimizer]
@optimizers = "RAdam.v1"
"""


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    (tmp_path / "a.cfg").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERNEL_CONFIG_OVERRIDES", "--system.seed 7")
    return load_config("a.cfg", given_overrides(["--system.seed", "3", "--training.patience", "5"]))


@pytest.mark.parametrize(
    ("section", "key", "expected"),
    [
        ("nlp", "lang", "a.cfg:2"),
        ("system", "seed", "KERNEL_CONFIG_OVERRIDES --system.seed"),
        ("training", "patience", "override --training.patience"),
        ("training", "max_steps", "default"),
        ("training.batcher", "tolerance", "default"),
        ("training.batcher", "get_length", "default of kernel.batch_by_words.v1 (FILE)"),
        ("training.optimizer", "learn_rate", "default of RAdam.v1 (builtins)"),
        ("components.labeller", "overwrite", "default of labeller (FILE)"),
        ("components.labeller.model.encode", "width", "default of labeller (FILE)"),
    ],
)
def test_the_origin_of_a_value_is_named(given: Config, section: str, key: str, expected: str) -> None:
    here = str(Path(__file__).with_name("conftest.py"))
    found = origin(given, fill_config(given), section, key)

    assert found.replace(here, "FILE").replace("pkg-kernel 0.1.0", "builtins") == expected


def test_every_value_is_shown_with_an_origin(given: Config) -> None:
    filled = fill_config(given)
    shown = annotated(given, filled).split("\n")

    assert [line.split("  # ")[0] for line in shown] == filled.to_str().split("\n")
    assert all("  # " in line for line in shown if line and not line.startswith("["))


def test_variables_are_shown_as_their_values_when_asked(given: Config) -> None:
    shown = annotated(given, fill_config(given), interpolate=True)

    assert "\nseed = 7  # default" in shown.partition("[training]")[2]
