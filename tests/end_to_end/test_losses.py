"""A component's loss from the config, `[components.NAME.loss]`: rare labels that count more are found more often."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from small import TOK2VEC

import kernel
from kernel import Config, Example
from kernel.config import check_config
from kernel.errors import ConfigError, ModelError
from kernel.language import Language
from kernel.testing import check_on_device
from kernel.util import fix_random_seed

WEIGHTED = {"@losses": "kernel.CrossEntropy.v1", "class_weights": {"RARE": 10.0}}
BINARY = {**WEIGHTED, "@losses": "kernel.BinaryCrossEntropy.v1"}
TEXTCATS = ("textcat", "textcat_multilabel")


def draw(seed: int, n_texts: int = 100) -> list[tuple[list[str], list[str]]]:
    """Texts in which one token in twenty is "x", and one "x" in five is RARE: one token in a hundred."""
    rng = random.Random(seed)
    kinds = ["RARE"] + ["USUAL"] * 4 + ["OTHER"] * 95
    rng.shuffle(drawn := kinds * (n_texts // 10))
    words = [rng.choice("abcd") if tag == "OTHER" else "x" for tag in drawn]
    return [(words[i : i + 10], drawn[i : i + 10]) for i in range(0, len(drawn), 10)]


def annotate(nlp: Language, texts: list[tuple[list[str], list[str]]], factory: str) -> list[Example]:
    if factory in TEXTCATS:
        kinds = ("OTHER", "RARE", "USUAL")
        return [
            Example.from_dict(nlp.make_doc(word), {"cats": {kind: float(kind == tag) for kind in kinds}})
            for words, tags in texts
            for word, tag in zip(words, tags, strict=True)
        ]
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


def model(factory: str) -> dict[str, Any]:
    if factory not in TEXTCATS:
        return {"tok2vec": TOK2VEC}
    settings = {"ngram_size": 1, "no_output_layer": False, "length": 64}
    exclusive = factory == "textcat"
    return {"@architectures": "kernel.TextCatBOW.v1", "exclusive_classes": exclusive, **settings}


def trained(factory: str, loss: dict[str, Any] | None, **settings: Any) -> Language:
    fix_random_seed(0)
    nlp = kernel.blank("xx")
    nlp.add_pipe(factory, config={"model": model(factory), "loss": loss, **settings})
    examples = annotate(nlp, draw(0), factory)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.1 if factory in TEXTCATS else 0.01
    size = len(examples) // 5
    for _ in range(4):
        for start in range(0, len(examples), size):
            nlp.update(examples[start : start + size], sgd=optimizer)
    return nlp


def recall(nlp: Language, factory: str) -> float:
    """The share of RARE tokens, or documents, that are found, in other texts."""
    found = []
    if factory in TEXTCATS:
        for eg in annotate(nlp, draw(1), factory):
            if eg.reference.cats["RARE"]:
                cats = nlp(eg.predicted).cats
                found.append(cats["RARE"] >= (max(cats.values()) if factory == "textcat" else 0.5))
        return sum(found) / len(found)
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
    ("factory", "loss", "label"),
    [
        ("tagger", WEIGHTED, "RARE"),
        ("morphologizer", WEIGHTED, "Kind=RARE"),
        ("ner", WEIGHTED, "*-RARE"),
        ("textcat", WEIGHTED, "RARE"),
        ("textcat_multilabel", BINARY, "RARE"),
    ],
)
def test_weight_ten_raises_the_recall_of_a_label_of_one_percent_by_ten_points(
    factory: str, loss: dict[str, Any], label: str
) -> None:
    usual = recall(trained(factory, None), factory)
    weighted = recall(trained(factory, {**loss, "class_weights": {label: 10.0}}), factory)

    assert weighted >= usual + 0.10


@pytest.mark.parametrize("factory", ["tagger", "morphologizer", "ner", *TEXTCATS])
def test_without_settings_the_loss_of_the_plugin_is_the_usual_one(factory: str) -> None:
    loss = BINARY if factory == "textcat_multilabel" else WEIGHTED
    usual = trained(factory, None)
    chosen = trained(factory, {"@losses": loss["@losses"]})

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


@pytest.mark.parametrize(
    ("factory", "loss", "label"),
    [
        ("tagger", WEIGHTED, "RARE"),
        ("ner", WEIGHTED, "*-RARE"),
        ("textcat", WEIGHTED, "RARE"),
        ("textcat_multilabel", BINARY, "RARE"),
    ],
)
def test_a_loss_computes_on_the_device_of_its_model(factory: str, loss: dict[str, Any], label: str) -> None:
    loss = {**loss, "class_weights": {label: 10.0}, "label_smoothing": 0.05}

    check_on_device(
        factory,
        lambda nlp: annotate(nlp, draw(0, 20), factory),
        config={"model": model(factory), "loss": loss},
    )


@pytest.mark.parametrize(("factory", "loss"), [("textcat", WEIGHTED), ("textcat_multilabel", BINARY)])
def test_categories_that_are_not_known_teach_nothing_by_any_loss(factory: str, loss: dict[str, Any]) -> None:
    nlp = trained(factory, loss)
    component: Any = nlp.get_pipe(factory)
    partly = [
        Example.from_dict(nlp.make_doc("x"), {"cats": cats}) for cats in ({}, {"RARE": 0.0}, {"USUAL": 1.0})
    ]

    _, d_scores = component.get_loss(partly, component.predict([eg.predicted for eg in partly]))

    taught = [[], [1], [0, 1, 2] if factory == "textcat" else [2]]
    assert [list(np.flatnonzero(row)) for row in d_scores] == taught


def test_smoothing_of_categories_keeps_probabilities_away_from_one() -> None:
    sure, smoothed = (
        trained("textcat", {"@losses": "kernel.CrossEntropy.v1", "label_smoothing": share})
        for share in (0.0, 0.4)
    )

    assert smoothed("a").cats["OTHER"] < 0.7 < sure("a").cats["OTHER"]


@pytest.mark.parametrize(
    ("factory", "loss", "message"),
    [
        ("textcat_multilabel", WEIGHTED, r"for any number of right labels.* got one for one right label"),
        ("textcat", BINARY, r"for one right label of many.* got one for any number"),
        ("tagger", BINARY, r"for one right label of many.* got one for any number"),
    ],
)
def test_a_loss_for_the_other_kind_of_labels_is_refused(
    factory: str, loss: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"\[components\.{factory}\]: loss: expected one {message}"):
        trained(factory, loss)


@pytest.mark.parametrize("factory", ["parser", "beam_parser", "beam_ner", "sentencizer"])
def test_a_component_without_a_choice_says_so(factory: str) -> None:
    nlp = kernel.blank("xx").config
    nlp["nlp"]["pipeline"] = [factory]
    nlp["components"] = {factory: {"factory": factory, "loss": WEIGHTED}}

    with pytest.raises(
        ConfigError,
        match=rf"\[components\.{factory}\] loss: no such argument of '{factory}', whose loss cannot be chosen, "
        "got a section; remove it",
    ):
        check_config(nlp, unset_is_fine=True)


def test_a_loss_stands_in_the_saved_config(tmp_path: Any) -> None:
    trained("tagger", WEIGHTED).to_disk(tmp_path / "model")

    assert kernel.load(tmp_path / "model").config["components"]["tagger"]["loss"] == {
        **WEIGHTED,
        "label_smoothing": 0.0,
    }


def test_a_weight_that_is_no_amount_is_named_with_its_label() -> None:
    block = {"factory": "tagger", "loss": {**WEIGHTED, "class_weights": {"RARE": -1.0}}}
    config = Config({"nlp": {"lang": "xx", "pipeline": ["tagger"]}, "components": {"tagger": block}})

    with pytest.raises(ConfigError) as caught:
        check_config(config)

    assert str(caught.value) == (
        "[components.tagger.loss.class_weights] RARE: expected a float, at least 0, got -1.0"
    )


def test_a_weight_for_no_label_is_named() -> None:
    with pytest.raises(
        ConfigError,
        match=r"^\[components\.tagger\.loss\] class_weights: unknown label 'RAER'; "
        "did you mean 'RARE'",
    ):
        trained("tagger", {**WEIGHTED, "class_weights": {"RAER": 10.0}})


def test_smoothing_beside_a_loss_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"\[components\.tagger\]: label_smoothing: expected 0 together with a loss"
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


@kernel.registry.losses("toy.failing.v1")
def failing() -> Any:
    return lambda guesses, truths: guesses @ truths


def test_a_loss_that_fails_is_named() -> None:
    with pytest.raises(ModelError, match=r"\[components\.tagger\.loss\]: the loss failed, got ValueError: "):
        trained("tagger", {"@losses": "toy.failing.v1"})
