"""What prediction remembers of words: never more than it may, never what is no longer true."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from thinc.api import fix_random_seed

from kernel.pipeline.optim.optimizer import adam
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from pkg_tok2vec import word_cache
from pkg_tok2vec.embed import MultiHashEmbed
from pkg_tok2vec.encode import MaxoutWindowEncoder
from pkg_tok2vec.tok2vec import Tok2Vec

WIDTH = 8


@pytest.fixture
def vocab():
    return Vocab()


@pytest.fixture
def model():
    fix_random_seed(0)
    embed = MultiHashEmbed(WIDTH, ["NORM", "SHAPE"], [50, 20])
    made = Tok2Vec(embed, MaxoutWindowEncoder(WIDTH, 1, 3, 2))
    made.initialize()
    return made


def doc(vocab, *words):
    return Doc(vocab, words=list(words))


def fresh(model, docs):
    """What the model gives where nothing is remembered."""
    return [np.array(X) for X in model.copy().predict(docs)]


def same(one, other):
    return all(np.allclose(a, b, atol=1e-5) for a, b in zip(one, other, strict=True))


def test_later_batches_get_what_a_first_one_would(model, vocab):
    batches = [[doc(vocab, "a", "b")], [doc(vocab, "b", "c", "a"), doc(vocab)], [doc(vocab, "a")]]

    assert all(same(model.predict(docs), fresh(model, docs)) for docs in batches)


def test_a_norm_of_the_document_is_another_word_in_memory_too(model, vocab):
    plain, own = doc(vocab, "n't", "x"), doc(vocab, "n't", "x")
    own.set_column("NORM", np.asarray([vocab.strings.add("not"), 0], dtype=np.uint64))
    model.predict([plain])

    assert same(model.predict([own]), fresh(model, [own]))
    assert not np.allclose(model.predict([own])[0][0], model.predict([plain])[0][0])


def test_training_forgets(model, vocab):
    docs = [doc(vocab, "a", "b")]
    model.predict(docs)
    _, backprop = model.begin_update(docs)
    backprop([np.ones((2, WIDTH), dtype="float32")])
    model.finish_update(
        lambda key, weights, gradient, **_: (np.subtract(weights, gradient, out=weights), gradient)
    )

    assert same(model.predict(docs), fresh(model, docs))


def test_a_step_after_a_prediction_is_noticed(model, vocab):
    # As where a component that is learning also annotates: it predicts between its gradients and their step.
    docs = [doc(vocab, "a", "b", "c")]
    optimizer = adam(0.1, use_averages=False)
    Ys, backprop = model.begin_update(docs)
    backprop([np.ones_like(Y) for Y in Ys])
    model.predict(docs)

    model.finish_update(optimizer)

    assert same(model.predict(docs), fresh(model, docs))


def test_a_step_of_the_encoder_alone_after_a_prediction_is_noticed(model, vocab):
    docs, optimizer = [doc(vocab, "a", "b", "c")], adam(0.1)
    encoder = next(layer for layer in model.walk() if layer.name == "maxout_window_encoder")
    _, backprop = model.begin_update(docs)
    backprop([np.random.default_rng(0).normal(size=(3, WIDTH)).astype("float32")])
    before = [np.array(X) for X in model.predict(docs)]

    encoder.finish_update(optimizer)

    assert not same(model.predict(docs), before)
    assert same(model.predict(docs), fresh(model, docs))


def test_other_weights_are_noticed_and_the_first_ones_again(model, vocab):
    docs = [doc(vocab, "a", "b")]
    first = [np.array(X) for X in model.predict(docs)]
    block = model.get_ref("encode").layers[0].layers[0]
    for node, name in ((model.get_ref("embed"), "E0"), (block, "W")):
        before = node.get_param(name)
        node.set_param(name, np.roll(before, 1, axis=-1))
        assert same(model.predict(docs), fresh(model, docs))
        assert not same(model.predict(docs), first)
        node.set_param(name, before)

    assert same(model.predict(docs), first)


def test_another_vocabulary_is_another_memory(model, vocab):
    model.predict([doc(vocab, "a", "b")])
    other = [doc(Vocab(), "b", "x")]

    assert same(model.predict(other), fresh(model, other))


def test_a_full_memory_starts_anew_and_stays_bounded(model, vocab, monkeypatch):
    monkeypatch.setattr(word_cache, "CAPACITY", 5)
    batches = [[doc(vocab, *(f"w{i}{j}" for j in range(3)))] for i in range(6)]
    batches.append([doc(vocab, *(f"v{i}" for i in range(9)))])

    for docs in batches:
        predicted = model.layers[0].predict(docs)
        assert same(model.predict(docs), fresh(model, docs))
        assert predicted.repeated.memory.n_words <= max(5, 9)


def test_threads_share_it(model, vocab, monkeypatch):
    monkeypatch.setattr(word_cache, "CAPACITY", 20)
    rng = np.random.default_rng(0)
    batches = [[doc(vocab, *rng.choice([f"w{i}" for i in range(40)], size=12).tolist())] for _ in range(60)]
    expected = [fresh(model, docs) for docs in batches]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(model.predict, batches))

    assert all(same(one, other) for one, other in zip(found, expected, strict=True))


def test_words_that_were_forgotten_leave_nothing_to_those_that_get_their_rows(model, vocab):
    with vocab.memory_zone():
        model.predict([doc(vocab, "Alpha", "BETA")])
    reused = [doc(vocab, "gamma", "7")]

    assert sorted(reused[0].rows.tolist()) == [1, 2]
    assert same(model.predict(reused), fresh(model, reused))


def test_a_memory_that_missed_too_much_starts_anew(model, vocab):
    model.predict([doc(vocab, "kept")])
    kept = doc(vocab, "kept")
    for i in range(100):
        with vocab.memory_zone():
            doc(vocab, f"Word{i}")
    reused = [doc(vocab, "x", "kept")]

    assert same(model.predict(reused), fresh(model, reused))
    assert kept.text == "kept "
