"""The architectures: shapes, small batches, gradients, saving, room for more labels."""

from __future__ import annotations

import numpy as np
import pytest
from thinc.api import NumpyOps

from kernel.errors import ModelError
from kernel.testing import check_layer
from kernel.testing.runs.names import check_names
from kernel.text.doc.doc import Doc
from kernel.text.vectors.vectors import Vectors
from kernel.text.vocab.vocab import Vocab
from pkg_textcat.attention import TextCatParametricAttention
from pkg_textcat.bow import TextCatBOW
from pkg_textcat.ensemble import TextCatEnsemble
from pkg_textcat.lowdata import TextCatLowData
from pkg_textcat.output import Activation
from pkg_textcat.reduce import TextCatCNN, TextCatReduce, reduction
from pkg_tok2vec.tok2vec import HashEmbedCNN

VOCAB = Vocab()
WORDS = ["we", "sing", "loud", "songs", "you", "read"]
VOCAB.vectors = Vectors(data=np.random.default_rng(5).normal(size=(6, 4)).astype("f"), keys=WORDS)


def docs():
    return [Doc(VOCAB, words=words) for words in (WORDS[:4], WORDS[3:], ["we", "read", "we"])]


def tok2vec():
    return HashEmbedCNN(
        width=8,
        depth=1,
        embed_size=50,
        window_size=1,
        maxout_pieces=2,
        subword_features=False,
        pretrained_vectors=None,
    )


def bow(exclusive, **settings):
    return TextCatBOW(exclusive, ngram_size=2, no_output_layer=False, length=60, **settings)


def reduced(exclusive, **uses):
    kinds = ("first", "last", "max", "mean")
    return TextCatReduce(
        tok2vec(), exclusive, **{f"use_reduce_{kind}": uses.get(kind, True) for kind in kinds}
    )


MODELS = {
    "bow": bow,
    "cnn": lambda exclusive: TextCatCNN(tok2vec(), exclusive),
    "reduce": reduced,
    "ensemble": lambda exclusive: TextCatEnsemble(tok2vec(), bow(exclusive)),
    "attention": lambda exclusive: TextCatParametricAttention(tok2vec(), exclusive),
}


def sample(n_labels=3):
    return np.zeros((3, n_labels), dtype="f")


def test_every_name_leads_somewhere():
    check_names("textcat")


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_models_do_what_layers_must(name, exclusive):
    check_layer(
        MODELS[name](exclusive), docs(), sample(), ends_in_softmax=exclusive, ends_in_logistic=not exclusive
    )


def test_few_layers_over_word_vectors_do_what_layers_must():
    check_layer(TextCatLowData(6, dropout=None), docs(), sample(), ends_in_logistic=True)


def test_a_bag_of_words_can_give_plain_scores():
    model = TextCatBOW(True, ngram_size=1, no_output_layer=True, length=64)

    check_layer(model, docs(), sample())


@pytest.mark.parametrize("exclusive", [True, False])
def test_inside_a_model_the_gradient_of_probabilities_goes_through_the_activation(exclusive):
    layer = Activation(exclusive)
    layer.attrs["is_last"] = False

    check_layer(layer, np.random.default_rng(0).normal(size=(4, 3)).astype("f"))


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_room_for_more_labels_leaves_the_others_as_they_were(name, exclusive):
    model = MODELS[name](exclusive)
    model.initialize(X=docs(), Y=sample())
    for node in model.walk():
        for param in node.param_names:
            values = np.random.default_rng(1).normal(scale=0.3, size=node.get_param(param).shape)
            node.set_param(param, values.astype("f"))
    before = model.predict(docs())

    model.attrs["resize_output"](model, 5)
    after = model.predict(docs())

    assert after.shape == (3, 5)
    # An ensemble's bag of words gives a new label a very small share of its probability.
    np.testing.assert_allclose(after[:, :3], before, atol=1e-3)
    assert (after[:, 3:] < 1e-3).all()


@pytest.mark.parametrize("name", [*MODELS, "low data"])
def test_a_model_without_labels_says_what_it_needs(name):
    model = TextCatLowData(6, dropout=None) if name == "low data" else MODELS[name](True)

    with pytest.raises(ModelError, match="the number of labels is unknown"):
        model.initialize(X=docs())


