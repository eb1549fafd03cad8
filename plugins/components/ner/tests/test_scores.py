"""How sure the recogniser is: what scores mean, where they are kept, what calibration does to them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from small import tagged

import kernel
from kernel.text.doc.doc import Doc
from kernel.text.doc.entities import SCORES
from kernel.text.doc.span import Span
from kernel.text.gold.example import Example
from kernel.tokens import DocBin
from pkg_ner.calibration import calibration_error, fit_temperature


def random_component(factory="ner", seed=0, **config):
    """Make a component with random weights, so that entities of all lengths and scores come out."""
    return small.random_component(factory, seed, tagged, **config)


def texts(seed, lengths):
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(list("abcd"), size=n)) for n in lengths]


@pytest.mark.parametrize("factory", ["ner", "beam_ner"])
def test_every_entity_has_a_score(factory):
    nlp, _ = random_component(factory)

    ents = [ent for doc in nlp.pipe(texts(1, [0, 1, 30, 2, 60])) for ent in doc.ents]

    assert len(ents) > 5
    assert all(0.0 < ent.score <= 1.0 for ent in ents)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 50), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_scores_of_a_beam_sum_up_the_probabilities_of_all_that_holds_the_entity(seed, lengths):
    nlp, component = random_component("beam_ner", seed, beam_width=400, beam_density=0.0)
    docs = [nlp.make_doc(text) for text in texts(seed, lengths)]

    tables = component.scored_ents(component.beam_parse(docs))
    for doc in docs:
        component(doc)

    for doc, table in zip(docs, tables, strict=True):
        expected = [table[ent.start, ent.end, ent.label_] for ent in doc.ents]
        assert [ent.score for ent in doc.ents] == pytest.approx(expected, abs=1e-4)


def test_entities_that_are_found_in_a_beam_share_its_probability():
    nlp, component = random_component()
    docs = [nlp.make_doc(text) for text in texts(3, [6, 0, 9])]

    tables = component.scored_ents(component.beam_parse(docs, beam_width=8))

    assert [bool(table) for table in tables] == [True, False, True]
    for doc, table in zip(docs, tables, strict=True):
        covering = np.zeros(len(doc))
        for (start, end, label), score in table.items():
            assert label in component.labels
            covering[start:end] += score
        assert (covering <= 1.0 + 1e-9).all()


def test_scores_are_the_probabilities_of_the_actions_one_after_the_other():
    nlp, component = random_component(seed=4)
    doc = nlp.make_doc(texts(4, [40])[0])
    states, _ = component.find([doc])
    system, step_model = component.system, component.model.predict([doc])
    fresh, expected, running = system.start([doc]), [], 1.0
    for action in states.actions_N.tolist():
        valid = system.valid(fresh)[0]
        scores = np.exp(step_model.predict(system.features(fresh))[0].astype(float)) * valid
        running *= scores[action] / scores.sum()
        if system.names[action][0] in "LU":
            expected.append(running)
        if system.names[action][0] in "LUO":
            running = 1.0
        system.apply(fresh, np.array([action]))

    component(doc)

    assert len(expected) > 3
    assert [ent.score for ent in doc.ents] == pytest.approx(expected, rel=1e-4)


def test_spans_without_a_recorded_score_have_none():
    nlp, component = random_component()
    doc = nlp.make_doc(texts(1, [30])[0])
    doc.set_ents([Span(doc, 2, 4, label="SHIP")], default="missing")

    assert doc.ents[0].score is None
    component(doc)

    preset = next(ent for ent in doc.ents if ent.label_ == "SHIP")
    assert preset.score is None
    assert Span(doc, 0, 30, label="PER").score is None
    assert any(ent.score is not None for ent in doc.ents)


def test_scores_go_where_user_data_goes():
    nlp, _ = random_component()
    doc = nlp(texts(1, [30])[0])
    expected = [ent.score for ent in doc.ents]
    kept, left = DocBin(store_user_data=True, docs=[doc]), DocBin(docs=[doc])

    copies = [
        doc.copy(),
        Doc(nlp.vocab).from_bytes(doc.to_bytes()),
        *DocBin(store_user_data=True).from_bytes(kept.to_bytes()).get_docs(nlp.vocab),
    ]

    assert len(expected) > 3
    assert [[ent.score for ent in copy.ents] for copy in copies] == [expected] * 3
    bare = next(iter(DocBin().from_bytes(left.to_bytes()).get_docs(nlp.vocab)))
    assert [ent.score for ent in bare.ents] == [None] * len(expected)


def test_a_copy_that_is_annotated_again_leaves_the_scores_of_the_original():
    nlp, component = random_component()
    doc = nlp(texts(1, [30])[0])
    before = dict(doc.user_data[SCORES])
    copy = doc.copy()
    copy.set_ents([], default="missing")
    component.cfg["temperature"] = 3.0

    component(copy)

    assert doc.user_data[SCORES] == before
    assert copy.user_data[SCORES] != before


def calibrated(factory, seed=0):
    """Calibrate on documents whose entities are as often right as a temperature of 3 says."""
    settings = {"beam_width": 4} if factory == "beam_ner" else {}
    nlp, component = random_component(factory, seed, **settings)
    random, egs = np.random.default_rng(seed), []
    component.cfg["temperature"] = 3.0
    given = texts(seed, [40] * 25)
    references = list(nlp.pipe(given))
    for reference in references:
        reference.ents = [ent for ent in reference.ents if random.random() < ent.score]
    component.cfg["temperature"] = 1.0
    egs = [Example(doc, ref) for doc, ref in zip(nlp.pipe(given), references, strict=True)]
    before = [eg.predicted.to_bytes() for eg in egs]
    component.calibrate(egs)
    assert [eg.predicted.to_bytes() for eg in egs] == before
    return nlp, component, egs


@pytest.mark.parametrize("factory", ["ner", "beam_ner"])
def test_calibration_makes_scores_shares_of_right_entities_and_changes_no_entity(factory):
    nlp, component, egs = calibrated(factory)
    again = [Example(nlp(eg.predicted.text), eg.reference) for eg in egs]

    assert component.temperature == pytest.approx(3.0, rel=0.2)
    assert calibration_error(again) < calibration_error(egs) / 2
    assert calibration_error(again) < 0.1
    assert [eg.predicted.to_json()["ents"] for eg in again] == [eg.predicted.to_json()["ents"] for eg in egs]


def test_the_temperature_is_saved_and_restored(tmp_path):
    nlp, component, egs = calibrated("ner")
    nlp.to_disk(tmp_path)

    loaded = kernel.load(tmp_path)

    assert loaded.get_pipe("ner").temperature == component.temperature
    text = egs[0].predicted.text
    assert [ent.score for ent in loaded(text).ents] == [ent.score for ent in nlp(text).ents]
    nlp.initialize(lambda: tagged(nlp))
    assert component.temperature == 1.0


def test_documents_may_be_calibrated_on_before_they_are_annotated():
    nlp, component, egs = calibrated("ner")
    raw = [Example(nlp.make_doc(eg.predicted.text), eg.reference) for eg in egs]
    fitted, component.cfg["temperature"] = component.temperature, 1.0

    component.calibrate(raw)

    assert component.temperature == fitted


def test_nothing_is_fitted_without_both_right_and_wrong_entities():
    nlp, component = random_component()
    docs = list(nlp.pipe(texts(1, [30, 40])))
    unknown = [Doc(nlp.vocab, words=[token.text for token in doc]) for doc in docs]

    for references in (docs, unknown):
        component.calibrate([Example(d, r) for d, r in zip(docs, references, strict=True)])
        assert component.temperature == 1.0
    component.calibrate([])
    assert component.temperature == 1.0


@given(st.floats(0.5, 4.0), st.integers(0, 99))
def test_the_temperature_of_scores_that_were_heated_is_found(true_temperature, seed):
    random = np.random.default_rng(seed)
    logits = random.normal(size=4000, scale=3.0)

    def scores_at(temperature):
        return 1.0 / (1.0 + np.exp(-logits / temperature))

    is_right = random.random(4000) < scores_at(true_temperature)

    assert fit_temperature(scores_at, is_right) == pytest.approx(true_temperature, rel=0.35)


def test_the_calibration_error_is_the_mean_distance_of_bins():
    vocab = kernel.blank("xx").vocab
    egs = []
    # Four entities with 0.9, of which two are right, and two with 0.3, of which none is.
    for score, is_right in [(0.9, True), (0.9, True), (0.9, False), (0.9, False), (0.3, False), (0.3, False)]:
        doc = Doc(vocab, words=["a", "b"], ents=["B-PER", "O"])
        doc.user_data[SCORES] = {(0, 1, doc.ents[0].label): score}
        egs.append(Example(doc, Doc(vocab, words=["a", "b"], ents=["B-PER" if is_right else "O", "O"])))
    unknown = Example(egs[0].predicted, Doc(vocab, words=["a", "b"]))

    assert calibration_error([*egs, unknown]) == pytest.approx((4 * 0.4 + 2 * 0.3) / 6)
    assert calibration_error([unknown]) is None


def test_scores_do_not_depend_on_the_batch():
    nlp, _ = random_component()
    given = texts(1, [30, 1, 7, 50])

    alone = [[ent.score for ent in nlp(text).ents] for text in given]

    together = [[ent.score for ent in doc.ents] for doc in nlp.pipe(given)]
    flat = list(itertools.chain(*alone))
    assert flat == pytest.approx(list(itertools.chain(*together)), rel=1e-4)
