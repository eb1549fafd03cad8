"""Whether a run may go on: with the settings, the data and the code that it was begun with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kernel import Config
from kernel.config import Plan
from kernel.errors import CheckpointError, ConfigError
from kernel.training.runs import manifest
from kernel.training.runs.digests import data_of
from kernel.training.runs.output import CONFIG as FILE
from kernel.training.runs.output import LOG, MANIFEST
from kernel.training.runs.resume_check import check_progress, check_same, check_unedited

CONFIG = """
[paths]
train = "train.txt"

[system]
seed = 7

[nlp]
lang = "xx"
pipeline = []

[components]

[corpora]

[corpora.train]
path = ${paths.train}

[initialize]
vectors = null

[training]
seed = ${system.seed}
max_steps = 10
max_epochs = 0
patience = 0
dropout = 0.1
"""


def config(**changes: Any) -> Config:
    """The config of a run; a keyword sets [training], a key with a dot any other section."""
    made = Config().from_str(CONFIG, interpolate=False)
    for key, value in changes.items():
        section, _, name = key.rpartition(".")
        made[section or "training"][name] = value
    return made


def plan(config: Config, code: Any = ()) -> Plan:
    """The config as a run is given it."""
    return Plan(config, config, config.interpolate(), tuple(code))


class Begun:
    """A run that was begun in a folder, with the data that it reads and a file of code."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "run"
        self.output.mkdir()
        self.data, self.code = folder / "train.txt", folder / "own.py"
        self.data.write_text("data", "utf-8")
        self.code.write_text("own = 1", "utf-8")
        made = config()
        data = data_of(made.interpolate(), self.output)
        manifest.begin(plan(made, [str(self.code)]), self.output, data, -1, resumed=False)
        made.to_disk(self.output / FILE)

    def check(self, given: Config | None = None, code: Any = None) -> list[str]:
        given = config() if given is None else given
        data = data_of(given.interpolate(), self.output)
        return check_same(plan(given, [str(self.code)] if code is None else code), self.output, data)

    def refused(self, given: Config | None = None, code: Any = None) -> str:
        """Give the differences that a refusal names."""
        with pytest.raises(ConfigError) as caught:
            self.check(given, code)
        start, end = (
            f"--resume: {self.output} was started with other settings or data: ",
            "; restore them, or start again with --overwrite",
        )
        told = str(caught.value)
        assert told.startswith(start)
        assert told.endswith(end)
        return told[len(start) : -len(end)]


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Begun:
    monkeypatch.chdir(tmp_path)
    return Begun(tmp_path)


def test_the_same_goes_on(begun: Begun) -> None:
    assert begun.check() == []


@pytest.mark.parametrize(
    "changes",
    [{"max_steps": 20}, {"max_epochs": 3}, {"patience": 100}, {"logger": {"@loggers": "another.v1"}}],
    ids=str,
)
def test_how_long_it_goes_on_and_who_is_told_may_change(begun: Begun, changes: dict[str, Any]) -> None:
    assert begun.check(config(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"dropout": 0.2}, "[training] dropout was 0.1, got 0.2"),
        ({"nlp.lang": "en"}, "[nlp] lang was 'xx', got 'en'"),
        ({"before_update": 3}, "[training] before_update was nothing, got 3"),
        (
            {"max_epochs": -1},
            "[training] max_epochs was 0, got -1",
        ),
        (
            {"system.seed": 8},
            "[system] seed was 7, got 8; [training] seed was 7, got 8",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_another_setting_is_named_with_what_it_was(begun: Begun, changes: dict[str, Any], told: str) -> None:
    assert begun.refused(config(**changes)) == told


def test_a_setting_that_is_gone_is_named(begun: Begun) -> None:
    given = config()
    del given["training"]["dropout"]

    assert begun.refused(given) == "[training] dropout was 0.1, got nothing"


def test_of_many_differences_the_first_are_named_and_the_others_counted(begun: Begun) -> None:
    told = begun.refused(config(**{f"nlp.more{i}": i for i in range(11)}))

    assert told.split("; ") == [*(f"[nlp] more{i} was nothing, got {i}" for i in range(8)), "and 3 more"]


def test_data_with_another_content_are_named(begun: Begun) -> None:
    begun.data.write_text("others", "utf-8")

    assert begun.refused() == "corpora.train.path: 'train.txt' has changed"


def test_data_that_are_gone_are_named(begun: Begun) -> None:
    begun.data.unlink()

    assert begun.refused() == "corpora.train.path: 'train.txt' is missing"


def test_code_with_another_content_is_named(begun: Begun) -> None:
    begun.code.write_text("own = 2", "utf-8")

    assert begun.refused() == f"--code: a file of [{str(begun.code)!r}] has changed"


def test_code_that_is_not_given_is_named(begun: Begun) -> None:
    assert begun.refused(code=[]) == f"--code was [{str(begun.code)!r}], got []"


def test_code_may_be_called_otherwise(begun: Begun) -> None:
    moved = begun.code.rename(begun.code.with_name("moved.py"))

    assert begun.check(code=[str(moved)]) == []


def test_other_versions_are_said_and_stop_nothing(begun: Begun) -> None:
    path = begun.output / MANIFEST
    facts = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**facts, "versions": {"acme-gone": "2.0"}}), "utf-8")

    assert begun.check() == ["acme-gone 2.0 then, not installed now"]


