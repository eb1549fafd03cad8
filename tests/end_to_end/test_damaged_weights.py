"""Weights of every component of the house: an array that does not fit is refused by file and name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import house
import numpy as np
import pytest
from safetensors.numpy import load, save

import kernel
from kernel.errors import KernelError
from kernel.language import Language

LEARNING = [name for name in house.COMPONENTS if name != "sentencizer"]


@pytest.fixture(scope="module", params=LEARNING)
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Language, Path]:
    nlp = house.trained(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    nlp.to_disk(folder)
    return nlp, folder


def truncated(array: Any) -> Any:
    return array[:-1].copy()


def with_nan(array: Any) -> Any:
    array = array.copy()
    array.reshape(-1)[-1] = np.nan
    return array


def doubled(array: Any) -> Any:
    return array.astype("float64")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (truncated, "does not fit the model, expected shape"),
        (with_nan, "holds numbers that are not finite, got nan"),
        (doubled, "must be of float32, got float64"),
    ],
)
def test_each_array_is_checked(
    saved: tuple[Language, Path], change: Callable[[Any], Any], message: str
) -> None:
    nlp, folder = saved
    name = nlp.pipe_names[0]
    file = folder / name / "model.safetensors"
    data = file.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    arrays = {key: np.array(array) for key, array in load(data).items()}
    try:
        for key in house.weights(nlp.get_pipe(name)):
            file.write_bytes(save({**arrays, key: change(arrays[key])}, metadata=header))
            with pytest.raises(KernelError) as caught:
                Language.from_config(nlp.config, validate=False).from_disk(folder, verify=False)
            assert str(caught.value).startswith(f"{file}: ")
            assert repr(key) in str(caught.value)
            assert message in str(caught.value)
    finally:
        file.write_bytes(data)


def test_whole_weights_return(saved: tuple[Language, Path]) -> None:
    nlp, folder = saved

    other = Language.from_config(nlp.config, validate=False).from_disk(folder)

    theirs = house.weights(other.get_pipe(nlp.pipe_names[0]))
    for key, array in house.weights(nlp.get_pipe(nlp.pipe_names[0])).items():
        np.testing.assert_array_equal(theirs[key], array)


def test_what_has_learnt_nothing_yet_returns(tmp_path: Path) -> None:
    for name in LEARNING:
        nlp = Language.from_config({"nlp": {"lang": "en"}})
        factory, config = house.COMPONENTS[name]
        nlp.add_pipe(factory, name=name, config=config)
        nlp.to_disk(tmp_path / name)

        other = Language.from_config(nlp.config, validate=False).from_disk(tmp_path / name)

        assert other.pipe_labels == nlp.pipe_labels


@pytest.mark.parametrize(
    ("cfg", "message"),
    [
        ({"labels": ["A", "B"]}, "expected 2 scores, one for each label or action, got 3"),
        ({"labels": ["A", "A", "B"]}, "expected distinct strings as labels"),
        ({"labels": ["A", 1, "B"]}, "expected distinct strings as labels"),
        ({"overwrite": "yes"}, "overwrite: expected a value of the same type as False, got 'yes'"),
        ({"label_smoothing": True}, "label_smoothing: expected a value of the same type as 0.0, got True"),
        ({"neg_prefix": 3}, "neg_prefix: expected a value of the same type as '!', got 3"),
    ],
)
def test_settings_that_do_not_fit_are_refused_by_file(
    tmp_path: Path, cfg: dict[str, Any], message: str
) -> None:
    nlp = kernel.blank("en")
    tagger = nlp.add_pipe("tagger")
    for label in "ABC":
        tagger.add_label(label)
    nlp.initialize()
    nlp.to_disk(tmp_path)
    file = tmp_path / "tagger" / "cfg.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf8")), **cfg}), "utf8")

    with pytest.raises(KernelError) as caught:
        Language.from_config(nlp.config, validate=False).from_disk(tmp_path, verify=False)

    assert str(caught.value).startswith(f"{tmp_path / 'tagger'}")
    assert "cfg.json" in str(caught.value)
    assert message in str(caught.value)
