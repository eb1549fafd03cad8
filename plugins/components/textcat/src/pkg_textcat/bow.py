"""A bag-of-words classifier: the sum of one vector for each word or n-gram of a document.

Axes as in `ngrams` and `output`, and
    V   rows of the table of weights
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.errors import ModelError, did_you_mean
from kernel.limits import Labels, Pieces, Rows, check_weights
from kernel.pipeline.optim.lazy_rows import add_to_rows, read_rows
from kernel.text.vocab.lexeme_table import LexemeTable
from kernel.tokens import Doc
from pkg_textcat.naive_bayes import start_from_naive_bayes
from pkg_textcat.ngrams import ngram_rows, table_rows
from pkg_textcat.output import Activation, DocsToScores, grow, set_n_labels
from pkg_textcat.word_scores import WordScores


def TextCatBOW(
    exclusive_classes: bool,
    ngram_size: Pieces,
    no_output_layer: bool,
    length: Rows = 262144,
    nO: Labels | None = None,
    attr: str = "ORTH",
    naive_bayes: bool = True,
) -> DocsToScores:
    """Score labels by the words of a document alone: the smallest and fastest classifier.

    Each n-gram of up to `ngram_size` words is hashed to two rows of a table with one weight per label. A batch reads
    and updates only its own rows.

    Args:
        exclusive_classes: Whether a document has exactly one label.
        ngram_size: Maximum length of n-grams in words; 1 for single words.
        no_output_layer: Return raw scores instead of probabilities.
        length: Rows of the table, rounded up to a power of 2.
        nO: Number of labels; None takes it from the data.
        attr: The lexical attribute to hash, such as "LOWER" to ignore case.
        naive_bayes: Start from naive Bayes weights, for which initialization reads the corpus one more time; false
            starts from zeros, as spaCy does.

    Shapes:
        documents -> Y_BL

    Raises:
        ModelError: `attr` is not a lexical attribute.

    Source:
        Wang and Manning 2012, Baselines and Bigrams; hashes as in `spacy.TextCatBOW.v3`.
    """
    if attr not in LexemeTable.COLUMNS:
        near = did_you_mean(attr, LexemeTable.COLUMNS)
        raise ModelError(f"TextCatBOW: attr: unknown lexical attribute {attr!r}{near}")
    check_weights(length * (nO or 1), length=length, nO=nO)
    words = WordSum(attr, ngram_size, 1 << (length - 1).bit_length(), nO)
    if naive_bayes:
        words.attrs["read_categories"] = start_from_naive_bayes
    return Model(
        "textcat_bow",
        forward,
        init=init,
        layers=[words] if no_output_layer else [words, Activation(exclusive_classes)],
        dims={"nO": nO},
        refs={"output_layer": words},
        attrs={
            "multi_label": not exclusive_classes,
            "resize_output": resize_output,
            "param_shapes": param_shapes,
        },
    )


def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    Y_BL, backprop_words = model.layers[0](docs, is_train)
    if len(model.layers) == 1:
        return Y_BL, backprop_words
    Y_BL, backprop_activation = model.layers[1](Y_BL, is_train)
    return Y_BL, lambda dY_BL: backprop_words(backprop_activation(dY_BL))


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    set_n_labels(model, Y)
    model.layers[0].set_dim("nO", model.get_dim("nO"), force=True)
    model.layers[0].initialize()


def resize_output(model: Model[Any, Any], n_labels: int) -> None:
    """Enlarge the output to `n_labels`, keeping the weights of the existing labels."""
    words = model.layers[0]
    grow(words, {"nO": n_labels}, (words.get_dim("length"), n_labels))
    model.set_dim("nO", n_labels, force=True)


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the parameters of the words and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    words, L = model.layers[0], model.get_dim("nO")
    return [(words, "W", (words.get_dim("length"), L)), (words, "b", (L,))]


def WordSum(attr: str, ngram_size: int, length: int, nO: int | None = None) -> DocsToScores:
    """Sum two rows of a table for each n-gram of a document.

    Args:
        attr: The lexical attribute to hash.
        ngram_size: Maximum length of n-grams in words.
        length: Rows of the table.
        nO: Number of labels.

    Shapes:
        documents -> Y_BL, with W_VL and b_L
    """
    return Model(
        "word_sum",
        forward_words,
        init=init_words,
        dims={"nO": nO, "length": length},
        params={"W": None, "b": None},
        attrs={
            "attr": attr,
            "ngram_size": ngram_size,
            "memory": WordScores(),
            "param_shapes": shapes_of_words,
            "fixed_attrs": ("attr", "ngram_size"),
        },
    )


def forward_words(
    model: Model[Any, Any], docs: list[Doc], is_train: bool
) -> tuple[Any, Callable[[Any], Any]]:
    ops, attrs = model.ops, model.attrs
    if is_train:
        attrs["memory"].clear()
    Y_BL = ops.alloc2f(len(docs), model.get_dim("nO")) + model.get_param("b")
    cached_BL = None if is_train else cached_word_scores(model, docs)
    if cached_BL is not None:
        Y_BL += cached_BL
    ngrams = []
    for rows, lengths in ngram_rows(
        docs,
        attrs["attr"],
        range(1 if cached_BL is None else 2, attrs["ngram_size"] + 1),
        model.get_dim("length"),
    ):
        if len(rows):
            rows_F2, lengths_B = ops.asarray(rows), ops.asarray(lengths)
            Y_BL += ops.reduce_sum(add_rows(model, rows_F2), lengths_B)
            ngrams.append((rows_F2, lengths_B))

    def backprop(dY_BL: Any) -> list[Doc]:
        model.inc_grad("b", dY_BL.sum(axis=0))
        for rows_F2, lengths_B in ngrams:
            add_to_rows(model, "W", rows_F2, ops.backprop_reduce_sum(dY_BL, lengths_B))
        return []

    return Y_BL, backprop


def add_rows(model: Model[Any, Any], rows_F2: Any) -> Any:
    """Sum the rows of each n-gram, (F, L)."""
    return model.ops.gather_add(read_rows(model, "W", rows_F2), rows_F2)


def cached_word_scores(model: Model[Any, Any], docs: list[Doc]) -> Any | None:
    """Sum the cached scores of the single words of documents, (B, L); None if the words cannot be cached."""
    ops, attr = model.ops, model.attrs["attr"]
    rows_N = np.concatenate([doc.rows for doc in docs]) if docs else np.zeros(0, dtype=np.int32)
    if not len(rows_N) or (attr == "NORM" and any(doc.has_column("NORM") for doc in docs)):
        return None
    vocab, length = docs[0].vocab, model.get_dim("length")

    def compute(rows_U: Any) -> Any:
        keys_U = vocab.lexemes.features(rows_U, [attr])[:, 0]
        return add_rows(model, ops.asarray(table_rows(keys_U, length)))

    weights = model.get_param("W"), model.get_param("b")
    scores_KL = model.attrs["memory"].look_up(ops, vocab, weights, rows_N, compute)
    if scores_KL is None:
        return None
    lengths_B = np.fromiter(map(len, docs), dtype=np.int32, count=len(docs))
    return ops.reduce_sum(scores_KL[ops.asarray(rows_N)], ops.asarray(lengths_B))


def shapes_of_words(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    V, L = model.get_dim("length"), model.get_dim("nO")
    return [(model, "W", (V, L)), (model, "b", (L,))]


def init_words(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    model.set_param("W", model.ops.alloc2f(model.get_dim("length"), model.get_dim("nO")))
    model.set_param("b", model.ops.alloc1f(model.get_dim("nO")))
