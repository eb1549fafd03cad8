"""The page about changing the training loop: its code runs, and keeps what the page promises."""

from __future__ import annotations

import pstats
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from commands import call_kernel
from workspace import ROOT

import kernel
from kernel.errors import NotFinite
from kernel.plugins.manager import load_plugins
from kernel.registry import registry
from kernel.testing import check_launcher, check_updater
from kernel.training import batches_of, prepare, steps
from kernel.util import fix_random_seed, load_config

PAGE = (ROOT / "docs" / "training-loop.md").read_text(encoding="utf-8")
FEW = {"training.max_steps": 8, "training.eval_frequency": 2}


def blocks(language: str, section: str) -> list[str]:
    """The code blocks of a section."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


SEAMS = "\n\n".join(
    block for section in ("A launcher", "An updater", "before_update") for block in blocks("python", section)
)
*LOOPS, CALL = blocks("python", "Your own loop")
OWN_LOOP = "\n\n".join(LOOPS)


@pytest.fixture(autouse=True)
def own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test register what it loads, beside nothing that another one has registered."""
    monkeypatch.setitem(vars(registry), "installed", load_plugins(strict=False))


@pytest.fixture
def desk(walked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the files of the page."""
    monkeypatch.chdir(tmp_path)
    for split in ("train", "dev"):
        Path(f"{split}.spacy").write_bytes((walked / f"{split}.spacy").read_bytes())
    Path("seams.py").write_text(SEAMS, "utf-8")
    Path("seams.cfg").write_text(blocks("ini", "All three in a config")[0], "utf-8")
    return tmp_path


def loaded(source: str) -> ModuleType:
    """Code of the page as a module."""
    module = ModuleType("page")
    exec(source, vars(module))
    return module


def config(**changes: Any) -> kernel.Config:
    """The config of the page without its seams, for a few steps on the desk's corpora."""
    text = Path("seams.cfg").read_text("utf-8").partition("[training]")[0]
    Path("config.cfg").write_text(text, "utf-8")
    return load_config(
        "config.cfg", {"paths.train": "train.spacy", "paths.dev": "dev.spacy", **FEW, **changes}
    )


def weights(folder: Path | str) -> dict[str, bytes]:
    """The parameters of a saved pipeline."""
    found = {path.name: path.read_bytes() for path in Path(folder).rglob("*.safetensors")}
    assert found
    return found


def command(desk: Path, *words: str, max_steps: int = 8) -> subprocess.CompletedProcess[str]:
    """The command of the page with few steps."""
    [line] = [line for line in PAGE.splitlines() if line.startswith("    kernel train ")]
    few = [f"--training.max_steps={max_steps}", "--training.eval_frequency=2", *words]
    done = call_kernel(desk, *line.split()[1:], *few)
    assert done.returncode == 0, done.stderr
    return done


def test_the_command_of_the_page_trains_under_the_profiler(desk: Path) -> None:
    done = command(desk)

    assert "stopped: max_steps 8 reached" in done.stdout
    measured = pstats.Stats(str(desk / "train.prof"))
    assert "step_schedules" in {name for _, _, name in measured.stats}  # type: ignore[attr-defined]
    nlp = kernel.load(desk / "runs" / "seams" / "model-last", code=True)
    assert all(token.tag_ for token in nlp("The ferry leaves."))


def test_a_run_with_all_three_that_was_resumed_ends_with_the_same_bytes(desk: Path) -> None:
    command(desk)
    whole = weights("runs/seams/model-last")

    command(desk, "--overwrite", max_steps=4)
    part = weights("runs/seams/model-last")
    command(desk, "--resume")

    assert part != whole
    assert weights("runs/seams/model-last") == whole


def test_python_gives_the_bytes_of_the_command(desk: Path) -> None:
    command(desk)
    text = Path("seams.cfg").read_text("utf-8")
    few = "".join(f"{key.partition('.')[2]} = {value}\n" for key, value in FEW.items())
    Path("seams.cfg").write_text(text.replace("[training]\n", f"[training]\n{few}"), "utf-8")

    exec(blocks("python", "All three in a config")[0], {})

    assert weights("runs/python/model-last") == weights("runs/seams/model-last")


def test_the_launcher_and_the_updater_keep_their_contracts(desk: Path) -> None:
    seams = loaded(SEAMS)

    check_launcher(seams.profile("train.prof"))
    check_updater(lambda: seams.clipped(1.0))


def test_the_updater_limits_the_gradient_of_the_whole_pipeline(desk: Path) -> None:
    seen = []

    class Sgd:
        """Notes the gradients that it is given, and changes nothing."""

        def __call__(self, key, weights, gradient, **options):
            seen.append(float((gradient**2).sum()))
            return weights, gradient * 0

        def step_schedules(self) -> None:
            seen.append("schedules")

    run = prepare(config())
    run.nlp.update(next(batches_of(run))[1], sgd=False)
    loaded(SEAMS).clipped(0.001).apply(run.nlp, Sgd())

    assert seen.pop() == "schedules"
    assert sum(seen) ** 0.5 == pytest.approx(0.001, rel=1e-3)


def test_the_word_dropout_rises_with_the_step(desk: Path) -> None:
    callback = loaded(SEAMS).rising_word_dropout(0.2, 10)
    nlp = prepare(config()).nlp

    def shares() -> Iterator[float]:
        for node in nlp.get_pipe("tagger").model.walk():
            if "word_dropout" in node.attrs:
                yield node.attrs["word_dropout"]

    found = []
    for step in (0, 5, 10, 99):
        callback(nlp, {"step": step, "epoch": 0})
        found.append(*shares())

    assert found == [0.0, 0.1, 0.2, 0.2]


def test_the_loop_of_ones_own_ends_with_the_weights_of_kernel_train(desk: Path) -> None:
    kernel.train(config(), "theirs")
    config().to_disk("config.cfg")
    ours = loaded(f"{OWN_LOOP}\n\n{CALL}")
    ours.nlp.to_disk("last")

    assert weights("last") == weights("theirs/model-last")
    assert weights("runs/by-hand") == weights("theirs/model-best")
    assert [step.step for step in ours.evaluated] == [0, 2, 4, 6, 8]
    assert ours.evaluated[-1].stopped is not None


def test_the_curriculum_begins_with_short_texts(desk: Path) -> None:
    run = prepare(config())
    longest = 14

    found = [
        [len(eg.predicted) for eg in examples]
        for _, examples in islice(loaded(OWN_LOOP).short_first(batches_of(run), longest, 4), 6)
    ]

    assert found
    assert max(found[0]) <= longest
    assert max(map(max, found)) > longest


def test_the_learn_rate_falls_on_a_plateau(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    still = config(**{"training.optimizer.learn_rate": 0.0001, "training.score_weights.tag_acc": 0.0})

    run = loaded(OWN_LOOP).train_with_plateaus(still, patience=1)

    assert run.optimizer.learn_rate == 0.0001 / 32
    assert capsys.readouterr().out == "stopped: max_steps 8 reached\n"


def test_a_step_holds_what_the_page_says(desk: Path) -> None:
    run = prepare(config(**{"training.max_epochs": 1, "training.max_steps": 0}))
    fix_random_seed(run.seed)
    found = list(steps(run, batches_of(run)))
    table = PAGE.partition("## What a Step holds")[2].partition("## What stays")[0]
    named = re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
    attributes = {name for names in named for name in re.findall(r"`(\w+)`", names)}

    assert attributes == {*vars(found[0]), "is_evaluated"}
    assert all(step.is_evaluated == (step.score is not None) for step in found)
    assert found[-1].stopped is not None
    assert found[-1].stopped.code == "max_epochs"
    assert found[-1].is_evaluated


def test_a_loss_that_is_no_number_stops_a_loop_of_ones_own(desk: Path) -> None:
    run = prepare(config())
    for node in run.nlp.get_pipe("tagger").model.walk():
        for name in node.param_names:
            node.set_param(name, node.get_param(name) * float("nan"))

    with pytest.raises(NotFinite) as caught:
        next(steps(run, batches_of(run)))

    assert caught.value.examples


def test_the_parts_of_the_page_are_all_tried() -> None:
    assert PAGE.count("```python") == len(blocks("python", "All three in a config")) + sum(
        len(blocks("python", section))
        for section in ("A launcher", "An updater", "before_update", "Your own loop")
    )
    assert sys.modules.get("page") is None
