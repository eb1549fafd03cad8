"""A component's loss from the config, `[components.NAME.loss]`: rare labels that count more are found more often."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from small import TOK2VEC

import kernel
from kernel import Example
from kernel.errors import ConfigError, ModelError
from kernel.language import Language
from kernel.testing import check_on_device
from kernel.util import fix_random_seed

WEIGHTED = {"@losses": "kernel.CrossEntropy.v1", "class_weights": {"RARE": 10.0}}


def draw(seed: int, n_texts: int = 100) -> list[tuple[list[str], list[str]]]:
    """Texts in which one token in twenty is "x", and one "x" in five is RARE: one token in a hundred."""
    rng = random.Random(seed)
    kinds = ["RARE"] + ["USUAL"] * 4 + ["OTHER"] * 95
    rng.shuffle(drawn := kinds * (n_texts // 10))
    words = [rng.choice("abcd") if tag == "OTHER" else "x" for tag in drawn]
    return [(words[i : i + 10], drawn[i : i + 10]) for i in range(0, len(drawn), 10)]


def annotate(nlp: Language, texts: list[tuple[list[str], list[str]]], factory: str) -> list[Example]:
    keys = {"tagger": "tags", "morphologizer": "morphs", "ner": "entities"}
    change = {
        "tagger": lambda tag: tag,
        "morphologizer": lambda tag: f"Kind={tag}",
        "ner": lambda tag: "O" if tag == "OTHER" else f"U-{tag}",
    }[factory]
    return [
        Example.from_dict(nlp.make_doc(" ".join(words)), {keys[factory]: [change(tag) for tag in tags]})
        for words, tags in texts
    ]


def trained(factory: str, loss: dict[str, Any] | None, **settings: Any) -> Language:
    fix_random_seed(0)
    nlp = kernel.blank("xx")
    nlp.add_pipe(factory, config={"model": {"tok2vec": TOK2VEC}, "loss": loss, **settings})
    examples = annotate(nlp, draw(0), factory)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    for _ in range(6):
        for start in range(0, len(examples), 20):
            nlp.update(examples[start : start + 20], sgd=optimizer)
    return nlp


def recall(nlp: Language, factory: str) -> float:
    """The share of RARE tokens that are found, in other texts."""
    found = []
    for words, tags in draw(1):
        doc = nlp(" ".join(words))
        guesses = {
            "tagger": lambda token: token.tag_,
            "morphologizer": lambda token: str(token.morph).removeprefix("Kind="),
            "ner": lambda token: token.ent_type_,
        }[factory]
        found += [guesses(token) == "RARE" for token, tag in zip(doc, tags, strict=True) if tag == "RARE"]
    return sum(found) / len(found)


@pytest.mark.parametrize(
    ("factory", "label"), [("tagger", "RARE"), ("morphologizer", "Kind=RARE"), ("ner", "*-RARE")]
)
def test_weight_ten_raises_the_recall_of_a_label_of_one_percent_by_ten_points(
    factory: str, label: str
) -> None:
    usual = recall(trained(factory, None), factory)
    weighted = recall(trained(factory, {**WEIGHTED, "class_weights": {label: 10.0}}), factory)

    assert weighted >= usual + 0.10


@pytest.mark.parametrize("factory", ["tagger", "morphologizer", "ner"])
def test_without_settings_the_loss_of_the_plugin_is_the_usual_one(factory: str) -> None:
    usual = trained(factory, None)
    chosen = trained(factory, {"@losses": "kernel.CrossEntropy.v1"})

    for one, other in zip(
        usual.get_pipe(factory).model.walk(), chosen.get_pipe(factory).model.walk(), strict=True
    ):
        for param in one.param_names:
            np.testing.assert_allclose(one.get_param(param), other.get_param(param), atol=2e-3)


def test_smoothing_is_the_taggers_own() -> None:
    own = trained("tagger", None, label_smoothing=0.1).get_pipe("tagger").model.get_ref("output")
    chosen = trained("tagger", {"@losses": "kernel.CrossEntropy.v1", "label_smoothing": 0.1})

    W = chosen.get_pipe("tagger").model.get_ref("output").get_param("W")
    np.testing.assert_allclose(own.get_param("W"), W, atol=2e-3)


def test_thincs_losses_can_be_named() -> None:
    nlp = trained("tagger", {"@losses": "L2Distance.v1", "normalize": False})

    assert nlp("a b")[0].tag_ == "OTHER"


def test_tokens_without_a_gold_label_teach_nothing_by_any_loss() -> None:
    nlp = trained("tagger", WEIGHTED)
    before = nlp.get_pipe("tagger").to_bytes()
    unknown = Example.from_dict(nlp.make_doc("a x"), {"tags": ["", ""]})

    losses = nlp.update([unknown], sgd=False)

    assert losses == {"tagger": 0.0}
    assert nlp.get_pipe("tagger").to_bytes() == before


@pytest.mark.parametrize(("factory", "label"), [("tagger", "RARE"), ("ner", "*-RARE")])
def test_a_loss_computes_on_the_device_of_its_model(factory: str, label: str) -> None:
    loss = {**WEIGHTED, "class_weights": {label: 10.0}, "label_smoothing": 0.05}

    check_on_device(
        factory,
        lambda nlp: annotate(nlp, draw(0, 20), factory),
        config={"model": {"tok2vec": TOK2VEC}, "loss": loss},
    )


def test_a_loss_stands_in_the_saved_config(tmp_path: Any) -> None:
    trained("tagger", WEIGHTED).to_disk(tmp_path / "model")

    assert kernel.load(tmp_path / "model").config["components"]["tagger"]["loss"] == {
        **WEIGHTED,
        "label_smoothing": 0.0,
    }


def test_a_weight_for_no_label_is_named() -> None:
    with pytest.raises(
        ConfigError, match=r"class_weights: no label is called 'RAER', got 10.0; did you mean 'RARE'"
    ):
        trained("tagger", {**WEIGHTED, "class_weights": {"RAER": 10.0}})


def test_smoothing_beside_a_loss_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"\[components\.tagger\] label_smoothing: a setting of the usual loss"
    ):
        trained("tagger", WEIGHTED, label_smoothing=0.1)


@kernel.registry.losses("toy.wrong.v1")
def wrong() -> Any:
    return lambda guesses, truths: 1.0


def test_a_loss_that_returns_something_else_is_named() -> None:
    with pytest.raises(
        ModelError, match=r"\[components\.tagger\.loss\]: a loss must return a gradient of shape .* got float"
    ):
        trained("tagger", {"@losses": "toy.wrong.v1"})
