"""The entity recogniser: what it learns from, what it writes, what it keeps."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import LISTENER, TAGGED, TOK2VEC, tagged, train_on

import kernel
from kernel.errors import ConfigError, DataError, ModelError
from kernel.testing.runs.components import check_component, check_on_device
from kernel.testing.runs.names import check_names
from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.gold.example import Example

SMALL = {"model": {"tok2vec": TOK2VEC}}


def pipeline(**config):
    nlp = kernel.blank("xx")
    nlp.add_pipe("ner", config={**SMALL, **config})
    return nlp


def found(doc):
    return [(ent.text, ent.label_) for ent in doc.ents]


def test_it_is_a_component():
    nlp = check_component("ner", tagged, config=SMALL)

    assert nlp.get_pipe("ner").labels == ("LOC", "PER")


@pytest.mark.parametrize("factory", ["ner", "beam_ner"])
@pytest.mark.parametrize("settings", [{}, {"use_upper": False, "extra_state_tokens": True}])
def test_it_runs_on_a_device(factory, settings):
    config = {"model": {"tok2vec": TOK2VEC, **settings}}
    if factory == "beam_ner":
        config |= {"beam_width": 4, "beam_update_prob": 1.0}

    check_on_device(factory, tagged, config=config)


def test_its_names_are_whole():
    check_names("pkg-ner")


@pytest.mark.parametrize(
    "model",
    [
        {},
        {"extra_state_tokens": True},
        {"use_upper": False},
        {"use_upper": False, "extra_state_tokens": True},
        {"nO": 3},
    ],
)
def test_it_learns_the_entities_of_two_sentences(model):
    nlp = pipeline(model={"tok2vec": TOK2VEC, **model})
    egs = tagged(nlp)
    train_on(nlp, egs)

    assert found(nlp("Anna lives in New York")) == [("Anna", "PER"), ("New York", "LOC")]
    assert nlp.evaluate(egs)["ents_f"] == 1.0


def test_documents_are_cut_for_learning_and_whole_for_prediction():
    nlp = pipeline(update_with_oracle_cut_size=2)
    train_on(nlp, tagged(nlp))

    assert found(nlp("Berlin likes Maria Schmidt")) == [("Berlin", "LOC"), ("Maria Schmidt", "PER")]


def test_preset_entities_stay_and_others_are_found_around_them():
    nlp = pipeline()
    train_on(nlp, tagged(nlp))
    doc = nlp.make_doc("Berlin likes Maria Schmidt")
    doc.set_ents([Span(doc, 2, 3, label="SHIP")], default="missing")

    doc = nlp.get_pipe("ner")(doc)

    assert found(doc)[:2] == [("Berlin", "LOC"), ("Maria", "SHIP")]


def test_no_entity_is_found_in_blocked_tokens_or_across_a_sentence_start():
    nlp = pipeline()
    train_on(nlp, tagged(nlp))
    blocked, divided = nlp.make_doc(TAGGED[0][0]), nlp.make_doc(TAGGED[0][0])
    blocked.set_ents([], blocked=[blocked[0:1]], default="missing")
    divided[4].is_sent_start = True

    for doc in (blocked, divided):
        nlp.get_pipe("ner")(doc)

    assert found(blocked) == [("New York", "LOC")]
    assert blocked[0].ent_iob == 3
    assert ("New York", "LOC") not in found(divided)


def test_unannotated_documents_teach_nothing_and_cannot_be_all_there_is():
    nlp = pipeline()
    nlp.initialize(lambda: tagged(nlp))
    empty = [Example(nlp.make_doc(text), nlp.make_doc(text)) for text in ("Anna sings", "")]

    losses = nlp.update(empty, sgd=False)

    nodes = list(nlp.get_pipe("ner").model.walk())
    gradients = [node.get_grad(name) for node in nodes for name in node.param_names if node.has_grad(name)]
    assert losses == {"ner": 0.0}
    assert not any(gradient.any() for gradient in gradients)
    with pytest.raises(DataError, match="ner: no token of the training data has a named entity"):
        pipeline().initialize(lambda: empty)


def test_bad_annotation_is_trained_through():
    nlp = pipeline()
    words = [("Anna", "\n", "lives"), ("\n",), ()]
    tags = [["B-PER", "I-PER", "O"], ["B-PER"], []]
    references = [Doc(nlp.vocab, words=w, ents=t) for w, t in zip(words, tags, strict=True)]
    egs = [Example(Doc(nlp.vocab, words=doc.words), doc) for doc in references]
    optimizer = nlp.initialize(lambda: [*tagged(nlp), *egs])
    never_seen = tagged(nlp, [("Anna sings", ["U-NEW", "O"])])

    losses = nlp.update([*egs, *never_seen], sgd=optimizer)

    assert np.isfinite(losses["ner"])


def test_entities_that_cross_a_sentence_or_touch_whitespace_teach_nothing_of_their_tokens():
    nlp = pipeline()
    words = ["New", "York", "\n", "is", "big"]
    predicted = Doc(nlp.vocab, words=words, sent_starts=[1, 1, -1, -1, -1])
    crossing = Doc(nlp.vocab, words=words, ents=["B-LOC", "I-LOC", "O", "O", "O"])
    spaced = Doc(nlp.vocab, words=words, ents=["B-LOC", "I-LOC", "I-LOC", "O", "O"])
    silent = Doc(nlp.vocab, words=words, ents=["", "", "O", "O", "O"])
    train_on(nlp, tagged(nlp), steps=5)

    def loss(predicted, reference):
        return nlp.update([Example(predicted, reference)], sgd=False)["ner"]

    assert loss(predicted, crossing) == loss(predicted, silent) > 0.0
    silent.set_column("ENT_IOB", [0, 0, 0, 2, 2])
    raw = Doc(nlp.vocab, words=words)
    assert loss(raw, spaced) == loss(raw, silent) > 0.0


@pytest.mark.parametrize("factory", ["ner", "beam_ner"])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_is_annotated_is_trained_through(factory, data):
    nlp, component = small_and_trained(factory)
    egs = []
    for _ in range(data.draw(st.integers(1, 3))):
        n = data.draw(st.integers(0, 6))

        def column(values, n=n):
            return data.draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))

        words = column(["a", "b", "\n"])
        predicted, reference = Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words)
        predicted.set_column("SENT_START", column([-1, 0, 0, 1]))
        for doc in (predicted, reference):
            doc.set_column("ENT_IOB", column([0, 1, 2, 3] if doc is reference else [0, 0, 0, 1, 2, 3]))
            doc.set_column("ENT_TYPE", [nlp.vocab.strings.add(label) for label in column(["", "PER", "NEW"])])
        egs.append(Example(predicted, reference))

    loss = nlp.update(egs, sgd=False)[factory]

    assert np.isfinite(loss)
    docs = [eg.predicted for eg in egs]
    component.set_annotations(docs, component.predict(docs))
    assert all(ent.label for doc in docs for ent in doc.ents if ent.score is not None)


@functools.cache
def small_and_trained(factory):
    nlp = kernel.blank("xx")
    component = nlp.add_pipe(factory, config=SMALL)
    train_on(nlp, tagged(nlp), steps=3)
    return nlp, component


def test_spans_that_are_wrong_are_unlearnt():
    nlp = pipeline(incorrect_spans_key="wrong")
    egs = tagged(nlp, [*TAGGED, ("Anna", ["-"])])
    reference = egs[-1].reference
    reference.spans["wrong"] = [Span(reference, 0, 1, label=label) for label in ("PER", "LOC")]
    train_on(nlp, egs)

    assert found(nlp("Anna")) == []


def test_a_label_can_be_added_to_a_trained_component():
    nlp = pipeline()
    train_on(nlp, tagged(nlp))
    component = nlp.get_pipe("ner")
    before = component.model.get_ref("output").get_param("W").copy()

    assert component.add_label("SHIP") == 1
    assert component.add_label("SHIP") == 0

    after = component.model.get_ref("output").get_param("W")
    assert component.labels == ("LOC", "PER", "SHIP")
    assert np.array_equal(after[: len(before)], before)
    optimizer = nlp.create_optimizer()
    optimizer.learn_rate = 0.01
    egs = tagged(nlp, [*TAGGED, ("Titanic sank", ["U-SHIP", "O"])])
    for _ in range(40):
        nlp.update(egs, sgd=optimizer)
    assert found(nlp("Titanic sank")) == [("Titanic", "SHIP")]


def test_labels_can_be_given():
    trained_once = pipeline()
    train_on(trained_once, tagged(trained_once), steps=1)
    label_data = trained_once.get_pipe("ner").label_data

    for labels in (["PER", "LOC"], label_data):
        nlp = pipeline()
        nlp.get_pipe("ner").initialize(lambda nlp=nlp: tagged(nlp), nlp=nlp, labels=labels)
        assert set(nlp.get_pipe("ner").labels) == {"PER", "LOC"}


@pytest.mark.parametrize("moves", [{"system": "arc-eager", "labels": []}, [1, 2], "PER", {"system": "biluo"}])
def test_moves_of_another_form_are_refused(moves):
    component = pipeline().get_pipe("ner")

    with pytest.raises(ModelError, match="ner: expected moves, got"):
        component.initialize(lambda: tagged(pipeline()), labels=moves)


def test_a_model_that_was_made_for_a_parser_is_refused():
    with pytest.raises(ConfigError, match='write state_type = "ner"'):
        pipeline(model={"tok2vec": TOK2VEC, "state_type": "parser"})


def forget_and_rehearse(nlp):
    """Train, resume, unlearn and rehearse; gives the loss of rehearsing at once, what was found after, the losses."""
    egs = tagged(nlp)
    train_on(nlp, egs)
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 0.01
    others = tagged(nlp, [("Anna lives in New York", ["O"] * 5)])
    at_once = nlp.rehearse(egs, sgd=False)["ner"]
    for _ in range(30):
        nlp.update(others, sgd=optimizer)
    forgotten = found(nlp("Anna lives in New York"))
    return at_once, forgotten, [nlp.rehearse(egs, sgd=optimizer) for _ in range(60)]


def test_rehearsal_pulls_back_to_what_was_known_when_training_was_resumed():
    nlp = pipeline()
    at_once, forgotten, losses = forget_and_rehearse(nlp)

    assert at_once == pytest.approx(0.0, abs=1e-9)
    assert forgotten == []
    assert losses[-1]["ner"] < losses[0]["ner"] / 10
    assert found(nlp("Anna lives in New York")) == [("Anna", "PER"), ("New York", "LOC")]


def test_rehearsal_pulls_shared_layers_back_too():
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe("ner", config={"model": {"tok2vec": LISTENER}})
    at_once, forgotten, losses = forget_and_rehearse(nlp)

    assert at_once == pytest.approx(0.0, abs=1e-6)
    assert forgotten == []
    assert losses[0]["ner"] > 1.0
    assert losses[0]["tok2vec"] > 0.0
    assert losses[-1]["ner"] < losses[0]["ner"] / 10
    assert found(nlp("Anna lives in New York")) == [("Anna", "PER"), ("New York", "LOC")]


def test_rehearsal_says_nothing_of_labels_that_came_later():
    nlp = pipeline()
    egs = tagged(nlp)
    train_on(nlp, egs, steps=5)
    nlp.resume_training()
    component = nlp.get_pipe("ner")
    component.add_label("SHIP")
    output = component.model.get_ref("output")
    output.set_param("b", output.get_param("b") + np.arange(13, dtype="float32"))

    losses = nlp.rehearse(egs, sgd=False)

    assert losses["ner"] > 0.0
    assert output.get_grad("b")[:9].any()
    assert not output.get_grad("b")[9:].any()


def test_rehearsal_without_resumed_training_does_nothing():
    nlp = pipeline()
    egs = tagged(nlp)
    train_on(nlp, egs, steps=1)

    assert nlp.rehearse(egs, sgd=False) == {}
