"""Checkpoints: the whole state of a run after a step, so that another process can go on from there.

OUTPUT/checkpoints/step-00000400/state.json          step, results so far, random states, position, logger
                                 arrays.safetensors  weights, moments, averages
                                 checksums.json      of the two

Written beside its place, flushed and renamed: a checkpoint is whole or not there. docs/runs.md says what a state
does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from kernel.errors import CheckpointError
from kernel.pipeline.run.seeding import check_random_states, random_states, set_random_states
from kernel.pipeline.saving.memory_check import check_room
from kernel.system.checksums import Comparison, checksums_of, read_checksums
from kernel.system.files import check_tree, remove_folder, replaced_folder
from kernel.text.base.json_data import read_json
from kernel.text.base.shapes import NUMBER, TEXT_OR_NONE, check_shape
from kernel.training.loggers.jsonable import plain
from kernel.training.loggers.report import Report
from kernel.training.loop.replayable_batches import ReplayableBatches
from kernel.training.run import Run, Step
from kernel.training.runs.output import CHECKPOINTS, STEP, translated
from kernel.training.runs.state_dict import collect, restore

FORMAT = 1
STATE, ARRAYS, CHECKSUMS = "state.json", "arrays.safetensors", "checksums.json"

_TOLD = {"kind": TEXT_OR_NONE, "state": object, "waiting?": [{"step": int, str: object}]}
#: What a state holds.
_SHAPE = {
    "step": {
        "epoch": int,
        "step": int,
        "losses": {str: NUMBER},
        "n_words": int,
        "seconds": NUMBER,
        "score": (*NUMBER, type(None)),
        "scores": (dict, type(None)),
        "is_best": bool,
        "checkpoints": [[NUMBER]],
    },
    "data": {"checksum": int, "random": dict},
    "random": {"python": list, "numpy": list},
    "learned": {
        "attrs": {str: dict},
        "updates": {str: int},
        "gradients": [str],
        "rates": {str: NUMBER},
        "schedules": {str: int},
    },
    "logger": {"logger": (dict, type(None)), "log": (dict, type(None))},
    "performance": dict,
}


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after a step.

    Args:
        step: The step.
        data: What is known of the batches up to it.
        random: States of the global random generators.
        learned: What is no array of what was learned.
        logger: What the logger wants to know again.
        performance: Scores that the pipeline's meta data hold.
        arrays: Weights and what the optimizer keeps.
    """

    step: Step
    data: dict[str, Any]
    random: dict[str, Any]
    learned: dict[str, Any]
    logger: Any
    performance: dict[str, Any]
    arrays: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, run: Run, step: Step, trail: ReplayableBatches, report: Report) -> Checkpoint:
        """Take the state of a run as it is now."""
        facts, arrays = collect(run)
        performance = run.nlp.meta["performance"]
        return cls(step, trail.state(), random_states(), facts, report.state(), performance, arrays)

    def apply(self, run: Run, trail: ReplayableBatches, report: Report) -> None:
        """Bring a run that was made from the same config to this state.

        Raises:
            CheckpointError: The run has other parameters.
            DataError: Its corpus gives other batches.
        """
        trail.replay(self.step.step + 1, self.data)
        restore(run, self.learned, self.arrays)
        report.restore(self.logger)
        run.nlp.meta["performance"] = self.performance
        # Last: whatever came before may have drawn.
        set_random_states(self.random)


def write(snapshot: Checkpoint, output: Path) -> Path:
    """Write a checkpoint into a run's folder and return its place.

    Raises:
        CheckpointError: It cannot be written; those before are as they were.
    """
    target = output / CHECKPOINTS / f"step-{snapshot.step.step:08}"
    state = {
        "format": FORMAT,
        "step": asdict(snapshot.step),
        "data": snapshot.data,
        "random": snapshot.random,
        "learned": snapshot.learned,
        "logger": snapshot.logger,
        "performance": snapshot.performance,
    }
    with translated(output):
        target.parent.mkdir(exist_ok=True)  # not its parents: a folder that has vanished shall be noticed
        with replaced_folder(target) as folder:
            (folder / STATE).write_text(json.dumps(state, default=plain), encoding="utf-8")
            check_room(sum(array.nbytes for array in snapshot.arrays.values()))
            try:
                save_file(snapshot.arrays, folder / ARRAYS)
            except SafetensorError as exc:
                raise OSError(str(exc)) from exc
            (folder / CHECKSUMS).write_text(json.dumps(checksums_of(folder), indent=1), encoding="utf-8")
    return target


def read(folder: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CheckpointError: It is damaged, or written by a later release.
    """
    try:
        check_tree(folder)
        _check_files(folder)
        state = read_json((folder / STATE).read_bytes(), halves=True)
        check_shape(state, {"format": int})
        if state["format"] != FORMAT:
            raise ValueError(f"its format is {state['format']}, this release reads {FORMAT}")
        check_shape(state, _SHAPE)
        for told in (told for told in state["logger"].values() if told is not None):
            check_shape(told, _TOLD, "logger")
        check_random_states(state["random"])
        if state["step"]["step"] != int(folder.name[5:]):
            raise ValueError(f"its step is {state['step']['step']}, which is not that of its name")
        check_room((folder / ARRAYS).stat().st_size)
        arrays = {name: np.array(array) for name, array in load_file(folder / ARRAYS).items()}
        return Checkpoint(
            _step(state["step"]),
            state["data"],
            state["random"],
            state["learned"],
            state["logger"],
            state["performance"],
            arrays,
        )
    except CheckpointError:
        raise
    except (OSError, ValueError, TypeError, SafetensorError) as exc:
        raise CheckpointError(f"{folder}: the checkpoint cannot be read, {exc}; {_advice(folder)}") from exc


def _advice(folder: Path) -> str:
    """What to do about a damaged checkpoint."""
    if any(place.name < folder.name for place in places(folder.parent.parent)):
        return "remove the checkpoint to go on from the one before, or begin anew with --overwrite"
    return "restore it from a copy, or begin anew with --overwrite; there is no checkpoint before it"


def _check_files(folder: Path) -> None:
    """Compare the files of a checkpoint with their checksums; one of before there were any has none.

    Raises:
        CheckpointError: One is damaged or missing.
    """
    path = folder / CHECKSUMS
    if not path.exists():
        return
    try:
        given = read_json(path.read_bytes())
    except (OSError, ValueError) as exc:
        raise CheckpointError(f"{path}: cannot be read, {exc}; {_advice(folder)}") from exc
    damage = Comparison(folder, read_checksums(given, str(path), _advice(folder))).damage()
    if damage:
        found = "; ".join(f"{folder / name}: {problem}" for name, problem in damage.items())
        raise CheckpointError(f"{found}; {_advice(folder)}")


def newest(output: Path) -> Checkpoint | None:
    """Read the newest checkpoint of a run; None where there is none.

    Raises:
        CheckpointError: It is damaged.
    """
    found = places(output)
    return read(found[-1]) if found else None


def places(output: Path) -> list[Path]:
    """Find the checkpoints of a run, oldest first."""
    folder = output / CHECKPOINTS
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((one for one in found if STEP.fullmatch(one.name)), key=lambda one: int(one.name[5:]))


def prune(output: Path, keep_last: int) -> None:
    """Remove all checkpoints but the newest ones."""
    with translated(output):
        for place in places(output)[:-keep_last]:
            remove_folder(place)


def _step(facts: Mapping[str, Any]) -> Step:
    known = {**facts, "stopped": None}
    known["checkpoints"] = tuple((score, step, epoch) for score, step, epoch in facts["checkpoints"])
    return Step(**known)
