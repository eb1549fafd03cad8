"""The manifest of a run: what it consists of and how it ended, as JSON beside the saved models."""

from __future__ import annotations

import platform
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kernel import __version__
from kernel.config.format.document import Config
from kernel.config.plan import Plan
from kernel.errors import CheckpointError
from kernel.pipeline.run.threads import blas_threads
from kernel.pipeline.saving.meta import requirements
from kernel.system.files import regular, write_whole
from kernel.text.base.json_data import json_bytes, read_json
from kernel.text.base.shapes import check_shape
from kernel.training.runs.digests import Data, digest_of_file, digest_of_model, digest_of_settings
from kernel.training.runs.output import BEST, CONFIG, LAST, MANIFEST, translated
from kernel.training.stopping import Stopped

FORMAT = 1
#: Distributions whose version may change the last bits of a result, besides those that the config uses.
_LIBRARIES = ("numpy", "thinc", "confection", "safetensors")
#: The shape of a manifest.
_SHAPE = {
    **dict.fromkeys(("started", "go_on", "folder", "python", "platform", "host"), str),
    **dict.fromkeys(("seed", "use_gpu"), int),
    **{key: {str: str} for key in ("code", "versions", "models")},
    "resumed": [str],
    "command": [str],
    "n_blas_threads": (int, type(None)),
    "data": {str: {"path": str, "sha256": str}},
    "logger": object,
    "stopped": (dict, type(None)),
}
#: Runs of release 0.1.0 have no digest of their settings.
_PARTS = {f"{key}?": shape for key, shape in _SHAPE.items()} | {"settings?": str}
_WHOLE = {**_SHAPE, "settings?": str}


def begin(plan: Plan, output: Path, data: Data, use_gpu: int, *, resumed: bool) -> None:
    """Write what a run consists of, before its first step.

    Args:
        plan: The run's config, and the files that were imported for it.
        output: The run's folder.
        data: The result of `data_of`.
        use_gpu: GPU number; -1 for the CPU.
        resumed: Whether this resumes the run in the folder, whose start time and logger state are kept.
    """
    before = read(output) if resumed else {}
    now = datetime.now(timezone.utc).isoformat()
    facts = {
        "format": FORMAT,
        "started": before.get("started", now),
        "resumed": [*before.get("resumed", []), now] if resumed else [],
        "seed": plan.values["training"]["seed"],
        "command": sys.argv,
        "go_on": resume_command(output, plan.code, use_gpu),
        "folder": str(Path.cwd()),
        "settings": digest_of_settings(plan.values),
        "code": {str(path): digest_of_file(Path(path)) for path in plan.code},
        "use_gpu": use_gpu,
        "data": data,
        "versions": versions(plan.config),
        **machine(),
        "logger": before.get("logger"),
        "stopped": None,
        "models": {},
    }
    _write(facts, output)


def record_logger_start(output: Path, state: Any) -> None:
    """Add the initial state of the logger; do nothing where there is no manifest."""
    if (output / MANIFEST).is_file():
        _write({**read(output, whole=False), "logger": state}, output)


def logger_at_start(output: Path) -> Any:
    """Return what `record_logger_start` added; None where the run was killed before that."""
    return read(output, whole=False).get("logger")


def end(output: Path, stopped: Stopped, step: int | None) -> None:
    """Add how a run ended and the digests of its saved models; do nothing where there is no manifest."""
    if not (output / MANIFEST).is_file():
        return
    facts = read(output, whole=False)
    facts["ended"] = datetime.now(timezone.utc).isoformat()
    facts["stopped"] = {"code": stopped.code, "reason": stopped.reason, "step": step}
    facts["models"] = {
        name: digest_of_model(output / name) for name in (BEST, LAST) if (output / name).is_dir()
    }
    _write(facts, output)


def read(output: Path, *, whole: bool = True) -> dict[str, Any]:
    """Read and return the manifest of a run.

    Args:
        output: The run's folder.
        whole: Whether everything that `begin` writes must be present.

    Raises:
        CheckpointError: There is no manifest, or it is damaged.
    """
    path = output / MANIFEST
    try:
        facts = read_json(regular(path).read_bytes(), halves=True)
        check_shape(facts, {"format": int})
        if facts["format"] != FORMAT:
            raise ValueError(f"its format is {facts['format']}, this release reads {FORMAT}")
        check_shape(facts, _WHOLE if whole else _PARTS)
    except (OSError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else exc
        raise CheckpointError(
            f"{path}: not the manifest of a run, got {why}; name an output folder of `kernel train`"
        ) from exc
    manifest: dict[str, Any] = facts
    return manifest


def resume_command(output: Path, code: Sequence[str], use_gpu: int) -> str:
    """Return the command that resumes a run."""
    words = ["kernel", "train", str(output / CONFIG), "--output", str(output), "--resume"]
    for path in code:
        words += ["--code", str(path)]
    return shlex.join([*words, "--gpu-id", str(use_gpu)] if use_gpu >= 0 else words)


def machine() -> dict[str, Any]:
    """Return the facts about this machine that may change the last bits of a result."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "n_blas_threads": blas_threads(),
    }


def versions(config: Config) -> dict[str, str]:
    """Return the versions of the distributions that a run uses, by name."""
    versions_by_name = dict(line.partition("==")[::2] for line in requirements(config))
    versions_by_name["pkg-kernel"] = __version__
    for name in _LIBRARIES:
        try:
            versions_by_name[name] = version(name)
        except PackageNotFoundError:
            continue
    return dict(sorted(versions_by_name.items()))


def other_versions(config: Config, facts: Mapping[str, Any]) -> list[str]:
    """Return which distributions have another version than during a run, or are not installed."""
    installed = versions(config)
    return [
        f"{name} {number} then, {installed.get(name, 'not installed')} now"
        for name, number in facts["versions"].items()
        if installed.get(name) != number
    ]


def _write(facts: Mapping[str, Any], output: Path) -> None:
    with translated(output):
        write_whole(output / MANIFEST, json_bytes(facts, indent=2) + b"\n")