def test_a_document_without_tokens_is_scored_by_the_biases():
    model = bow(True)
    model.initialize(X=docs(), Y=sample())
    model.layers[0].set_param("b", np.asarray([1.0, 2.0, 3.0], dtype="f"))

    scores = model.predict([Doc(VOCAB, words=[]), *docs()])

    np.testing.assert_allclose(scores[0], NumpyOps().softmax(np.asarray([[1.0, 2.0, 3.0]], dtype="f"))[0])


def test_lengths_of_tables_are_rounded_up_to_a_power_of_two():
    assert [TextCatBOW(True, 1, False, length=n).layers[0].get_dim("length") for n in (1, 2, 60, 64, 65)] == [
        1, 2, 64, 64, 128,
    ]  # fmt: skip


def test_reductions_are_those_that_their_names_say():
    X_NI = np.asarray([[1, 8], [3, 2], [2, 5], [7, 7]], dtype="f")
    lengths = np.asarray([3, 1], dtype="int32")

    found = {
        kind: reduction(NumpyOps(), kind, X_NI, lengths)[0].tolist()
        for kind in ("first", "last", "max", "mean")
    }

    assert found == {
        "first": [[1, 8], [7, 7]],
        "last": [[2, 5], [7, 7]],
        "max": [[3, 8], [7, 7]],
        "mean": [[2, 5], [7, 7]],
    }


def test_a_model_with_no_reduction_is_refused():
    with pytest.raises(ModelError, match="expected at least one reduction"):
        reduced(True, first=False, last=False, max=False, mean=False)


def test_an_attribute_that_words_do_not_have_is_refused():
    with pytest.raises(ModelError, match=r"attr: unknown lexical attribute 'ORHT'.*ORTH"):
        bow(True, attr="ORHT")


@pytest.mark.parametrize("attr", ["ORTH", "NORM"])
def test_what_prediction_remembers_is_forgotten_with_the_weights(attr):
    model = bow(False, attr=attr)
    model.initialize(X=docs(), Y=sample())
    words = model.layers[0]
    model.predict(docs())

    words.set_param("W", np.ones_like(words.get_param("W")))
    replaced = model.predict(docs())
    # As a step of training does: in place, and after a prediction.
    words.get_param("W")[:] = -1.0
    words.get_param("b")[:] = 0.5
    stepped = model.predict(docs())

    # Two rows for each of 4 words and 3 pairs, of 3 words and 2 pairs.
    expected = np.repeat(np.asarray([[14.0], [10.0], [10.0]], dtype="f"), 3, axis=1)
    np.testing.assert_allclose(replaced, model.ops.sigmoid(expected), rtol=1e-5)
    assert (stepped < 1e-4).all()


def test_a_word_that_has_the_row_of_a_forgotten_one_has_scores_of_its_own():
    vocab, model = Vocab(), bow(False, attr="ORTH")
    model.initialize(X=docs(), Y=sample())
    words = model.layers[0]
    words.set_param("W", np.random.default_rng(2).normal(size=words.get_param("W").shape).astype("f"))
    with vocab.memory_zone():
        before = model.predict([Doc(vocab, words=["before"])])

    after = model.predict([Doc(vocab, words=["after"])])

    assert not np.allclose(before, after)
    np.testing.assert_allclose(after, model.predict([Doc(Vocab(), words=["after"])]), rtol=1e-5)


def test_a_document_that_gives_words_another_norm_is_read_with_it():
    model = bow(False, attr="NORM")
    model.initialize(X=docs(), Y=sample())
    words = model.layers[0]
    words.set_param("W", np.random.default_rng(2).normal(size=words.get_param("W").shape).astype("f"))
    plain, other = Doc(VOCAB, words=["we"]), Doc(VOCAB, words=["we"])
    other.set_column("NORM", [VOCAB.strings.add("read")])

    scores = model.predict([plain, other])
    expected = model.predict([Doc(VOCAB, words=["read"])])

    assert not np.allclose(scores[0], scores[1])
    np.testing.assert_allclose(scores[1], expected[0], rtol=1e-6)
