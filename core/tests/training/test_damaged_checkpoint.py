"""Checkpoints without checksums, as the first release wrote them, that hold something else: refused, with the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from kernel.errors import CheckpointError
from kernel.training.fit import fit
from kernel.training.runs import manifest
from kernel.training.runs.checkpoint import places, read
from kernel.training.runs.state_checks import check_arrays
from kernel.training.stopping import StopRule


@pytest.fixture
def checkpoint(make_run: Any, tmp_path: Path, streams: Any) -> Path:
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    (place,) = places(tmp_path)
    (place / "checksums.json").unlink()
    return place


def set_at(*path: Any) -> Callable[[Any], None]:
    """Change a value of nested data: keys to it, then the value."""

    def change(data: Any) -> None:
        for key in path[:-2]:
            data = data[key]
        data[path[-2]] = path[-1]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_at("step", "epoch", "0"), "step.epoch must be int, got '0'"),
        (set_at("step", "step", 2**63), "its step is 9223372036854775808, which does not match its name"),
        (set_at("step", "losses", []), "step.losses must be object, got []"),
        (set_at("step", "checkpoints", [3]), "step.checkpoints[0] must be list, got 3"),
        (set_at("step", "unknown", 3), "unexpected keyword argument 'unknown'"),
        (set_at("data", "checksum", None), "data.checksum must be int, got None"),
        (set_at("random", "numpy", []), "the states of the random generators cannot be set"),
        (
            set_at("random", "numpy", 2, 10**6),
            "the states of the random generators cannot be set, position 1000000 of",
        ),
        (set_at("random", "python", 1, 3), "the states of the random generators cannot be set"),
        (
            set_at("learned", "schedules", {"learn_rate": "x"}),
            "learned.schedules.learn_rate must be int, got 'x'",
        ),
        (set_at("learned", "rates", []), "learned.rates must be object, got []"),
        (set_at("logger", None), "logger must be object, got None"),
        (set_at("logger", "log", {"kind": 3}), "logger.kind must be str or null, got 3"),
        (set_at("performance", "x"), "performance must be object, got 'x'"),
        (set_at("format", "1"), "format must be int, got '1'"),
    ],
)
def test_a_state_of_another_shape_is_named(checkpoint: Path, change: Any, message: str) -> None:
    state = json.loads((checkpoint / "state.json").read_text("utf-8"))
    change(state)
    (checkpoint / "state.json").write_text(json.dumps(state), "utf-8")

    with pytest.raises(CheckpointError) as caught:
        read(checkpoint)

    assert str(caught.value).startswith(f"{checkpoint}: the checkpoint cannot be read, ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "data", ["[" * 5000, '{"a":' * 5000, "3", "{}", '{"format": NaN}', '{"x": "\\ud800"}']
)
def test_a_state_that_is_no_state_is_one_error(checkpoint: Path, data: str) -> None:
    (checkpoint / "state.json").write_text(data, "utf-8")

    with pytest.raises(CheckpointError, match=r": the checkpoint cannot be read, "):
        read(checkpoint)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays, name: arrays.pop(f"mom2/{name}"), "mom2/NAME: expected an array, got nothing"),
        (
            lambda arrays, name: arrays.update({"mom1/x": np.zeros(3)}),
            "mom1/x: expected an array of a parameter",
        ),
        (
            lambda arrays, name: arrays.update({f"other/{name}": np.zeros(3)}),
            "expected an array of a checkpoint",
        ),
        (
            lambda arrays, name: arrays.update({f"mom1/{name}": np.zeros(1, "f4")}),
            r"mom1/NAME: expected float32 of shape \(.*\), got float32 of shape \(1,\)",
        ),
        (
            lambda arrays, name: arrays.update({f"mom1/{name}": arrays[f"mom1/{name}"].astype("f8")}),
            "mom1/NAME: expected float32 of shape .*, got float64",
        ),
        (
            lambda arrays, name: arrays.update({f"weights/{name}": arrays[f"weights/{name}"].astype("f8")}),
            "weights/NAME: expected float32 of shape .*, got float64",
        ),
        (
            lambda arrays, name: arrays.update({f"noted/{name}": np.array([-1])}),
            "noted/NAME: expected whole numbers from 0 to",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_named(
    checkpoint: Path, make_run: Any, streams: Any, change: Any, message: str
) -> None:
    arrays = load_file(checkpoint / "arrays.safetensors")
    name = next(full[5:] for full in arrays if full.startswith("mom1/"))
    change(arrays, name)
    save_file(arrays, checkpoint / "arrays.safetensors")
    output = checkpoint.parents[1]
    (output / "manifest.json").write_text('{"format": 1}', "utf-8")

    with pytest.raises(
        CheckpointError, match=rf"^--resume: the checkpoint is damaged .*{message.replace('NAME', name)}"
    ):
        fit(make_run(rule=StopRule(max_steps=6)), output, resume=True, **streams)


ROWS = {
    "weights/t/0/E": np.zeros((4, 2), "f4"),
    "mom1/t/0/E": np.zeros(8, "f4"),
    "mom2/t/0/E": np.zeros(8, "f4"),
    "rows/t/0/E/last": np.array([0, 1, 2, 0]),
    "rows/t/0/E/moved": np.zeros(3),
    "rows/t/0/E/shrunk": np.ones(3),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows/t/0/E/last": np.array([0, 1, 3, 0])}, "rows/t/0/E/last: expected whole numbers from 0 to 2"),
        ({"rows/t/0/E/last": np.array([0, 1])}, "rows/t/0/E/last: expected 4 numbers"),
        ({"rows/t/0/E/last": np.zeros(4)}, "rows/t/0/E/last: expected whole numbers"),
        ({"rows/t/0/E/moved": np.zeros(10_000)}, "rows/t/0/E/moved: expected 1 to 513 numbers"),
        ({"rows/t/0/E/shrunk": None}, "rows/t/0/E/shrunk: expected one number per row or step, got nothing"),
        ({"mom1/t/0/E": None, "mom2/t/0/E": None}, "mom1/t/0/E: expected an array, got nothing"),
    ],
)
def test_what_rows_have_missed_is_checked(change: dict[str, Any], message: str) -> None:
    check_arrays(ROWS, {"t/0/E": "float32"}, [])
    changed = {name: array for name, array in {**ROWS, **change}.items() if array is not None}

    with pytest.raises(CheckpointError, match=message):
        check_arrays(changed, {"t/0/E": "float32"}, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 5000, "nested more than 100 levels deep"),
        ("[]", r"it must be object, got \[\]"),
        ("{}", "format is missing"),
        ('{"format": 2}', "its format is 2, this release reads 1"),
        ('{"format": 1}', "started is missing"),
    ],
)
def test_a_manifest_of_another_shape_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "manifest.json").write_text(text, "utf-8")

    with pytest.raises(CheckpointError, match=rf"manifest\.json: not the manifest of a run, got {message}"):
        manifest.read(tmp_path)
