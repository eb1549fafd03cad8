"""The text classifiers: what they learn from, what they write, what they keep."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import LISTENER, TOK2VEC, train_on

import kernel
from kernel.config import recommend_config
from kernel.errors import DataError
from kernel.language import Language
from kernel.testing.runs.components import check_component, check_on_device
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from pkg_textcat.gold import read_gold

TEXTS = [
    ("we love this great film", "good"),
    ("what a wonderful day", "good"),
    ("this is bad and awful", "bad"),
    ("they hate the terrible weather", "bad"),
]


def bow(exclusive=True, **settings):
    return {
        "@architectures": "kernel.TextCatBOW.v1",
        "exclusive_classes": exclusive,
        "ngram_size": 1,
        "no_output_layer": False,
        "length": 512,
        **settings,
    }


def models(exclusive):
    own = {"exclusive_classes": exclusive, "tok2vec": TOK2VEC}
    uses = {f"use_reduce_{kind}": True for kind in ("first", "last", "max", "mean")}
    return {
        "bow": bow(exclusive, ngram_size=3),
        "cnn": {"@architectures": "kernel.TextCatCNN.v1", **own},
        "reduce": {"@architectures": "kernel.TextCatReduce.v1", **own, **uses},
        "ensemble": {
            "@architectures": "kernel.TextCatEnsemble.v1",
            "tok2vec": TOK2VEC,
            "linear_model": bow(exclusive),
        },
        "attention": {"@architectures": "kernel.TextCatParametricAttention.v1", **own},
    }


def pipeline(factory="textcat", model=None):
    nlp = kernel.blank("xx")
    nlp.add_pipe(factory, config={"model": model or bow(factory == "textcat")})
    return nlp


def examples(nlp, texts=TEXTS):
    """One-hot categories of texts."""
    labels = sorted({label for _, label in texts})
    return [
        Example.from_dict(nlp.make_doc(text), {"cats": {label: float(label == right) for label in labels}})
        for text, right in texts
    ]


def with_cats(nlp, *cats):
    return [
        Example.from_dict(nlp.make_doc(f"text number {i}"), {"cats": each}) for i, each in enumerate(cats)
    ]


def best(doc):
    return max(doc.cats, key=doc.cats.get)


@pytest.mark.parametrize("name", models(True))
@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_a_component_does_what_components_must(factory, name):
    config = {"model": models(factory == "textcat")[name]}

    check_component(factory, examples, config=config)


@pytest.mark.parametrize("name", models(True))
@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_a_component_computes_the_same_on_a_device(factory, name):
    check_on_device(factory, examples, config={"model": models(factory == "textcat")[name]})


def with_vectors(nlp):
    """The examples, in a pipeline whose vocabulary has a vector for each of their words."""
    rng = np.random.default_rng(0)
    egs = examples(nlp)
    for word in sorted({token.text for eg in egs for token in eg.predicted}):
        nlp.vocab.set_vector(word, rng.normal(size=8).astype("f"))
    return egs


def test_the_classifier_for_few_examples_does_what_components_must():
    model = {"@architectures": "kernel.TextCatLowData.v1", "width": 8, "dropout": None}

    check_component("textcat_multilabel", with_vectors, config={"model": model})
    check_on_device("textcat_multilabel", with_vectors, config={"model": model})


@pytest.mark.parametrize("name", models(True))
def test_it_learns_one_label_a_document(name):
    nlp = pipeline(model=models(True)[name])
    train_on(nlp, examples(nlp))

    docs = list(nlp.pipe(text for text, _ in TEXTS))

    assert nlp.get_pipe("textcat").labels == ("bad", "good")
    assert [best(doc) for doc in docs] == [label for _, label in TEXTS]
    assert all(sum(doc.cats.values()) == pytest.approx(1.0, abs=1e-5) for doc in docs)


def test_it_learns_any_number_of_labels_a_document():
    nlp = pipeline("textcat_multilabel")
    wanted = [{"a": 1, "b": 1}, {"a": 0, "b": 0}, {"a": 1, "b": 0}, {"a": 0, "b": 1}]
    egs = [
        Example.from_dict(nlp.make_doc(text), {"cats": cats})
        for (text, _), cats in zip(TEXTS, wanted, strict=True)
    ]
    train_on(nlp, egs, steps=60)

    found = [{label: int(score >= 0.5) for label, score in nlp(text).cats.items()} for text, _ in TEXTS]

    assert found == wanted
    assert nlp.evaluate(egs)["cats_micro_f"] == 1.0


def loss_of(nlp, *cats):
    """Give the loss and the gradient of documents whose labels all have the same score."""
    component = nlp.get_pipe(nlp.pipe_names[0])
    scores = np.full((len(cats), len(component.labels)), 0.25, dtype="f")
    return component.get_loss(with_cats(nlp, *cats), scores)


def labelled(factory, *labels):
    nlp = pipeline(factory)
    nlp.initialize(lambda: with_cats(nlp, *({label: 1.0} for label in labels)))
    return nlp


def test_of_exclusive_labels_those_that_are_not_named_are_wrong():
    _, d_scores = loss_of(labelled("textcat", "a", "b", "c"), {"a": 1.0}, {"a": 1.0, "b": 0.0, "c": 0.0})

    np.testing.assert_allclose(d_scores, [[-0.75, 0.25, 0.25]] * 2)


def test_a_document_that_names_no_right_label_teaches_only_what_it_names():
    loss, d_scores = loss_of(labelled("textcat", "a", "b", "c"), {}, {"b": 0.0})

    np.testing.assert_allclose(d_scores, [[0, 0, 0], [0, 0.25, 0]])
    assert loss == pytest.approx(0.25**2 / 6)


def test_of_several_labels_those_that_are_not_named_teach_nothing():
    _, d_scores = loss_of(labelled("textcat_multilabel", "a", "b", "c"), {"a": 1.0, "b": 0}, {}, {"c": True})

    np.testing.assert_allclose(d_scores, [[-0.75, 0.25, 0], [0, 0, 0], [0, 0, -0.75]])


def test_a_label_that_came_too_late_teaches_nothing_and_is_named_once(caplog):
    nlp = labelled("textcat", "a", "b")
    with caplog.at_level(logging.WARNING):
        _, d_scores = loss_of(nlp, {"z": 1.0}, {"a": 1.0, "z": 0.0})
        loss_of(nlp, {"z": 1.0})

    np.testing.assert_allclose(d_scores, [[0, 0], [-0.75, 0.25]])
    assert [record.getMessage() for record in caplog.records] == [
        "textcat: unknown category 'z' in the gold annotation; it teaches nothing"
    ]


def test_a_label_that_no_document_has_is_never_predicted():
    nlp = pipeline()
    egs = examples(nlp)
    optimizer = nlp.initialize(lambda: egs)
    nlp.get_pipe("textcat").add_label("ugly")
    for _ in range(30):
        nlp.update(egs, sgd=optimizer)

    assert [best(nlp(text)) for text, _ in TEXTS] == [label for _, label in TEXTS]
    assert nlp(TEXTS[0][0]).cats["ugly"] < 0.01


@pytest.mark.parametrize("when", ["initialize", "update"])
def test_exclusive_labels_of_which_several_hold_are_refused_with_the_document(when):
    nlp = pipeline()
    egs = with_cats(nlp, {"a": 1.0, "b": 0.0}, {"a": 1.0, "b": 1.0})
    if when == "update":
        nlp.initialize(lambda: egs[:1])

    with pytest.raises(DataError) as caught:
        nlp.initialize(lambda: egs) if when == "initialize" else nlp.update(egs, sgd=False)

    assert str(caught.value) == (
        "textcat: document 2, 'text number 1': expected at most one category, got 'a', 'b'; "
        "keep one, or use textcat_multilabel"
    )


@pytest.mark.parametrize("value", [0.5, -1, float("nan"), "yes", None])
@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_a_category_that_is_neither_0_nor_1_is_refused_with_the_document(factory, value):
    nlp = pipeline(factory)
    egs = with_cats(nlp, {"a": 1.0, "b": 0.0}, {"b": 0.0})
    egs[1].reference.cats["a"] = value

    with pytest.raises(DataError, match=f"^{factory}: document 2, 'text number 1': expected categories of 1"):
        nlp.initialize(lambda: egs)


@pytest.mark.parametrize(
    ("factory", "cats", "message"),
    [
        ("textcat", {}, "no document of the training data has a category"),
        ("textcat", {"a": 1.0}, r"expected at least two labels, got \['a'\]"),
        ("textcat_multilabel", {}, "no document of the training data has a category"),
    ],
)
def test_training_data_without_enough_labels_are_refused(factory, cats, message):
    nlp = pipeline(factory)

    with pytest.raises(DataError, match=message):
        nlp.initialize(lambda: with_cats(nlp, cats))


@pytest.mark.parametrize(("labels", "positive"), [("ab", "z"), ("abc", "a")])
def test_a_positive_label_is_one_of_two(labels, positive):
    nlp = pipeline()
    egs = with_cats(nlp, *({label: 1.0} for label in labels))

    with pytest.raises(DataError, match="positive_label: expected one of exactly two labels"):
        nlp.get_pipe("textcat").initialize(lambda: egs, positive_label=positive)


def test_the_score_is_that_of_the_positive_label():
    nlp = pipeline()
    egs = with_cats(nlp, {"a": 1.0}, {"b": 1.0})
    component = nlp.get_pipe("textcat")
    component.initialize(lambda: egs, positive_label="b")
    for eg, guess in zip(egs, [{"a": 0.4, "b": 0.6}, {"a": 0.1, "b": 0.9}], strict=True):
        eg.predicted.cats = guess

    scores = component.score(egs)

    assert scores["cats_score_desc"] == "F (b)"
    assert scores["cats_score"] == pytest.approx(2 / 3)


def test_the_threshold_says_from_where_a_label_counts():
    nlp = kernel.blank("xx")
    nlp.add_pipe("textcat_multilabel", config={"model": bow(False), "threshold": 0.8})
    egs = with_cats(nlp, {"a": 1.0}, {"a": 1.0})
    component = nlp.get_pipe("textcat_multilabel")
    component.initialize(lambda: egs)
    for eg, score in zip(egs, (0.79, 0.8), strict=True):
        eg.predicted.cats = {"a": score}

    assert component.score(egs)["cats_micro_r"] == 0.5


def test_labels_can_be_given_and_keep_their_order():
    nlp = pipeline()
    egs = examples(nlp)

    nlp.get_pipe("textcat").initialize(lambda: egs, labels=["ugly", "good", "bad"])

    assert nlp.get_pipe("textcat").labels == ("ugly", "good", "bad")
    assert nlp.get_pipe("textcat").label_data == ["ugly", "good", "bad"]


@pytest.mark.parametrize("name", models(True))
def test_labels_can_be_added_later_and_are_learnt(name):
    nlp = pipeline(model=models(True)[name])
    optimizer = train_on(nlp, examples(nlp))
    component = nlp.get_pipe("textcat")

    assert component.add_label("ugly") == 1
    assert component.add_label("ugly") == 0
    kept = [best(nlp(text)) for text, _ in TEXTS]
    egs = examples(nlp, [*TEXTS, ("mud and rust everywhere", "ugly")])
    for _ in range(150):
        nlp.update(egs, sgd=optimizer)

    assert kept == [label for _, label in TEXTS]
    assert best(nlp("mud and rust everywhere")) == "ugly"
    assert [best(nlp(text)) for text, _ in TEXTS] == [label for _, label in TEXTS]


def test_documents_without_tokens_pass():
    nlp = pipeline()
    train_on(nlp, examples(nlp), steps=1)
    empty = Doc(nlp.vocab, words=[])

    alone = dict(nlp(Doc(nlp.vocab, words=[])).cats)
    together = dict(next(nlp.pipe([empty, nlp.make_doc("a film")])).cats)
    losses = nlp.update([Example.from_dict(empty, {"cats": {"good": 1.0}})], sgd=False)

    assert alone == pytest.approx(together)
    assert losses == {"textcat": 0.0}


def test_a_model_of_exclusive_labels_in_a_component_of_several_is_warned_of(caplog):
    with caplog.at_level(logging.WARNING):
        pipeline("textcat_multilabel", bow(True))

    assert "set exclusive_classes = false, or use textcat" in caplog.text


@pytest.mark.parametrize("name", ["bow", "ensemble"])
def test_rehearsal_pulls_back_to_what_was_known_when_training_was_resumed(name):
    nlp = pipeline(model=models(True)[name])
    egs = examples(nlp)
    train_on(nlp, egs)
    known = [dict(nlp(text).cats) for text, _ in TEXTS]
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 0.01
    at_once = nlp.rehearse(egs, sgd=False)["textcat"]
    swapped = [(text, "bad" if label == "good" else "good") for text, label in TEXTS]
    for _ in range(30):
        nlp.update(examples(nlp, swapped), sgd=optimizer)
    forgotten = [best(nlp(text)) for text, _ in TEXTS]

    losses = [nlp.rehearse(egs, sgd=optimizer)["textcat"] for _ in range(80)]

    assert at_once == pytest.approx(0.0, abs=1e-6)
    assert forgotten == [label for _, label in swapped]
    assert losses[-1] < losses[0] / 10
    assert [best(nlp(text)) for text, _ in TEXTS] == [max(cats, key=cats.get) for cats in known]


def test_rehearsal_says_nothing_of_labels_that_came_later():
    nlp = pipeline()
    egs = examples(nlp)
    train_on(nlp, egs)
    nlp.resume_training()
    nlp.get_pipe("textcat").add_label("ugly")

    assert nlp.rehearse(egs, sgd=False)["textcat"] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("name", ["bow", "ensemble"])
def test_one_that_annotates_while_it_learns_predicts_by_its_last_step(name):
    nlp = pipeline(model=models(True)[name])
    egs = examples(nlp)
    optimizer = nlp.initialize(lambda: egs)
    for _ in range(3):
        nlp.update(egs, sgd=optimizer, annotates=["textcat"])

    saved = pipeline(model=models(True)[name]).from_bytes(nlp.to_bytes())

    assert nlp("we hate this day").cats == pytest.approx(saved("we hate this day").cats, abs=1e-6)


@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_a_listening_classifier_trains_the_shared_layer(factory):
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    linear = bow(factory == "textcat")
    model = {"@architectures": "kernel.TextCatEnsemble.v1", "tok2vec": LISTENER, "linear_model": linear}
    nlp.add_pipe(factory, config={"model": model})
    egs = examples(nlp)
    optimizer = nlp.initialize(lambda: egs)
    before = nlp.get_pipe("tok2vec").model.to_bytes()

    losses = [nlp.update(egs, sgd=optimizer)[factory] for _ in range(20)]

    assert losses[-1] < losses[0]
    assert nlp.get_pipe("tok2vec").model.to_bytes() != before
    assert [best(doc) for doc in nlp.pipe(text for text, _ in TEXTS)] == [label for _, label in TEXTS]


@given(
    cats=st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from([0, 1, 0.0, 1.0, True])), min_size=1
    )
)
def test_gold_arrays_say_what_the_documents_say(cats):
    nlp = kernel.blank("xx")
    gold = read_gold(with_cats(nlp, *cats), ["b", "c", "a"])

    for row, each in enumerate(cats):
        for column, label in enumerate(["b", "c", "a"]):
            assert gold.known_BL[row, column] == (label in each)
            assert gold.truth_BL[row, column] == each.get(label, 0)
    assert gold.unknown == ({"d"} if any("d" in each for each in cats) else set())


@pytest.mark.parametrize("optimize", ["efficiency", "accuracy"])
@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_the_config_that_is_proposed_can_be_built(factory, optimize):
    nlp = Language.from_config(recommend_config("xx", [factory], optimize=optimize))

    assert nlp.get_pipe(factory).model.attrs["multi_label"] == (factory != "textcat")
    assert ("tok2vec" in nlp.pipe_names) == (optimize == "accuracy")
