"""The encoders compute what Thinc's layers of the same wiring compute."""

from __future__ import annotations

import numpy as np
import pytest
from thinc.api import Maxout, Mish, chain, clone, expand_window, residual, with_array

from kernel.errors import ModelError
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from pkg_tok2vec.embed import MultiHashEmbed
from pkg_tok2vec.encode import MaxoutWindowEncoder, MishWindowEncoder
from pkg_tok2vec.tok2vec import Tok2Vec

WIDTH, DEPTH, PIECES = 8, 2, 3
LENGTHS = (7, 1, 0, 30)


def arrays_NI(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(length, WIDTH)).astype("float32") for length in LENGTHS]


def nodes(model, name):
    return [node for node in model.walk() if node.name == name]


@pytest.fixture
def vocab():
    return Vocab()


@pytest.fixture
def maxout_pair():
    """Our maxout encoder and Thinc's layers, with the same random weights."""
    rng = np.random.default_rng(1)
    ours = MaxoutWindowEncoder(WIDTH, 1, PIECES, DEPTH)
    block = chain(expand_window(1), Maxout(WIDTH, 3 * WIDTH, PIECES, dropout=0.0, normalize=True))
    theirs = with_array(clone(residual(block), DEPTH), pad=DEPTH)
    ours.initialize()
    theirs.initialize(X=arrays_NI())
    for mine, maxout, norm in zip(
        nodes(ours, "maxout_norm"), nodes(theirs, "maxout"), nodes(theirs, "layernorm"), strict=True
    ):
        mine.set_param("b", rng.normal(size=(PIECES, WIDTH)).astype("float32"))
        mine.set_param("G", rng.normal(1, 0.1, size=WIDTH).astype("float32"))
        maxout.set_param("W", np.ascontiguousarray(mine.get_param("W").transpose(1, 0, 2)))
        maxout.set_param("b", np.ascontiguousarray(mine.get_param("b").T))
        norm.set_param("G", mine.get_param("G").copy())
    return ours, theirs


def test_maxout_encoder_gives_the_values_of_thincs_layers(maxout_pair):
    ours, theirs = maxout_pair

    Y_ours, Y_theirs = ours.predict(arrays_NI()), theirs.predict(arrays_NI())

    for mine, his in zip(Y_ours, Y_theirs, strict=True):
        np.testing.assert_allclose(mine, his, atol=1e-5)


def test_maxout_encoder_gives_the_gradients_of_thincs_layers(maxout_pair):
    ours, theirs = maxout_pair

    _, backprop_ours = ours(arrays_NI(), True)
    _, backprop_theirs = theirs(arrays_NI(), True)
    dX_ours, dX_theirs = backprop_ours(arrays_NI(2)), backprop_theirs(arrays_NI(2))

    for mine, his in zip(dX_ours, dX_theirs, strict=True):
        np.testing.assert_allclose(mine, his, atol=1e-4)
    for mine, his in zip(nodes(ours, "maxout_norm"), nodes(theirs, "maxout"), strict=True):
        np.testing.assert_allclose(mine.get_grad("W").transpose(1, 0, 2), his.get_grad("W"), atol=1e-4)
        np.testing.assert_allclose(mine.get_grad("b").T, his.get_grad("b"), atol=1e-4)


def test_mish_encoder_gives_the_values_of_thincs_layers():
    ours = MishWindowEncoder(WIDTH, 1, DEPTH)
    block = chain(expand_window(1), Mish(WIDTH, 3 * WIDTH, dropout=0.0, normalize=True))
    theirs = with_array(clone(residual(block), DEPTH), pad=DEPTH)
    ours.initialize()
    theirs.initialize(X=arrays_NI())
    for mine, mish, norm in zip(
        nodes(ours, "mish_norm"), nodes(theirs, "mish"), nodes(theirs, "layernorm"), strict=True
    ):
        mish.set_param("W", mine.get_param("W").copy())
        norm.set_param("G", mine.get_param("G").copy())

    for mine, his in zip(ours.predict(arrays_NI()), theirs.predict(arrays_NI()), strict=True):
        np.testing.assert_allclose(mine, his, atol=1e-5)


@pytest.mark.parametrize(
    "encoder", [MaxoutWindowEncoder(WIDTH, 1, PIECES, 4), MishWindowEncoder(WIDTH, 1, 4)]
)
def test_all_blocks_together_add_as_much_as_one_at_the_start(encoder):
    encoder.initialize()
    X_NI = np.random.default_rng(0).normal(size=(50, WIDTH)).astype("float32")

    added_NI = encoder.predict([X_NI])[0] - X_NI

    assert 0.7 < added_NI.std() < 1.3


def test_a_document_is_encoded_the_same_whatever_lies_beside_it(maxout_pair):
    encoder, _ = maxout_pair
    documents = arrays_NI()

    together = encoder.predict(documents)

    for document, encoded in zip(documents, together, strict=True):
        np.testing.assert_allclose(encoder.predict([document])[0], encoded, atol=1e-6)


def test_prediction_in_chunks_equals_training_in_one_go(maxout_pair):
    encoder, _ = maxout_pair
    rng = np.random.default_rng(3)
    documents = [rng.normal(size=(n, WIDTH)).astype("float32") for n in (900, 300, 0, 2000, 5)]

    in_one_go, _ = encoder(documents, True)

    for chunked, whole in zip(encoder.predict(documents), in_one_go, strict=True):
        np.testing.assert_allclose(chunked, whole, atol=1e-5)


def test_no_documents_and_empty_documents_pass_through(maxout_pair):
    encoder, _ = maxout_pair
    empty = np.zeros((0, WIDTH), dtype="float32")

    Ys, backprop = encoder([empty, empty], True)

    assert encoder.predict([]) == []
    assert [Y.shape for Y in Ys] == [(0, WIDTH)] * 2
    assert [dX.shape for dX in backprop([empty, empty])] == [(0, WIDTH)] * 2


def test_dropout_takes_its_share_only_in_training(maxout_pair):
    encoder, _ = maxout_pair
    for block in encoder.layers:
        block.attrs["dropout_rate"] = 0.5

    trained, _ = encoder(arrays_NI(), True)
    predicted = encoder.predict(arrays_NI())

    assert not np.allclose(trained[3], predicted[3])
    np.testing.assert_array_equal(predicted[3], encoder.predict(arrays_NI())[3])


def test_a_wrong_width_is_refused_when_the_model_is_built():
    with pytest.raises(
        ModelError, match="expected one width for embed and encode, got 16 and 8; set both to the same value"
    ):
        Tok2Vec(MultiHashEmbed(16, ["NORM"], [50]), MaxoutWindowEncoder(WIDTH, 1, PIECES, DEPTH))


def test_prediction_by_distinct_word_equals_training(vocab):
    rng = np.random.default_rng(4)
    words = [f"w{i}" for i in range(40)]
    docs = [Doc(vocab, words=rng.choice(words, size=n).tolist()) for n in (700, 1, 0, 900, 30)]
    model = Tok2Vec(
        MultiHashEmbed(WIDTH, ["NORM", "SHAPE"], [50, 20]), MaxoutWindowEncoder(WIDTH, 1, PIECES, DEPTH)
    )
    model.initialize(X=docs)
    for node in nodes(model, "maxout_norm"):
        node.set_param("b", rng.normal(size=(PIECES, WIDTH)).astype("float32"))

    trained, _ = model(docs, True)

    assert model.layers[0].predict(docs).repeated is not None
    for predicted, whole in zip(model.predict(docs), trained, strict=True):
        np.testing.assert_allclose(predicted, whole, atol=1e-4)
