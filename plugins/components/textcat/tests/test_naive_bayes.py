"""Weights of a bag of words before the first update."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kernel
from kernel.tokens import Doc
from kernel.training import Example
from kernel.vocab import Vocab
from pkg_textcat.bow import TextCatBOW
from pkg_textcat.gold import GoldCategories
from pkg_textcat.naive_bayes import start_from_naive_bayes
from pkg_textcat.ngrams import table_rows

#: So many that the few words of a test rarely share one.
LENGTH = 1 << 12
TEXTS = ["goal match striker", "match coach goal goal", "shares market profit", "market bank profit shares"]
LABELS = ["sports", "sports", "money", "money"]


def examples(nlp, texts=TEXTS, labels=LABELS):
    names = sorted({*LABELS})
    for text, label in zip(texts, labels, strict=True):
        doc = nlp.make_doc(text)
        yield Example.from_dict(doc, {"cats": {name: float(name == label) for name in names}})


def initialized(factory="textcat", **config):
    nlp = kernel.blank("en")
    model = {
        "@architectures": "kernel.TextCatBOW.v1",
        "exclusive_classes": factory == "textcat",
        "ngram_size": 1,
        "no_output_layer": False,
        "length": LENGTH,
        **config,
    }
    nlp.add_pipe(factory, config={"model": model})
    nlp.initialize(lambda: list(examples(nlp)))
    return nlp


@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_documents_are_distinguished_before_the_first_update(factory):
    nlp = initialized(factory)

    for text, label in [("the coach and the striker", "sports"), ("profit of the bank", "money")]:
        cats = nlp(text).cats
        assert max(cats, key=cats.get) == label
        assert cats[label] > 0.5


def test_words_that_are_new_say_nothing():
    nlp = initialized()

    assert set(nlp("nothing of that was there").cats.values()) == {0.5}


def test_zeros_know_nothing_before_the_first_update():
    nlp = initialized(naive_bayes=False)

    assert set(nlp("match").cats.values()) == {0.5}


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abcde"), max_size=6),
            st.lists(st.sampled_from([0.0, 1.0, None]), min_size=2, max_size=2),
        ),
        max_size=6,
    )
)
def test_weights_are_what_counting_by_hand_gives(corpus):
    vocab = Vocab()
    model = TextCatBOW(False, 1, True, length=LENGTH, nO=2).layers[0]
    model.initialize()
    docs = [Doc(vocab, words=words) for words, _ in corpus]
    truth = np.array([[value == 1.0 for value in cats] for _, cats in corpus], dtype="f").reshape(-1, 2)
    known = np.array([[value is not None for value in cats] for _, cats in corpus], dtype="f").reshape(-1, 2)
    half = len(docs) // 2
    batches = [
        (docs[part], GoldCategories(truth[part], known[part], frozenset()))
        for part in (slice(None, half), slice(half, None))
    ]

    start_from_naive_bayes(model, batches)

    n_words = sum(map(len, docs))
    for label in range(2):
        held = Counter(word for words, cats in corpus if cats[label] == 1.0 for word in words)
        others = Counter(word for words, cats in corpus if cats[label] == 0.0 for word in words)
        n_rows = 2 * len(held | others)
        for word in "abcde":
            expected = 0.0
            if held[word] or others[word]:
                share = (held[word] + 1) / (2 * held.total() + n_rows)
                other_share = (others[word] + 1) / (2 * others.total() + n_rows)
                expected = 0.5 * math.log(share / other_share) / math.sqrt(n_words / len(docs))
            rows = table_rows(np.array([vocab.strings.add(word)], dtype=np.uint64), LENGTH)[0]
            assert model.get_param("W")[rows, label] == pytest.approx([expected] * 2, abs=1e-5)
