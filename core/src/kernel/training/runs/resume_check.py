"""Check that a run can be resumed: config, code and data must be unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernel.config.format.document import Config
from kernel.config.plan import Plan
from kernel.errors import CheckpointError, ConfigError
from kernel.training.loggers.logfile import evaluations_in
from kernel.training.runs import manifest
from kernel.training.runs.checkpoint import places
from kernel.training.runs.digests import EXTENDING, Data, digest_of_file, digest_of_settings
from kernel.training.runs.output import CHECKPOINTS, CONFIG, LOG

#: Number of differences to list.
_N_SHOWN = 8


def check_same(plan: Plan, output: Path, data: Data) -> list[str]:
    """Compare config, data and code with those of the run in a folder.

    Args:
        plan: The current config, and its code files.
        output: The run's folder.
        data: The current result of `data_of`.

    Returns:
        Distributions whose version has changed, which may change the last bits of the results.

    Raises:
        ConfigError: The run cannot be resumed; the message lists what differs.
    """
    before = manifest.read(output)
    saved = Config().from_disk(output / CONFIG, interpolate=False).interpolate()
    check_unedited(output, saved, before)
    differences = [*_values(saved, plan.values), *_files(before, data, plan.code)]
    if differences:
        more = [f"and {len(differences) - _N_SHOWN} more"] if len(differences) > _N_SHOWN else []
        raise ConfigError(
            f"--resume: {output} was started with other settings or data: "
            f"{'; '.join([*differences[:_N_SHOWN], *more])}; restore them, or start again with --overwrite"
        )
    return manifest.other_versions(plan.config, before)


def check_unedited(output: Path, values: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Check that a run's own config was not edited since the run began; runs of release 0.1.0 cannot tell.

    Args:
        output: The run's folder.
        values: Its interpolated config.
        facts: Its manifest.

    Raises:
        ConfigError: The config was edited.
    """
    if facts.get("settings", digest := digest_of_settings(values)) != digest:
        raise ConfigError(
            f"{output / CONFIG}: settings other than {', '.join(EXTENDING)} have changed since the run was started; "
            "restore the file, or train with it in another folder"
        )


def check_progress(values: Mapping[str, Any], output: Path) -> None:
    """Check that a run which has made progress has a checkpoint to resume from.

    Raises:
        CheckpointError: Its checkpoints are missing, so it would start over and overwrite its saved models.
    """
    kept = values["training"].get("checkpoint") or {}
    n_done = evaluations_in(output / LOG)
    if kept.get("keep_last", 1) and not kept.get("every_steps", 0) and n_done > 1 and not places(output):
        raise CheckpointError(
            f"{output}: the log has {n_done} evaluations, and there is no checkpoint to resume from; restore "
            f"{CHECKPOINTS}, or start again with --overwrite"
        )


def _values(saved: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[str]:
    before, now = dict(_leaves(saved)), dict(_leaves(current))
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key, _MISSING), now.get(key, _MISSING)
        if old == new or (_extends(key) and not _changes_reading(key, old, new)):
            continue
        yield f"[{key.rpartition('.')[0]}] {key.rpartition('.')[2]} was {old!r}, got {new!r}"


def _extends(key: str) -> bool:
    return any(key == name or key.startswith(f"{name}.") for name in EXTENDING)


def _changes_reading(key: str, old: Any, new: Any) -> bool:
    """Return whether a streamed corpus would now be read into memory, or the other way round."""
    return key == "training.max_epochs" and (old < 0) != (new < 0)


def _files(before: Mapping[str, Any], now: Data, code: Sequence[str]) -> Iterator[str]:
    for key, facts in before["data"].items():
        if key not in now:
            yield f"{key}: {facts['path']!r} is missing"
        elif now[key]["sha256"] != facts["sha256"]:
            yield f"{key}: {facts['path']!r} has changed"
    digests = [digest_of_file(Path(path)) for path in code]
    if digests != list(before["code"].values()):
        names, others = list(before["code"]), [str(path) for path in code]
        yield (
            f"--code was {names}, got {others}"
            if names != others
            else f"--code: a file of {names} has changed"
        )


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    else:
        yield path, value


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


_MISSING = _Missing()
