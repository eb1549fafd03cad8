"""Embeddings: what they depend on, and that each distinct word is embedded once."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thinc.api import HashEmbed, Maxout, chain, concatenate, fix_random_seed

import kernel
from kernel import Example
from kernel.errors import ModelError
from kernel.testing.models.layers import check_layer
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from pkg_tok2vec.characters import CharacterEmbed
from pkg_tok2vec.embed import FIRST_SEED, MultiHashEmbed, look_up
from pkg_tok2vec.frequent import learn_frequent
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

    with pytest.raises(ModelError, match="needs word vectors, but the vocabulary has none"):
        model.initialize(X=docs)


@pytest.mark.parametrize(
    ("attrs", "rows", "message"),
    [
        (["NORM"], [10, 20], "rows: expected one number per attribute, got 2 for 1 attributes"),
        (["NORMM"], [10], "unknown lexical attribute 'NORMM'; did you mean 'NORM'"),
    ],
)
def test_settings_that_do_not_fit_are_refused(attrs, rows, message):
    with pytest.raises(ModelError, match=message):
        MultiHashEmbed(8, attrs, rows)


def test_rare_values_and_new_ones_share_an_embedding(docs):
    model = MultiHashEmbed(8, ["NORM"], [50], min_freq=2)
    model.initialize(X=docs)
    vocab = docs[0].vocab

    the, cat, rare, new = model.predict([Doc(vocab, words=["the", "cat", "sees", "dog"])])[0]

    assert rare.tolist() == new.tolist()
    assert the.tolist() != rare.tolist()
    assert cat.tolist() != rare.tolist()


def test_each_attribute_has_frequent_values_of_its_own(docs):
    model = MultiHashEmbed(8, ["NORM", "SHAPE"], [50, 20], min_freq=2)
    model.initialize(X=docs)
    vocab = docs[0].vocab

    new, as_long, other = model.predict([Doc(vocab, words=["dog", "owl", "!?"])])[0]

    assert new.tolist() == as_long.tolist()
    assert new.tolist() != other.tolist()


def test_with_frequencies_it_is_a_layer(docs):
    check_layer(MultiHashEmbed(8, ATTRS, [50, 20, 30, 30], min_freq=2), docs)


def test_training_leaves_attributes_of_words_out(docs):
    vocab = docs[0].vocab
    words = Doc(vocab, words=[f"word{number}" for number in range(200)])
    model = MultiHashEmbed(8, ["ORTH"], [5000], min_freq=0, word_dropout=0.25)
    model.initialize()
    nothing = model.layers[0].predict(np.zeros((1, 8), dtype=np.float32))[0]

    fix_random_seed(0)
    (Y_NO,), backprop = model.begin_update([words])
    backprop([np.random.normal(size=Y_NO.shape).astype("f")])

    is_out_N = np.isclose(Y_NO, nothing).all(axis=1)
    assert 20 < is_out_N.sum() < 80
    rows_N4 = look_up(model, "E0", 5000, words.column("ORTH"), FIRST_SEED)[0]
    learnt_N = model.get_grad("E0")[rows_N4].any(axis=(1, 2))
    assert learnt_N[~is_out_N].all()
    # A row that a word shares with another one may have learnt from that one.
    assert learnt_N[is_out_N].mean() < 0.5
    assert not np.isclose(model.predict([words])[0], nothing).all(axis=1).any()


def test_a_component_counts_the_whole_corpus_and_a_copy_knows_the_same(tmp_path):
    nlp = kernel.blank("xx")
    embed = {
        "@architectures": "kernel.MultiHashEmbed.v1",
        "width": 8,
        "attrs": ["NORM"],
        "rows": [50],
        "min_freq": 2,
    }
    encode = {"@architectures": "kernel.MaxoutWindowEncoder.v1", "width": 8, "depth": 1}
    encode |= {"window_size": 1, "maxout_pieces": 2}
    model = {"@architectures": "kernel.Tok2Vec.v1", "embed": embed, "encode": encode}
    nlp.add_pipe("tok2vec", config={"model": model})
    # More documents than a model sees to infer its shapes from; only the last two have a word twice.
    words = [*(f"word{number}" for number in range(30)), "late", "late"]
    nlp.initialize(
        lambda: [Example(Doc(nlp.vocab, words=[word]), Doc(nlp.vocab, words=[word])) for word in words]
    )
    nlp.to_disk(tmp_path)

    for pipeline in (nlp, kernel.load(tmp_path)):
        rare, late, new = (pipeline(word).tensor[0].tolist() for word in ("word3", "late", "unseen"))
        assert rare == pytest.approx(new, abs=1e-5)
        assert rare != pytest.approx(late, abs=1e-2)


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=6), max_size=5), st.integers(1, 4))
def test_the_corpus_is_counted_as_a_counter_does(texts, min_freq):
    vocab = Vocab()
    model = MultiHashEmbed(4, ["ORTH"], [20], min_freq=min_freq)

    learn_frequent(model, (Doc(vocab, words=words) for words in texts))

    counts = Counter(vocab.strings.add(word) for words in texts for word in words)
    assert model.get_param("K0").tolist() == sorted(key for key, n in counts.items() if n >= min_freq)
