"""Groups of parameters with their own learning rate, or none: `[training.optimizer.groups.NAME]`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import LISTENER, TOK2VEC, sentences

import kernel
from kernel import Config, Example
from kernel.errors import ConfigError
from kernel.language import Language
from kernel.pipeline.optim.optimizer import adam
from kernel.pipeline.optim.optimizer_rules import radam, sgd
from kernel.tokens import DocBin
from kernel.training import train


def pipeline() -> tuple[Language, list[Example]]:
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe("tagger", config={"model": {"tok2vec": LISTENER}})
    kernel.util.fix_random_seed(3)
    examples = sentences(nlp)
    nlp.initialize(lambda: examples)
    return nlp, examples


def weights(nlp: Language, name: str) -> dict[tuple[int, str, str], Any]:
    """Copies of the parameters of a component."""
    nodes = enumerate(nlp.get_pipe(name).model.walk())
    return {
        (index, node.name, param): node.get_param(param).copy()
        for index, node in nodes
        for param in node.param_names
        if node.has_param(param)
    }


def steps(
    groups: dict[str, Any], n_steps: int = 12, make: Any = adam, **settings: Any
) -> tuple[Language, dict[str, Any]]:
    """Train with some groups; give the pipeline, and the weights of before."""
    nlp, examples = pipeline()
    before = {name: weights(nlp, name) for name in nlp.pipe_names}
    optimizer = make(0.01, L2=0.1, groups=groups, **settings)
    for step in range(n_steps):
        # Other words each time, so that rows of the tables are stepped lazily.
        nlp.update([examples[step % 3]], sgd=optimizer, drop=0.1)
        optimizer.step_schedules()
    return nlp, before


def moved(nlp: Language, before: dict[str, Any], name: str) -> dict[str, bool]:
    """Say of each parameter, "layer/parameter", whether any bit of it is other than before."""
    after = weights(nlp, name)
    found: dict[str, bool] = {}
    for (index, layer, param), old in before[name].items():
        key = f"{layer}/{param}"
        found[key] = found.get(key, False) or old.tobytes() != after[index, layer, param].tobytes()
    return found


@pytest.mark.parametrize("use_averages", [False, True])
@pytest.mark.parametrize("make", [adam, radam, sgd])
def test_a_group_without_a_rate_keeps_its_weights_bit_by_bit(make: Any, use_averages: bool) -> None:
    group = {"components": ["tok2vec"], "learn_rate": 0.0}

    nlp, before = steps({"still": group}, make=make, use_averages=use_averages)

    assert not any(moved(nlp, before, "tok2vec").values())
    assert all(moved(nlp, before, "tagger").values())


def test_patterns_of_parameters_take_tables_of_embeddings_alone() -> None:
    nlp, before = steps(
        {"tables": {"components": ["tok*"], "params": ["*embed/E*"], "learn_rate": 0.0}}, use_averages=False
    )
    found = moved(nlp, before, "tok2vec")

    tables = {key: did for key, did in found.items() if key.startswith("multi_hash_embed/")}
    assert tables == dict.fromkeys((f"multi_hash_embed/E{i}" for i in range(4)), False)
    assert all(did for key, did in found.items() if key not in tables)


def test_the_first_group_that_has_a_parameter_counts() -> None:
    groups = {
        "biases": {"components": ["*"], "params": ["*/b"], "learn_rate": 0.01},
        "rest": {"components": ["tagger"], "learn_rate": 0.0},
    }
    nlp, before = steps(groups)

    assert moved(nlp, before, "tagger") == {"softmax/W": False, "softmax/b": True}


def test_a_group_steps_with_its_rate_as_if_it_were_everybodys() -> None:
    apart, _ = steps(
        {
            "slow": {"components": ["tagger"], "learn_rate": 0.001},
            "no": {"components": ["tok2vec"], "learn_rate": 0},
        }
    )
    nlp, examples = pipeline()
    optimizer = adam(0.001, L2=0.1, groups={"no": {"components": ["tok2vec"], "learn_rate": 0}})
    for step in range(12):
        nlp.update([examples[step % 3]], sgd=optimizer, drop=0.1)

    for key, array in weights(nlp, "tagger").items():
        np.testing.assert_array_equal(array, weights(apart, "tagger")[key])


def test_a_groups_rate_may_be_a_schedule() -> None:
    optimizer = adam(0.5, groups={"warm": {"components": ["a"], "learn_rate": [0.1, 0.2, 0.3]}})
    seen = []
    for _ in range(4):
        optimizer.bind("a", None)
        seen.append(getattr(optimizer, optimizer.groups[0].attribute))
        optimizer.step_schedules()

    assert seen == [0.1, 0.2, 0.3, 0.3]


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ({"components": ["tagger"]}, r"groups\.one\] learn_rate: required, got nothing"),
        (
            {"components": ["tagger"], "learn_rate": -1},
            r"groups\.one\] learn_rate: expected a float, at least 0",
        ),
        (
            {"components": "tagger", "learn_rate": 1},
            r"groups\.one\] components: expected a list .* got 'tagger'",
        ),
        ({"learn_rate": 1}, r"groups\.one\] components: expected a list of names or patterns, got None"),
        ({"components": ["tagger"], "learn_rte": 1}, r"groups\.one\] learn_rte: no such key.*'learn_rate'"),
    ],
)
def test_a_wrong_group_is_named(group: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        adam(0.1, groups={"one": group})


CONFIG = """
[nlp]
lang = "xx"
pipeline = ["tok2vec", "tagger"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "kernel.HashEmbedCNN.v1"
pretrained_vectors = null
width = 16
depth = 1
embed_size = 100
window_size = 1
maxout_pieces = 2
subword_features = true

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "kernel.Tagger.v1"

[components.tagger.model.tok2vec]
@architectures = "kernel.Tok2VecListener.v1"
width = 16

[training]
max_steps = 8
eval_frequency = 4

[training.optimizer]
@optimizers = "Adam.v1"

[training.optimizer.groups]

[training.optimizer.groups.shared]
components = ["tok2vec"]

[training.optimizer.groups.shared.learn_rate]
@schedules = "compounding.v1"
start = 0.001
stop = 0.1
compound = 1.5
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Language]:
    nlp = kernel.blank("xx")
    docs = [eg.reference for eg in sentences(nlp)]
    DocBin(docs=docs).to_disk(tmp_path / "data.spacy")

    def run(output: str, resume: bool = False, **overrides: Any) -> Language:
        data = str(tmp_path / "data.spacy")
        changes = {f"training.{key}": value for key, value in overrides.items()}
        return train(
            Config().from_str(CONFIG),
            tmp_path / output,
            overrides={"paths.train": data, "paths.dev": data, **changes},
            resume=resume,
        )

    return run


def test_a_run_that_goes_on_has_the_groups_rate_of_where_it_was(run: Callable[..., Language]) -> None:
    whole = run("whole")
    run("halves", max_steps=4)
    halves = run("halves", resume=True)

    assert halves.get_pipe("tok2vec").to_bytes() == whole.get_pipe("tok2vec").to_bytes()


def test_a_group_that_no_parameter_belongs_to_is_named(run: Callable[..., Language]) -> None:
    with pytest.raises(
        ConfigError,
        match=r"groups\.shared\]: no parameter belongs to it, got components \['tok3vec'\].*'tok2vec'",
    ):
        run("none", **{"optimizer.groups.shared.components": ["tok3vec"]})
