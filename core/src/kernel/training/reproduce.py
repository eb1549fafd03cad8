"""Repeat a run from its manifest, and compare the results byte by byte."""

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

#: Codes of runs that ended by themselves, and would end at the same step again.
_WHOLE = ("max_steps", "max_epochs", "patience", "corpus")


@dataclass(frozen=True)
class Reproduction:
    """The result of repeating a run.

    Args:
        same: Whether the new model has the same bytes, by name of saved model.
        notes: Differences in the environment, which may explain different bytes.
    """

    same: Mapping[str, bool]
    notes: list[str]

    @property
    def is_same(self) -> bool:
        """Whether every saved model has the same bytes."""
        return bool(self.same) and all(self.same.values())


def reproduce(
    run: Path, output: Path, *, stdout: IO[str] | None = None, stderr: IO[str] | None = None
) -> Reproduction:
    """Repeat a run from its manifest and config, in its original working directory, and compare the results.

    The config's logger is not called, so that its files are not changed.

    Args:
        run: The run's folder; not changed.
        output: Folder for the new run.
        stdout: Stream for results; the process's own when None.
        stderr: Stream for progress; the process's own when None.

    Raises:
        CheckpointError: The folder holds no run, or one that did not end by itself.
        ConfigError: Its data or code are missing or have changed.
    """
    facts = manifest.read(run)
    stopped = (facts["stopped"] or {}).get("code", "nothing")
    if stopped not in _WHOLE:
        ended = f"ended with {stopped!r}" if facts["stopped"] else "was killed"
        raise CheckpointError(
            f"{run}: only a run that has finished can be repeated, got one that {ended}; finish it with --resume, or "
            "choose another run"
        )
    run, output = run.absolute(), output.absolute()
    with working_in(Path(facts["folder"])):
        plan = make_plan(run / CONFIG, code=facts["code"], has_data=True)
        check_inputs(plan, facts, run)
        with opened(output) as folder, plan.selected():
            plan.config.to_disk(output / CONFIG)
            repeated = build_run(plan, facts["use_gpu"])
            # The comparison is the result; a broken output stream must not end the run before it.
            shielded = cast(IO[str], ShieldedStream(stdout or sys.stdout))
            fit(replace(repeated, logger=quiet), folder, stdout=shielded, stderr=stderr)
    same = {name: digest_of_model(output / name) == digest for name, digest in facts["models"].items()}
    return Reproduction(same, list(differences(plan, facts)))


def check_inputs(plan: Plan, facts: Mapping[str, Any], run: Path) -> None:
    """Check that config, data and code are unchanged.

    Raises:
        ConfigError: Something is missing or has changed.
    """
    check_unedited(run, plan.given.interpolate(), facts)
    now = data_of(plan.values, run)
    for key, recorded in facts["data"].items():
        if now.get(key, {}).get("sha256") != recorded["sha256"]:
            raise ConfigError(
                f"{run}: {key}, {recorded['path']!r}, is missing or has changed since the run read it; restore it"
            )
    for path, digest in facts["code"].items():
        if digest_of_file(Path(path)) != digest:
            raise ConfigError(f"{run}: {path} has changed since the run imported it; restore it")


def differences(plan: Plan, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the differences between the run's environment and the current one."""
    yield from manifest.other_versions(plan.config, facts)
    here = manifest.machine()
    for key in here:
        if here[key] != facts[key]:
            yield f"{key.replace('_', ' ')} {facts[key]} then, {here[key]} now"


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Change the working directory within a block, so that relative paths mean what they meant to the run.

    Raises:
        CheckpointError: The folder does not exist any more.
    """
    try:
        before = os.getcwd()
    except OSError:  # the current directory was removed, so there is nothing to return to
        before = ""
    try:
        os.chdir(folder)
    except OSError as exc:
        raise CheckpointError(
            f"{folder}: cannot enter the working directory of the run, got {exc.strerror}; restore it"
        ) from exc
    try:
        yield
    finally:
        if before:
            os.chdir(before)


def quiet(nlp: Any, *streams: Any) -> tuple[Callable[[Any], None], Callable[[], None]]:
    """Set up a logger that logs nothing."""
    return lambda info: None, lambda: None