def test_a_config_of_the_run_that_somebody_edited_is_refused(begun: Begun) -> None:
    config(dropout=0.2).to_disk(begun.output / FILE)

    with pytest.raises(ConfigError) as caught:
        begun.check(config(dropout=0.2))

    assert str(caught.value) == (
        f"{begun.output / FILE}: settings other than training.max_steps, "
        "training.max_epochs, training.patience, training.logger, training.checkpoint have changed since the run was "
        "started; restore the file, or train with it in another folder"
    )


def test_a_config_of_the_run_may_be_edited_in_how_long_it_goes_on(begun: Begun) -> None:
    config(max_steps=99).to_disk(begun.output / FILE)

    assert begun.check() == []


def test_runs_of_the_first_release_cannot_tell_whether_their_config_was_edited(begun: Begun) -> None:
    facts = manifest.read(begun.output)
    del facts["settings"]

    check_unedited(begun.output, config(dropout=0.2).interpolate(), facts)


def wrote(output: Path, n_evaluations: int) -> None:
    """Write the log of a run that was evaluated so many times."""
    lines = [json.dumps({"step": step, "score": 0.5}) + "\n" for step in range(n_evaluations)]
    (output / LOG).write_text("".join(lines), "utf-8")


def test_a_run_that_has_come_some_way_and_lost_its_checkpoints_is_refused(tmp_path: Path) -> None:
    wrote(tmp_path, 3)

    with pytest.raises(CheckpointError) as caught:
        check_progress(config().interpolate(), tmp_path)

    assert str(caught.value) == (
        f"{tmp_path}: the log has 3 evaluations, and there is no checkpoint to resume from; restore checkpoints, or "
        "start again with --overwrite"
    )


@pytest.mark.parametrize(
    ("n_evaluations", "checkpoint"),
    [(0, None), (1, None), (3, {"keep_last": 0}), (3, {"every_steps": 500})],
)
def test_a_run_that_has_no_checkpoint_yet_begins_again(
    tmp_path: Path, n_evaluations: int, checkpoint: Any
) -> None:
    wrote(tmp_path, n_evaluations)

    check_progress(config(checkpoint=checkpoint).interpolate(), tmp_path)


def test_a_run_that_has_a_checkpoint_goes_on(tmp_path: Path) -> None:
    wrote(tmp_path, 3)
    (tmp_path / "checkpoints" / "step-00000002").mkdir(parents=True)

    check_progress(config().interpolate(), tmp_path)


@pytest.mark.parametrize(
    ("given", "seeds"),
    [
        ({}, (7, "${system.seed}")),
        ({"system.seed": None}, (5, "${system.seed}")),
        ({"seed": None}, (7, 5)),
        ({"seed": 3}, (7, 3)),
    ],
    ids=str,
)
def test_a_drawn_seed_is_written_down_where_there_was_none(given: dict[str, Any], seeds: Any) -> None:
    seeded = plan(config(**given)).with_seed(5)

    assert (seeded.config["system"]["seed"], seeded.config["training"]["seed"]) == seeds
    assert seeded.values["training"]["seed"] == (seeds[1] if isinstance(seeds[1], int) else seeds[0])
