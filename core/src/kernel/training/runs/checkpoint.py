"""Checkpoints: the complete state of a run after a step, from which another process can resume.

OUTPUT/checkpoints/step-00000400/state.json          step, evaluations so far, random states, position, logger
                                 arrays.safetensors  weights, moments, averages
                                 checksums.json      of both files

A checkpoint is written under another name, flushed and renamed, so it is complete or absent. docs/runs.md lists what it
does not contain.
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

_LOGGER_SHAPE = {"kind": TEXT_OR_NONE, "state": object, "waiting?": [{"step": int, str: object}]}
#: The shape of a state file.
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
        data: State of the batches up to it.
        random: States of the global random generators.
        learned: The part of the learned state that is not arrays.
        logger: State of the loggers.
        performance: Scores in the pipeline's metadata.
        arrays: Weights and optimizer state.
    """

    step: Step
    data: dict[str, Any]
    random: dict[str, Any]
    learned: dict[str, Any]
    logger: Any
    performance: dict[str, Any]
    arrays: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, run: Run, step: Step, batches: ReplayableBatches, report: Report) -> Checkpoint:
        """Return a checkpoint of the current state of a run."""
        facts, arrays = collect(run)
        performance = run.nlp.meta["performance"]
        return cls(step, batches.state(), random_states(), facts, report.state(), performance, arrays)

    def apply(self, run: Run, batches: ReplayableBatches, report: Report) -> None:
        """Bring a run that was built from the same config to this state.

        Raises:
            CheckpointError: The run has other parameters.
            DataError: Its corpus yields other batches.
        """
        batches.replay(self.step.step + 1, self.data)
        restore(run, self.learned, self.arrays)
        report.restore(self.logger)
        run.nlp.meta["performance"] = self.performance
        # Last, because everything before may have drawn random numbers.
        set_random_states(self.random)


def write(checkpoint: Checkpoint, output: Path) -> Path:
    """Write a checkpoint to a run's folder and return its path.

    Raises:
        CheckpointError: It cannot be written; earlier checkpoints are unchanged.
    """
    target = output / CHECKPOINTS / f"step-{checkpoint.step.step:08}"
    state = {
        "format": FORMAT,
        "step": asdict(checkpoint.step),
        "data": checkpoint.data,
        "random": checkpoint.random,
        "learned": checkpoint.learned,
        "logger": checkpoint.logger,
        "performance": checkpoint.performance,
    }
    with translated(output):
        target.parent.mkdir(exist_ok=True)  # not its parents, so that a removed output folder is noticed
        with replaced_folder(target) as folder:
            (folder / STATE).write_text(json.dumps(state, default=plain), encoding="utf-8")
            check_room(sum(array.nbytes for array in checkpoint.arrays.values()))
            try:
                save_file(checkpoint.arrays, folder / ARRAYS)
            except SafetensorError as exc:
                raise OSError(str(exc)) from exc
            (folder / CHECKSUMS).write_text(json.dumps(checksums_of(folder), indent=1), encoding="utf-8")
    return target


def read(folder: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CheckpointError: It is damaged, or was written by a later release.
    """
    try:
        check_tree(folder)
        _check_files(folder)
        state = read_json((folder / STATE).read_bytes(), halves=True)
        check_shape(state, {"format": int})
        if state["format"] != FORMAT:
            raise ValueError(f"its format is {state['format']}, this release reads {FORMAT}")
        check_shape(state, _SHAPE)
        for saved in (saved for saved in state["logger"].values() if saved is not None):
            check_shape(saved, _LOGGER_SHAPE, "logger")
        check_random_states(state["random"])
        if state["step"]["step"] != int(folder.name[5:]):
            raise ValueError(f"its step is {state['step']['step']}, which does not match its name")
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
    """Return what to do about a damaged checkpoint."""
    if any(other.name < folder.name for other in places(folder.parent.parent)):
        return "remove it to resume from the checkpoint before it, or start again with --overwrite"
    return "restore it from a copy, or start again with --overwrite; there is no earlier checkpoint"


def _check_files(folder: Path) -> None:
    """Compare the files of a checkpoint with their checksums; one of an older release has none.

    Raises:
        CheckpointError: One is damaged or missing.
    """
    path = folder / CHECKSUMS
    if not path.exists():
        return
    try:
        checksums = read_json(path.read_bytes())
    except (OSError, ValueError) as exc:
        raise CheckpointError(f"{path}: cannot be read, {exc}; {_advice(folder)}") from exc
    damage = Comparison(folder, read_checksums(checksums, str(path), _advice(folder))).damage()
    if damage:
        problems = "; ".join(f"{folder / name}: {problem}" for name, problem in damage.items())
        raise CheckpointError(f"{problems}; {_advice(folder)}")


def newest(output: Path) -> Checkpoint | None:
    """Read and return the newest checkpoint of a run; None where there is none.

    Raises:
        CheckpointError: It is damaged.
    """
    folders = places(output)
    return read(folders[-1]) if folders else None


def places(output: Path) -> list[Path]:
    """Return the folders of a run's checkpoints, oldest first."""
    folder = output / CHECKPOINTS
    entries = folder.iterdir() if folder.is_dir() else ()
    return sorted((one for one in entries if STEP.fullmatch(one.name)), key=lambda one: int(one.name[5:]))


def prune(output: Path, keep_last: int) -> None:
    """Remove all but the newest checkpoints."""
    with translated(output):
        for folder in places(output)[:-keep_last]:
            remove_folder(folder)


def _step(facts: Mapping[str, Any]) -> Step:
    fields = {**facts, "stopped": None}
    fields["checkpoints"] = tuple((score, step, epoch) for score, step, epoch in facts["checkpoints"])
    return Step(**fields)
