"""Embeddings: what they depend on, and that each distinct word is embedded once."""

from __future__ import annotations

import numpy as np
import pytest
from thinc.api import HashEmbed, Maxout, chain, concatenate, fix_random_seed

from kernel.errors import ModelError
from kernel.testing.layers import check_layer
from kernel.text.doc import Doc
from kernel.text.vocab import Vocab
from pkg_tok2vec.characters import CharacterEmbed
from pkg_tok2vec.embed import FIRST_SEED, MultiHashEmbed
from pkg_tok2vec.words import DistinctWords, Tokens

ATTRS = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]


@pytest.fixture(autouse=True)
def _fixed_weights():
    # Near a kink of maxout finite differences are wrong; these weights are not.
    fix_random_seed(0)


@pytest.fixture
def docs():
    vocab = Vocab()
    return [
        Doc(vocab, words=["The", "cat", "sees", "the", "cat"]),
        Doc(vocab, words=[]),
        Doc(vocab, words=["Ünïcode", "cat", "!"]),
    ]


def test_distinct_words_are_found_once_and_put_back_in_order(docs):
    words = DistinctWords.among(Tokens.of(docs, ["ORTH"]))

    orths = [key for doc in docs for key in doc.column("ORTH").tolist()]
    assert len(words.rows_U) == len(set(orths))
    assert words.features(docs[0].vocab, ["ORTH"])[words.word_N, 0].tolist() == orths


def test_a_norm_that_a_document_gives_makes_another_word(docs):
    norm = docs[0].vocab.strings.add("feline")
    docs[2].set_column("NORM", np.asarray([0, norm, 0], dtype=np.uint64))

    words = DistinctWords.among(Tokens.of(docs, ["NORM", "PREFIX"]))

    norms = words.features(docs[0].vocab, ["NORM", "PREFIX"])[words.word_N, 0].tolist()
    assert norms[6] == norm
    assert norms[1] == norms[4] == docs[0].vocab.strings["cat"]


def test_multi_hash_embed_gives_the_values_of_thincs_layers(docs):
    ours = MultiHashEmbed(8, ATTRS, [50, 20, 30, 30])
    tables = [HashEmbed(8, rows, column=i, seed=FIRST_SEED + i) for i, rows in enumerate([50, 20, 30, 30])]
    theirs = chain(concatenate(*tables), Maxout(8, 32, 3, normalize=True))
    features = np.concatenate([doc.features(ATTRS) for doc in docs])
    ours.initialize()
    theirs.initialize(X=features)
    for column, node in enumerate(node for node in theirs.walk() if node.name == "hashembed"):
        node.set_param("E", ours.get_param(f"E{column}"))
    next(node for node in theirs.walk() if node.name == "maxout").set_param(
        "W", np.ascontiguousarray(ours.layers[0].get_param("W").transpose(1, 0, 2))
    )

    np.testing.assert_allclose(np.concatenate(ours.predict(docs)), theirs.predict(features), atol=1e-5)


def test_multi_hash_embed_meets_the_contract_of_a_layer(docs):
    check_layer(MultiHashEmbed(8, ATTRS, [50, 20, 30, 30]), docs)


def test_character_embed_meets_the_contract_of_a_layer(docs):
    check_layer(CharacterEmbed(8, rows=50, nM=4, nC=6), docs, seed=1)


def test_character_embed_tells_words_apart_by_both_ends():
    vocab = Vocab()
    model = CharacterEmbed(8, rows=50, nM=4, nC=4, feature="SHAPE")
    model.initialize()

    one, other_end, same = model.predict(
        [Doc(vocab, words=["abxyz"]), Doc(vocab, words=["abxyw"]), Doc(vocab, words=["abqyz"])]
    )

    assert not np.allclose(one, other_end)
    np.testing.assert_allclose(one, same, atol=1e-5)


def test_static_vectors_reach_the_embedding(docs):
    vocab = docs[0].vocab
    vocab.set_vector("cat", np.arange(5, dtype="float32"))
    model = MultiHashEmbed(8, ["SHAPE"], [20], include_static_vectors=True)
    model.initialize(X=docs)

    cat, sees = model.predict([Doc(vocab, words=["cat"]), Doc(vocab, words=["dog"])])

    assert not np.allclose(cat, sees)


def test_static_vectors_that_are_missing_are_refused(docs):
    model = MultiHashEmbed(8, ["SHAPE"], [20], include_static_vectors=True)

    with pytest.raises(ModelError, match="asks for word vectors and the vocabulary has none"):
        model.initialize(X=docs)


@pytest.mark.parametrize(
    ("attrs", "rows", "message"),
    [
        (["NORM"], [10, 20], "rows must say one number for each of attrs, got 2 for 1 attributes"),
        (["NORMM"], [10], "no attribute of a word is called so, got 'NORMM'; did you mean 'NORM'"),
    ],
)
def test_settings_that_do_not_fit_are_refused(attrs, rows, message):
    with pytest.raises(ModelError, match=message):
        MultiHashEmbed(8, attrs, rows)
