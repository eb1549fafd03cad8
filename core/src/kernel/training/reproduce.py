"""A run once more from what it wrote down, and whether it comes to the same bytes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from kernel.config.plan import Plan, make_plan
from kernel.errors import CheckpointError, ConfigError
from kernel.training.fit import build_run, fit
from kernel.training.runs import manifest
from kernel.training.runs.digests import data_of, digest_of_file, digest_of_model
from kernel.training.runs.output import CONFIG, opened
from kernel.training.runs.resume_check import check_unedited
from kernel.training.runs.shielded_streams import ShieldedStream

#: Why a run ends that would end there again.
_WHOLE = ("max_steps", "max_epochs", "patience", "corpus")


@dataclass(frozen=True)
class Reproduction:
    """What came of it.

    Args:
        same: Name of each saved pipeline, and whether the new one has the same bytes.
        notes: What is another than it was and may be the reason where they have not.
    """

    same: Mapping[str, bool]
    notes: list[str]

    @property
    def is_same(self) -> bool:
        """Whether every pipeline has come out the same."""
        return bool(self.same) and all(self.same.values())


def reproduce(
    run: Path, output: Path, *, stdout: IO[str] | None = None, stderr: IO[str] | None = None
) -> Reproduction:
    """Repeat a run from its manifest and its config, in the folder in which it was made, and compare.

    The run's own logger is not told, so that its files stay as they are.

    Args:
        run: The run's folder; not changed.
        output: Where to put the new one.
        stdout: For results; the process's own when None.
        stderr: For progress; the process's own when None.

    Raises:
        CheckpointError: The folder holds no run, or one that did not end by itself.
        ConfigError: Its data or code are gone or have changed.
    """
    facts = manifest.read(run)
    stopped = (facts["stopped"] or {}).get("code", "nothing")
    if stopped not in _WHOLE:
        raise CheckpointError(f"{run}: only a run that ended by itself can be repeated, got {stopped!r}")
    run, output = run.absolute(), output.absolute()
    with working_in(Path(facts["folder"])):
        plan = make_plan(run / CONFIG, code=facts["code"], has_data=True)
        check_inputs(plan, facts, run)
        with opened(output) as place, plan.selected():
            plan.config.to_disk(output / CONFIG)
            made = build_run(plan, facts["use_gpu"])
            # Whoever asked will be told whether it came out the same, and then whether that can be written.
            said = cast(IO[str], ShieldedStream(stdout or sys.stdout))
            fit(replace(made, logger=quiet), place, stdout=said, stderr=stderr)
    same = {name: digest_of_model(output / name) == digest for name, digest in facts["models"].items()}
    return Reproduction(same, list(differences(plan, facts)))


def check_inputs(plan: Plan, facts: Mapping[str, Any], run: Path) -> None:
    """Raise unless config, data and code are what they were.

    Raises:
        ConfigError: Something is gone, or has another content.
    """
    check_unedited(run, plan.given.interpolate(), facts)
    now = data_of(plan.values, run)
    for key, known in facts["data"].items():
        if now.get(key, {}).get("sha256") != known["sha256"]:
            raise ConfigError(
                f"{run}: {key}, {known['path']!r}, is gone or has another content than the run read; bring it back"
            )
    for path, digest in facts["code"].items():
        if digest_of_file(Path(path)) != digest:
            raise ConfigError(f"{run}: {path} has another content than the run imported; bring it back")


def differences(plan: Plan, facts: Mapping[str, Any]) -> Iterator[str]:
    """Say what of the surroundings is another than it was."""
    yield from manifest.other_versions(plan.config, facts)
    here = manifest.machine()
    for key in here:
        if here[key] != facts[key]:
            yield f"{key.replace('_', ' ')} {facts[key]} then, {here[key]} now"


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Let relative paths mean what they meant to the run.

    Raises:
        CheckpointError: The folder is gone.
    """
    try:
        before = os.getcwd()
    except OSError:  # it has been removed, and nobody can go back
        before = ""
    try:
        os.chdir(folder)
    except OSError as exc:
        raise CheckpointError(
            f"{folder}: the run was made in this folder, got {exc.strerror}; bring it back"
        ) from exc
    try:
        yield
    finally:
        if before:
            os.chdir(before)


def quiet(nlp: Any, *streams: Any) -> tuple[Callable[[Any], None], Callable[[], None]]:
    """Watch a run and say nothing."""
    return lambda info: None, lambda: None
