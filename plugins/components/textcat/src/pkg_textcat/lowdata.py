"""A classifier for few examples: pretrained word vectors and a few layers over them.

Axes
    U   distinct words
    I   width of the projected vectors
    B   documents
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model, Relu

from kernel.limits import Labels, Share, Width
from kernel.tokens import Doc
from pkg_textcat.attention import Attended
from pkg_textcat.output import Classifier, DocsToScores
from pkg_tok2vec.by_word import embedding
from pkg_tok2vec.vectors import StaticVectors
from pkg_tok2vec.words import DistinctWords


def TextCatLowData(width: Width, dropout: Share | None, nO: Labels | None = None) -> DocsToScores:
    """Score each label independently, by a weighted mean of the vocabulary's word vectors.

    Args:
        width: Width of the projected word vectors.
        dropout: Share of the scores to drop in training, until an update sets another rate; null never drops any.
        nO: Number of labels; None takes it from the data.

    Shapes:
        documents -> Y_BL

    Source:
        The layers of `spacy.TextCatLowData.v1`.
    """
    words = embedding(
        "word_vectors",
        embed_words,
        init=init_words,
        layers=[StaticVectors(width)],
        dims={"nO": width},
        params={},
        attrs={"features": ["ORTH"]},
        # The vocabulary's vectors may change at any time.
        remembers=False,
    )
    pool = Attended(words, [Relu(), Relu()], drops=False)
    return Classifier("textcat_low_data", pool, exclusive=False, nO=nO, dropout=dropout or 0.0)


def embed_words(
    model: Model[Any, Any], vocab: Any, words: DistinctWords, is_train: bool
) -> tuple[Any, Callable[[Any], None]]:
    """Look up and project the vector of each word."""
    vectors_UI, backprop = model.layers[0]((vocab, words.rows_U), is_train)
    return vectors_UI, backprop


def init_words(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    model.layers[0].initialize(X=X)
