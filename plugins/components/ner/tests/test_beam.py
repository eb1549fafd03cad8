"""The entity recogniser that searches: what it finds, how it learns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from small import TOK2VEC, tagged

import kernel
from kernel.errors import ConfigError
from kernel.testing.runs.components import check_component
from kernel.text.doc.doc import Doc
from kernel.util import fix_random_seed
from pkg_transitions.beam import log_probabilities


def random_component(factory="ner", seed=0, **config):
    """Make a component with random weights, so that entities of all lengths and scores come out."""
    return small.random_component(factory, seed, tagged, **config)


def every_path(component, doc, taken=()) -> Iterator[tuple[float, list[int]]]:
    """Give every sequence of actions from where some have led, with its log probability from there."""
    system, states = component.system, component.system.start([doc])
    for action in taken:
        system.apply(states, np.array([action]))
    if system.is_final(states)[0]:
        yield 0.0, []
        return
    valid = system.valid(states)
    scores = component.model.predict([doc]).predict(system.features(states))
    for action in np.flatnonzero(valid[0]).tolist():
        for rest, actions in every_path(component, doc, (*taken, action)):
            yield log_probabilities(scores, valid)[0, action] + rest, [action, *actions]


def test_it_is_a_component():
    check_component("beam_ner", tagged, config={"model": {"tok2vec": TOK2VEC}, "beam_width": 4})


def test_its_settings_are_those_that_people_know():
    nlp = kernel.blank("xx")
    nlp.add_pipe("beam_ner")

    settings = nlp.config["components"]["beam_ner"]

    names = ("beam_width", "beam_density", "beam_update_prob")
    assert [settings[name] for name in names] == [32, 0.01, 0.5]


@settings(max_examples=6, deadline=None)
@given(
    st.integers(0, 99),
    st.lists(st.lists(st.sampled_from(["a", "b", "\n"]), max_size=3), min_size=1, max_size=3),
)
def test_a_wide_beam_finds_what_trying_everything_finds(seed, texts):
    nlp, component = random_component(seed=seed)
    docs = [Doc(nlp.vocab, words=words) for words in texts]

    beams = component.beam_parse(docs, beam_width=100)

    ends = np.cumsum(beams.steps_G)
    for doc, scores, end, n_steps in zip(docs, beams.scores_GK, ends, beams.steps_G, strict=True):
        expected = sorted(every_path(component, doc), reverse=True)
        assert np.isfinite(scores).sum() == len(expected)
        assert scores[: len(expected)] == pytest.approx([score for score, _ in expected], abs=1e-3)
        probability = {tuple(actions): score for score, actions in expected}
        found = tuple(beams.actions_RK[end - n_steps : end, 0].tolist())
        assert probability[found] == pytest.approx(expected[0][0], abs=1e-3)
    assert np.allclose(np.exp(beams.scores_GK).sum(axis=1), 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_annotates_as_no_beam_does(seed):
    greedy_nlp, greedy = random_component(seed=seed)
    nlp, _ = random_component("beam_ner", seed=seed, beam_width=1)
    random = np.random.default_rng(seed)
    texts = [" ".join(random.choice(list("abc"), size=n)) for n in (0, 1, 5, 20, 60)]

    found = [doc.to_json()["ents"] for doc in nlp.pipe(texts)]

    assert found == [doc.to_json()["ents"] for doc in greedy_nlp.pipe(texts)]
    assert sum(len(ents) for ents in found) > 5
    states, _ = greedy.find([nlp.make_doc(text) for text in texts])
    beams = greedy.beam_parse([nlp.make_doc(text) for text in texts], beam_width=1)
    assert beams.actions_RK[:, 0].tolist() == states.actions_N.tolist()


def test_it_learns_from_searches_alone():
    nlp = kernel.blank("xx")
    config = {"model": {"tok2vec": TOK2VEC}, "beam_width": 4, "beam_update_prob": 1.0}
    nlp.add_pipe("beam_ner", config=config)
    fix_random_seed(0)
    egs = tagged(nlp)
    optimizer = nlp.initialize(lambda: egs)
    optimizer.learn_rate = 0.01
    losses = [nlp.update(egs, sgd=optimizer)["beam_ner"] for _ in range(40)]

    assert losses[-1] < losses[0] / 10
    assert nlp.evaluate(egs)["ents_f"] == 1.0


def test_preset_entities_and_sentence_starts_stay():
    nlp, component = random_component("beam_ner", beam_width=4)
    doc = Doc(nlp.vocab, words=list("abcdefgh"), ents=["", "", "B-SHIP", "I-SHIP", "B-", "", "", ""])
    doc[6].is_sent_start = True

    component(doc)

    assert [(ent.start, ent.end) for ent in doc.ents if ent.label_ == "SHIP"] == [(2, 4)]
    assert doc[4].ent_iob == 3
    assert doc[6].ent_iob_ != "I"


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("beam_width", 0, "an int, at least 1, at most 1024"),
        ("beam_density", 2.0, "a float, at least 0, at most 1"),
        ("beam_update_prob", -0.5, "a float, at least 0, at most 1"),
    ],
)
def test_impossible_settings_are_refused(setting, value, expected):
    with pytest.raises(ConfigError, match=rf"\[components.beam_ner\] {setting}: expected {expected}, got"):
        kernel.blank("xx").add_pipe("beam_ner", config={setting: value})
