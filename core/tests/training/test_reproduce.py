"""A run that is done once more from what it wrote down, and compared with what it left."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel import Config
from kernel.config import Plan, make_plan
from kernel.errors import CheckpointError, ConfigError
from kernel.testing.models import learner
from kernel.training import train
from kernel.training.reproduce import Reproduction, check_inputs, differences, reproduce, working_in
from kernel.training.runs import manifest
from kernel.training.runs.digests import digest_of_model

CONFIG = f"""
[nlp]
lang = "xx"
pipeline = ["tagger"]

[components]

[components.tagger]
factory = "{learner.NAME}"

[corpora]

[corpora.train]
@readers = "toy.number_of_texts.v1"
path = "train.txt"

[corpora.dev]
@readers = "toy.number_of_texts.v1"
path = "train.txt"

[training]
max_steps = 2
eval_frequency = 1

[training.batcher]
@batchers = "toy.one_by_one.v1"

[training.logger]
@loggers = "toy.Told.v1"
"""
CODE = """
import kernel

@kernel.registry.callbacks("toy.own_code.v1")
def own_code():
    return lambda nlp: nlp
"""

#: What the logger of a run was told.
told: list[Any] = []


@kernel.registry.readers("toy.number_of_texts.v1")
def number_of_texts(path: str) -> Any:
    return lambda nlp: learner.examples(nlp, int(Path(path).read_text("utf-8")))


@kernel.registry.batchers("toy.one_by_one.v1")
def one_by_one() -> Any:
    return lambda items: ([item] for item in items)


@kernel.registry.loggers("toy.Told.v1")
def told_of() -> Any:
    return lambda nlp: (lambda info: told.append(info), lambda: None)


class Done:
    """A run that has ended, in a folder from which it was begun."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.output, self.data = folder, folder / "run", folder / "train.txt"
        self.data.write_text("6", "utf-8")
        (folder / "own.py").write_text(CODE, "utf-8")
        learner.register()
        train(Config().from_str(CONFIG), "run", code=["own.py"])
        told.clear()

    def reproduce(self) -> tuple[Reproduction, list[str]]:
        """Do it again; give what comes of it and what is said."""
        stdout = io.StringIO()
        found = reproduce(Path("run"), Path("again"), stdout=stdout, stderr=io.StringIO())
        return found, stdout.getvalue().splitlines()

    def change(self, **facts: Any) -> None:
        """Change what the manifest says."""
        path = self.output / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **facts}), "utf-8")

    def refused(self, error: type[Exception]) -> str:
        with pytest.raises(error) as caught:
            self.reproduce()
        assert not (self.folder / "again").exists()
        return str(caught.value)


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Done:
    monkeypatch.chdir(tmp_path)
    return Done(tmp_path)


def test_the_same_settings_data_and_code_give_the_same_bytes(done: Done) -> None:
    found, said = done.reproduce()

    assert found == Reproduction({"model-best": True, "model-last": True}, [])
    assert found.is_same
    assert said[-1] == "stopped: max_steps 2 reached"
    assert digest_of_model(done.folder / "again" / "model-last") == digest_of_model(
        done.output / "model-last"
    )


def test_the_runs_own_logger_hears_nothing_and_its_folder_stays_as_it_is(done: Done) -> None:
    before = {path: path.read_bytes() for path in done.output.rglob("*") if path.is_file()}

    done.reproduce()

    assert told == []
    assert before == {path: path.read_bytes() for path in done.output.rglob("*") if path.is_file()}


def test_a_run_is_repeated_in_the_folder_in_which_it_was_made(
    done: Done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    found = reproduce(done.output, Path("again"), stdout=io.StringIO(), stderr=io.StringIO())

    assert found.is_same
    assert (elsewhere / "again" / "model-last").is_dir()
    assert Path.cwd() == elsewhere


def test_a_pipeline_that_comes_out_otherwise_is_named_with_what_may_be_the_reason(done: Done) -> None:
    facts = manifest.read(done.output)
    done.change(
        models={**facts["models"], "model-best": "0" * 64}, host="another", versions={"acme-gone": "1"}
    )

    found, _ = done.reproduce()

    assert found.same == {"model-best": False, "model-last": True}
    assert not found.is_same
    assert found.notes == [
        "acme-gone 1 then, not installed now",
        f"host another then, {manifest.machine()['host']} now",
    ]


def test_a_run_that_left_no_pipeline_is_not_the_same() -> None:
    assert not Reproduction({}, []).is_same


@pytest.mark.parametrize(
    ("stopped", "got"),
    [
        (None, "was killed"),
        ({"code": "interrupted", "reason": "SIGTERM", "step": 3}, "ended with 'interrupted'"),
        ({"code": "error", "reason": "ValueError", "step": None}, "ended with 'error'"),
    ],
)
def test_a_run_that_did_not_end_by_itself_cannot_be_repeated(done: Done, stopped: Any, got: str) -> None:
    done.change(stopped=stopped)

    assert (
        done.refused(CheckpointError)
        == f"run: only a run that has finished can be repeated, got one that {got}; finish it with --resume, or choose "
        "another run"
    )


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"manifest\.json: not the manifest of a run, got No such file"):
        reproduce(tmp_path, tmp_path / "again")


def test_data_with_another_content_are_named(done: Done) -> None:
    done.data.write_text("7", "utf-8")

    assert done.refused(ConfigError) == (
        f"{done.output}: corpora.train.path, 'train.txt', is missing or has changed since the run read it; restore "
        "it"
    )


def test_data_that_are_gone_are_named(done: Done) -> None:
    facts, plan = manifest.read(done.output), make_plan(done.output / "config.cfg")
    done.data.unlink()

    with pytest.raises(ConfigError, match=r"corpora\.train\.path, 'train\.txt', is missing or has changed"):
        check_inputs(plan, facts, done.output)


def test_code_with_another_content_is_named(done: Done) -> None:
    (done.folder / "own.py").write_text(CODE + "# other\n", "utf-8")

    assert done.refused(ConfigError) == (
        f"{done.output}: own.py has changed since the run imported it; restore it"
    )


def test_a_config_that_was_edited_is_named(done: Done) -> None:
    path = done.output / "config.cfg"
    path.write_text(path.read_text("utf-8").replace("eval_frequency = 1", "eval_frequency = 2"), "utf-8")

    assert done.refused(ConfigError).startswith(f"{path}: settings other than training.max_steps")


def test_the_folder_in_which_the_run_was_made_must_be_there(done: Done) -> None:
    gone = done.folder / "gone"
    done.change(folder=str(gone))

    assert done.refused(CheckpointError) == (
        f"{gone}: cannot enter the working directory of the run, got No such file or directory; restore it"
    )


def test_paths_mean_again_what_they_meant_even_where_something_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()

    def fail_there() -> None:
        with working_in(tmp_path / "there"):
            assert Path.cwd() == tmp_path / "there"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_there()

    assert Path.cwd() == tmp_path


def test_whoever_stands_in_a_folder_that_was_removed_can_repeat_a_run_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = tmp_path / "removed"
    removed.mkdir()
    monkeypatch.chdir(removed)
    removed.rmdir()

    with working_in(tmp_path):
        assert Path.cwd() == tmp_path

    assert Path.cwd() == tmp_path


def test_equal_surroundings_have_no_differences() -> None:
    plan = Plan.of(Config().from_str(CONFIG, interpolate=False))
    facts = {"versions": manifest.versions(plan.config), **manifest.machine()}

    assert list(differences(plan, facts)) == []
    (note,) = differences(plan, {**facts, "n_blas_threads": 99})
    assert note.startswith("n blas threads 99 then, ")
