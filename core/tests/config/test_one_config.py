"""However its values arrive, the same values are the same config."""

from __future__ import annotations

import json
import shlex
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.config import Config, fill_config, make_plan
from kernel.config.overrides import given_overrides

START: dict[str, Any] = {
    "nlp": {"lang": "en", "pipeline": ["labeller"]},
    "components": {"labeller": {"factory": "labeller"}},
    "training": {"optimizer": {"@optimizers": "Adam.v1"}},
}

VALUES = st.fixed_dictionaries(
    {},
    optional={
        "paths.train": st.none() | st.text(st.characters(codec="utf-8", exclude_characters="$"), max_size=12),
        "system.seed": st.none() | st.integers(0, 2**31),
        "nlp.batch_size": st.integers(1, 10**6),
        "training.seed": st.just("${system.seed}") | st.integers(0, 9),
        "training.dropout": st.floats(0, 1),
        "training.patience": st.integers(200, 10**6),
        "training.max_epochs": st.integers(-1, 9),
        "training.frozen_components": st.sampled_from([[], ["labeller"]]),
        "training.optimizer.learn_rate": st.floats(0, 10),
        "training.optimizer.use_averages": st.booleans(),
        "components.labeller.overwrite": st.booleans(),
        "components.labeller.smoothing": st.floats(0, 1),
    },
)


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """The start with values set at dotted paths."""
    tree: dict[str, Any] = json.loads(json.dumps(START))
    for path, value in values.items():
        *parents, key = path.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[key] = value
    return tree


def words(values: dict[str, Any]) -> list[str]:
    """The same values as words of a command line."""
    return [
        f"--{path}={value if _is_variable(value) else json.dumps(value)}" for path, value in values.items()
    ]


def _is_variable(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("${")


@given(VALUES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_file_command_line_environment_and_dictionary_give_one_config(
    tmp_path_factory: Any, monkeypatch: Any, values: dict[str, Any]
) -> None:
    whole, start = (tmp_path_factory.mktemp("c") / name for name in ("whole.cfg", "start.cfg"))
    Config(nested(values), is_interpolated=False).to_disk(whole)
    Config(START, is_interpolated=False).to_disk(start)
    with monkeypatch.context() as patch:
        patch.setenv("KERNEL_CONFIG_OVERRIDES", shlex.join(words(values)))
        by_environment = make_plan(start, given_overrides([])).given
    ways = [
        by_environment,
        make_plan(whole).given,
        make_plan(start, given_overrides(words(values))).given,
        make_plan(start, values).given,
        make_plan(nested(values)).given,
    ]

    filled = [fill_config(way) for way in ways]
    assert all(one.interpolate() == filled[0].interpolate() for one in filled)
    assert len({one.hash() for one in filled}) == 1


@given(VALUES, VALUES)
@settings(max_examples=25, deadline=None)
def test_a_hash_is_of_the_values_and_of_nothing_else(first: dict[str, Any], second: dict[str, Any]) -> None:
    one, two = (make_plan(nested(values)).values for values in (first, second))

    assert (one.hash() == two.hash()) == (json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True))
    assert Config(dict(reversed(list(one.items())))).hash() == one.hash()
