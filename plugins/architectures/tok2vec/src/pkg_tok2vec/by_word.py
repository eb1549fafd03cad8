"""Embedding layers that compute each distinct word only once, since the vectors depend on the word alone.

A layer supplies a function that computes the vectors of some words; this module maps tokens to words and back.
Training computes the distinct words of each batch; prediction caches words across batches.

Axes as in `words`, and
    O   width of a word's vector
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model

from kernel.tokens import Doc
from pkg_tok2vec import numerics
from pkg_tok2vec.dropout import dropout_mask
from pkg_tok2vec.maxout import no_backprop
from pkg_tok2vec.word_cache import WordCache
from pkg_tok2vec.words import DistinctWords, Tokens

#: Takes the layer, the vocabulary, words and `is_train`; returns vectors (U, O) and their backward pass.
EmbedWords = Callable[[Model[Any, Any], Any, DistinctWords, bool], tuple[Any, Callable[[Any], None]]]


def embedding(
    name: str,
    embed_words: EmbedWords,
    *,
    init: Callable[..., None],
    attrs: dict[str, Any],
    dims: dict[str, int | None],
    params: dict[str, None],
    layers: list[Model[Any, Any]],
    remembers: bool,
) -> Model[list[Doc], list[Any]]:
    """Create an embedding layer from a function that maps words to vectors.

    Args:
        name: Name of the layer.
        embed_words: Computes the vectors of words.
        init: Initializes the layer.
        attrs: Attributes of the layer; `attrs["features"]` lists the lexical attributes that it reads.
        dims: Dimensions of the layer, including `nO`.
        params: Parameters of the layer.
        layers: Its sublayers.
        remembers: Whether prediction may cache word vectors for later batches.
    """
    attrs = {
        "fixed_attrs": ("features",),
        **attrs,
        "dropout_rate": 0.0,
        "embed_words": embed_words,
        "cache": WordCache() if remembers else None,
    }
    return Model(name, forward, init=init, attrs=attrs, dims=dims, params=params, layers=layers)


def forward(
    model: Model[Any, Any], docs: list[Doc], is_train: bool
) -> tuple[list[Any], Callable[[Any], Any]]:
    lengths = [len(doc) for doc in docs]
    tokens = Tokens.of(docs, model.attrs["features"])
    vocab = docs[0].vocab if docs else None
    if not len(tokens.rows_N):
        empty_NO = model.ops.alloc2f(0, model.get_dim("nO"))
        return numerics.Cut(empty_NO, lengths), lambda dYs: []
    cache: WordCache | None = model.attrs["cache"]
    if is_train:
        if cache is not None:
            cache.clear()
        return _forward_training(model, vocab, tokens, lengths)
    if cache is None:
        words = DistinctWords.among(tokens)
        Y_UO, _ = model.attrs["embed_words"](model, vocab, words, False)
        return numerics.Cut(Y_UO[model.ops.asarray(words.word_N)], lengths), no_backprop
    weights = [node.get_param(name) for node in model.walk() for name in node.param_names]
    cached, slot_N = cache.look_up(
        model.ops,
        vocab,
        weights,
        tokens,
        lambda words: model.attrs["embed_words"](model, vocab, words, False)[0],
    )
    slot_N = model.ops.asarray(slot_N)
    return numerics.Cut(cached.vectors_KO[slot_N], lengths, numerics.Repeated(cached, slot_N)), no_backprop


def _forward_training(
    model: Model[Any, Any], vocab: Any, tokens: Tokens, lengths: list[int]
) -> tuple[list[Any], Callable[[Any], Any]]:
    ops, words = model.ops, DistinctWords.among(tokens)
    Y_UO, backprop_words = model.attrs["embed_words"](model, vocab, words, True)
    word_N = ops.asarray(words.word_N)
    Y_NO = Y_UO[word_N]
    mask_NO = dropout_mask(model, Y_NO.shape, True)
    if mask_NO is not None:
        Y_NO *= mask_NO

    def backprop(dYs: list[Any]) -> list[Doc]:
        dY_NO = numerics.flatten(ops, dYs, model.get_dim("nO"))
        dY_UO = ops.alloc2f(*Y_UO.shape)
        ops.scatter_add(dY_UO, word_N, dY_NO if mask_NO is None else dY_NO * mask_NO)
        backprop_words(dY_UO)
        return []

    return numerics.Cut(Y_NO, lengths), backprop
