"""The manifest of a run: what it was made of and how it ended, as JSON beside the models."""

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
#: Distributions whose version may change the last bits of a result, beside those that the config names.
_LIBRARIES = ("numpy", "thinc", "confection", "safetensors")
#: What `read` gives.
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
#: Runs of 0.1.0 have no digest of their settings.
_PARTS = {f"{key}?": shape for key, shape in _SHAPE.items()} | {"settings?": str}
_WHOLE = {**_SHAPE, "settings?": str}


def begin(plan: Plan, output: Path, data: Data, use_gpu: int, *, resumed: bool) -> None:
    """Write what a run is made of, before its first step.

    Args:
        plan: The run's config, and the files that were imported for it.
        output: The run's folder.
        data: What `data_of` found.
        use_gpu: Number of the GPU, -1 for the CPU.
        resumed: Whether it goes on with the run in the folder, whose first lines stay.
    """
    before = read(output) if resumed else {}
    now = datetime.now(timezone.utc).isoformat()
    facts = {
        "format": FORMAT,
        "started": before.get("started", now),
        "resumed": [*before.get("resumed", []), now] if resumed else [],
        "seed": plan.values["training"]["seed"],
        "command": sys.argv,
        "go_on": go_on(output, plan.code, use_gpu),
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


def note_logger(output: Path, state: Any) -> None:
    """Add where the logger of a run begins; nothing where there is no manifest."""
    if (output / MANIFEST).is_file():
        _write({**read(output, whole=False), "logger": state}, output)


def place_of_logger(output: Path) -> Any:
    """Give what `note_logger` has added; None where the run was killed before it could."""
    return read(output, whole=False).get("logger")


def end(output: Path, stopped: Stopped, step: int | None) -> None:
    """Add how a run ended and the digests of what it left; nothing where there is no manifest."""
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
    """Read the manifest of a run.

    Args:
        output: The run's folder.
        whole: Whether everything that `begin` writes must be there.

    Raises:
        CheckpointError: There is none, or it is damaged.
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
            f"{path}: not the manifest of a run, got {why}; give a folder of `kernel train`"
        ) from exc
    found: dict[str, Any] = facts
    return found


def go_on(output: Path, code: Sequence[str], use_gpu: int) -> str:
    """Write down the command that goes on with a run."""
    words = ["kernel", "train", str(output / CONFIG), "--output", str(output), "--resume"]
    for path in code:
        words += ["--code", str(path)]
    return shlex.join([*words, "--gpu-id", str(use_gpu)] if use_gpu >= 0 else words)


def machine() -> dict[str, Any]:
    """Say where a run is made, as far as it may change the last bits."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "n_blas_threads": blas_threads(),
    }


def versions(config: Config) -> dict[str, str]:
    """Name the distributions that have a part in a run, with their versions."""
    found = dict(line.partition("==")[::2] for line in requirements(config))
    found["pkg-kernel"] = __version__
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return dict(sorted(found.items()))


def other_versions(config: Config, facts: Mapping[str, Any]) -> list[str]:
    """Say which distributions have another version than they had for a run, or are gone."""
    installed = versions(config)
    return [
        f"{name} {number} then, {installed.get(name, 'not installed')} now"
        for name, number in facts["versions"].items()
        if installed.get(name) != number
    ]


def _write(facts: Mapping[str, Any], output: Path) -> None:
    with translated(output):
        write_whole(output / MANIFEST, json_bytes(facts, indent=2) + b"\n")
