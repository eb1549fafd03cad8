"""The shared component and those who listen to it."""

from __future__ import annotations

import numpy as np
import pytest
from house import COMPONENTS
from house import examples as annotated_examples

from kernel.errors import ModelError
from kernel.pipeline.run.tape import Tape
from kernel.testing import check_component
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.vocab.vocab import Vocab
from pkg_tok2vec.component import Tok2VecComponent
from pkg_tok2vec.listener import Tok2VecListener
from pkg_tok2vec.tok2vec import HashEmbedCNN

WIDTH = 8


@pytest.fixture
def vocab():
    return Vocab()


@pytest.fixture
def shared(vocab):
    model = HashEmbedCNN(
        width=WIDTH,
        depth=1,
        embed_size=50,
        window_size=1,
        maxout_pieces=2,
        subword_features=True,
        pretrained_vectors=None,
    )
    component = Tok2VecComponent(vocab, model, "tok2vec")
    component.initialize(lambda: examples(vocab))
    return component


def examples(vocab):
    docs = [Doc(vocab, words=["a", "b", "c"]), Doc(vocab, words=[]), Doc(vocab, words=["d"])]
    return [Example(doc, doc.copy()) for doc in docs]


def listener():
    model = Tok2VecListener(WIDTH)
    model.initialize()
    return model


def test_listeners_read_the_vectors_of_the_batch(shared, vocab):
    docs = [eg.predicted for eg in examples(vocab)]

    with Tape():
        vectors = shared.predict(docs)
        heard = listener().predict(docs)

    assert [X.shape for X in heard] == [(3, WIDTH), (0, WIDTH), (1, WIDTH)]
    assert all(np.array_equal(one, other) for one, other in zip(vectors, heard, strict=True))


def test_outside_of_a_batch_listeners_read_the_documents_tensor(shared, vocab):
    docs = [eg.predicted for eg in examples(vocab)]
    shared.set_annotations(docs, shared.predict(docs))

    heard = listener().predict(docs)

    np.testing.assert_array_equal(heard[0], docs[0].tensor)


def test_a_document_that_has_not_been_through_the_shared_component_is_refused(vocab):
    with pytest.raises(ModelError, match=r"expected doc\.tensor of shape \(1, 8\) from '\*', got"):
        listener().predict([Doc(vocab, words=["a"])])


def test_a_listener_of_another_width_is_refused(shared, vocab):
    wide = Tok2VecListener(WIDTH + 1)
    docs = [eg.predicted for eg in examples(vocab)]

    with Tape():
        shared.predict(docs)
        with pytest.raises(
            ModelError, match=r"expected an array of shape \(\d, 9\) .*; set the listener's width"
        ):
            wide.predict(docs)


def test_the_shared_model_learns_from_the_sum_of_its_listeners_gradients(shared, vocab):
    def gradient(n_listeners):
        losses = {}
        with Tape() as tape:
            shared.update(examples(vocab), losses=losses)
            for _ in range(n_listeners):
                outputs, backprop = listener().begin_update([eg.predicted for eg in examples(vocab)])
                backprop([np.ones_like(X) for X in outputs])
            tape.backward()
        encode = shared.model.get_ref("encode").layers[0].layers[0]
        found = encode.get_grad("W").copy() if encode.has_grad("W") else None
        for node in shared.model.walk():
            for name in node.grad_names:
                node.set_grad(name, node.get_grad(name) * 0)
        return found, losses["tok2vec"]

    once, loss_once = gradient(1)
    twice, loss_twice = gradient(2)

    np.testing.assert_allclose(twice, 2 * once, rtol=1e-4, atol=1e-6)
    assert loss_once == 4 * WIDTH
    assert loss_twice == 4 * loss_once


def test_the_component_keeps_the_contract():
    factory, config = COMPONENTS["tok2vec"]

    check_component(factory, annotated_examples, config=config, lang="en")
