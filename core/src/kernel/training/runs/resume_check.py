"""Whether a run can be gone on with: its config, code and data are what they were."""

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

#: Differences that are named one by one.
_N_SHOWN = 8


def check_same(plan: Plan, output: Path, data: Data) -> list[str]:
    """Compare what is given with what the run in a folder was made of.

    Args:
        plan: The config of the run to be resumed, and the files given with it.
        output: The run's folder.
        data: What `data_of` finds now.

    Returns:
        Distributions whose version is another one, which may change the last bits.

    Raises:
        ConfigError: The run cannot be gone on with; names everything that differs.
    """
    before = manifest.read(output)
    known = Config().from_disk(output / CONFIG, interpolate=False).interpolate()
    check_unedited(output, known, before)
    found = [*_values(known, plan.values), *_files(before, data, plan.code)]
    if found:
        more = [f"and {len(found) - _N_SHOWN} more"] if len(found) > _N_SHOWN else []
        raise ConfigError(
            f"--resume: {output} was begun with other settings or data: {'; '.join([*found[:_N_SHOWN], *more])}; "
            "bring them back, or begin anew with --overwrite"
        )
    return manifest.other_versions(plan.config, before)


def check_unedited(output: Path, values: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """See that a run's own config says what the run was begun with; runs of 0.1.0 cannot tell.

    Args:
        output: The run's folder.
        values: What its config says, without variables.
        facts: Its manifest.

    Raises:
        ConfigError: Somebody has changed it.
    """
    if facts.get("settings", digest := digest_of_settings(values)) != digest:
        raise ConfigError(
            f"{output / CONFIG}: changed since the run was begun, in more than {', '.join(EXTENDING)}; restore the "
            "file, or train with it into another folder"
        )


def check_progress(values: Mapping[str, Any], output: Path) -> None:
    """See that a run which has come some way has left something to go on from.

    Raises:
        CheckpointError: Its checkpoints are gone: it would begin at the beginning, over what it has saved.
    """
    kept = values["training"].get("checkpoint") or {}
    n_done = evaluations_in(output / LOG)
    if kept.get("keep_last", 1) and not kept.get("every_steps", 0) and n_done > 1 and not places(output):
        raise CheckpointError(
            f"{output}: the log has {n_done} evaluations, and there is no checkpoint to resume from; restore "
            f"{CHECKPOINTS}, or start again with --overwrite"
        )


def _values(known: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    before, now = dict(_leaves(known)), dict(_leaves(given))
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key, _MISSING), now.get(key, _MISSING)
        if old == new or (_extends(key) and not _changes_reading(key, old, new)):
            continue
        yield f"[{key.rpartition('.')[0]}] {key.rpartition('.')[2]} was {old!r}, got {new!r}"


def _extends(key: str) -> bool:
    return any(key == name or key.startswith(f"{name}.") for name in EXTENDING)


def _changes_reading(key: str, old: Any, new: Any) -> bool:
    """Whether a corpus that was streamed would be held, or the other way round."""
    return key == "training.max_epochs" and (old < 0) != (new < 0)


def _files(before: Mapping[str, Any], now: Data, code: Sequence[str]) -> Iterator[str]:
    for key, facts in before["data"].items():
        if key not in now:
            yield f"{key}: {facts['path']!r} is gone"
        elif now[key]["sha256"] != facts["sha256"]:
            yield f"{key}: {facts['path']!r} has another content"
    digests = [digest_of_file(Path(path)) for path in code]
    if digests != list(before["code"].values()):
        yield f"--code was {list(before['code'])}, got {[str(path) for path in code]} or another content"


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
