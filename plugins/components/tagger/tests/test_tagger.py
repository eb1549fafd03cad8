"""The tagger: what it learns from, what it writes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from house import COMPONENTS
from house import examples as annotated_examples
from small import WORDS, encoder, train_component
from thinc.api import NumpyOps, SequenceCategoricalCrossentropy

import kernel
from kernel.errors import DataError, ModelError
from kernel.testing import check_component
from kernel.text.base import messages
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.vocab.vocab import Vocab
from pkg_tagger.component import TaggerComponent
from pkg_tagger.loss import MISSING, label_loss
from pkg_tagger.model import Tagger

TAGS = ["N", "V", "J", "N"]


@pytest.fixture
def vocab():
    return Vocab()


def tagger(vocab, **settings):
    return TaggerComponent(vocab, Tagger(encoder()), **settings)


def examples(vocab, tags=TAGS):
    return [Example.from_dict(Doc(vocab, words=WORDS), {"tags": tags})]


def trained(vocab, egs, steps=40, **settings):
    return train_component(tagger(vocab, **settings), egs, steps)


def annotated(component, doc):
    return component(doc)


def test_it_learns_the_tags_of_a_sentence(vocab):
    component = trained(vocab, examples(vocab))

    doc = annotated(component, Doc(vocab, words=WORDS))

    assert component.labels == ("J", "N", "V")
    assert [token.tag_ for token in doc] == TAGS


def test_a_token_without_a_gold_tag_teaches_nothing(vocab):
    component = tagger(vocab)
    egs = examples(vocab, ["N", "", "J", ""])
    component.initialize(lambda: egs)
    scores, _ = component.model.begin_update([eg.predicted for eg in egs])

    _, d_scores = component.get_loss(egs, scores)

    assert component.labels == ("J", "N")
    assert np.flatnonzero(np.abs(d_scores[0]).sum(axis=1)).tolist() == [0, 2]


def test_a_negated_tag_teaches_only_that_it_is_wrong(vocab):
    component = tagger(vocab)
    egs = examples(vocab, ["N", "V", "J", "!V"])
    component.initialize(lambda: egs)
    scores, _ = component.model.begin_update([eg.predicted for eg in egs])

    _, d_scores = component.get_loss(egs, scores)

    assert component.labels == ("J", "N", "V")
    np.testing.assert_allclose(d_scores[0][3], [0.0, 0.0, 1 / 3], atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.05])
def test_the_loss_is_that_of_thinc(smoothing):
    rng = np.random.default_rng(0)
    scores = [rng.dirichlet(np.ones(4), size=size).astype("float32") for size in (3, 0, 5)]
    names = ["a", "b", "c", "d"]
    truths = [["a", None, "d"], [], ["b", "b", None, "c", "a"]]
    theirs = SequenceCategoricalCrossentropy(names=names, normalize=False, label_smoothing=smoothing)
    gold_N = np.asarray([MISSING if t is None else names.index(t) for doc in truths for t in doc])

    d_theirs, loss_theirs = theirs(scores, truths)
    loss, d_scores = label_loss(NumpyOps(), scores, gold_N, smoothing=smoothing)

    assert loss == pytest.approx(float(loss_theirs), rel=1e-5)
    for mine, his in zip(d_scores, d_theirs, strict=True):
        np.testing.assert_allclose(mine, his, atol=1e-6)


@pytest.mark.parametrize(("overwrite", "expected"), [(False, "X"), (True, "N")])
def test_tags_that_are_set_stay_unless_overwritten(vocab, overwrite, expected):
    component = trained(vocab, examples(vocab), overwrite=overwrite)

    doc = annotated(component, Doc(vocab, words=WORDS, tags=["X", "", "", ""]))

    assert [token.tag_ for token in doc] == [expected, *TAGS[1:]]


def test_empty_documents_and_empty_batches_pass(vocab):
    component = trained(vocab, examples(vocab), steps=1)
    empty = Doc(vocab, words=[])

    component.set_annotations([], component.predict([]))
    component.set_annotations([empty], component.predict([empty]))
    losses = component.update([Example(empty, empty.copy())])

    assert losses == {"tagger": 0.0}


def test_training_data_without_tags_are_refused(vocab):
    with pytest.raises(DataError, match="tagger: no token of the training data has a tag; check the corpus"):
        tagger(vocab).initialize(lambda: [Example.from_dict(Doc(vocab, words=WORDS), {})])


def test_labels_can_be_added_later_and_what_was_learnt_stays(vocab):
    component = trained(vocab, examples(vocab))

    assert component.add_label("Z") == 1
    assert component.add_label("Z") == 0
    doc = annotated(component, Doc(vocab, words=WORDS))

    assert component.model.get_dim("nO") == 4
    assert [token.tag_ for token in doc] == TAGS


def test_it_is_saved_and_loaded_with_the_same_predictions(vocab, tmp_path):
    component = trained(vocab, examples(vocab))
    component.to_disk(tmp_path / "tagger")

    loaded = tagger(vocab).from_disk(tmp_path / "tagger")

    assert [token.tag_ for token in annotated(loaded, Doc(vocab, words=WORDS))] == TAGS


def test_the_score_is_the_share_of_right_tags(vocab):
    eg = Example(Doc(vocab, words=WORDS, tags=["N", "V", "N", "N"]), Doc(vocab, words=WORDS, tags=TAGS))

    assert tagger(vocab).score([eg])["tag_acc"] == 0.75


def test_a_model_without_labels_says_what_it_needs():
    model = Tagger(encoder())

    with pytest.raises(ModelError, match="the number of labels is unknown"):
        model.initialize(X=[Doc(Vocab(), words=WORDS)])


def test_weights_without_the_labels_that_they_score_are_refused() -> None:
    nlp = kernel.blank("en")
    component: Any = nlp.add_pipe("tagger")
    component.add_label("N")
    component.add_label("V")
    nlp.initialize()
    whole = messages.unpack(component.to_bytes())
    other: Any = kernel.blank("en").add_pipe("tagger")

    with pytest.raises(
        ModelError, match=r"^tagger: the output of .* does not fit cfg\.json, expected 0 scores"
    ):
        other.from_bytes(messages.pack({"model": whole["model"]}))
    assert component.from_bytes(messages.pack({"model": whole["model"]})).labels == ("N", "V")


def test_the_component_keeps_the_contract():
    factory, config = COMPONENTS["tagger"]

    check_component(factory, annotated_examples, config=config, lang="en")
