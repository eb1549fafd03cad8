"""Word embeddings from hashed attributes.

Axes as in `numerics` and `words`, and
    V   rows of an embedding table
    E   width of all tables' outputs side by side
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model, uniform_init

from kernel.errors import ModelError, did_you_mean
from kernel.limits import Count, Rows, Share, Width, check_weights
from kernel.pipeline.optim.lazy_rows import add_to_rows, read_rows
from kernel.text.vocab.lexeme_table import LexemeTable
from kernel.tokens import Doc
from pkg_tok2vec.by_word import embedding
from pkg_tok2vec.dropout import dropout_mask
from pkg_tok2vec.frequent import learn_frequent, replace_rare
from pkg_tok2vec.maxout import MaxoutNorm
from pkg_tok2vec.vectors import StaticVectors
from pkg_tok2vec.words import DistinctWords

#: Hash seed of the first table; each further table adds one. Same as spaCy's, so that its weights can be converted.
FIRST_SEED = 8


def MultiHashEmbed(
    width: Width,
    attrs: list[str],
    rows: list[Rows],
    include_static_vectors: bool = False,
    min_freq: Count = 2,
    word_dropout: Share = 0.0,
) -> Model[list[Doc], list[Any]]:
    """Embed words by several hashed attributes, mixed by one maxout layer.

    Each attribute (norm, prefix, suffix, shape ...) has an embedding table. A value is hashed to four of its rows, and
    their sum is its embedding, so that few rows can distinguish many words. Everything, including the mixing layer, is
    computed once per distinct word of the batch.

    Args:
        width: Width of the output, and of each table.
        attrs: Attributes to embed, such as ["NORM", "PREFIX", "SUFFIX", "SHAPE"].
        rows: Rows of each attribute's table.
        include_static_vectors: Also use the vocabulary's word vectors, through a learnt projection.
        min_freq: Attribute values seen less often than this in the training corpus share one embedding with unseen
            ones, so that what is learnt from rare words applies to new ones. 0 gives every value its own embedding, as
            in spaCy; so does a corpus without frequent values. Initialization reads the corpus one more time.
        word_dropout: Share of attributes to drop in training, drawn per word and batch, so that the model does not
            rely on a single attribute; 0 drops none, as in spaCy.

    Shapes:
        documents -> one array (length, width) per document

    Raises:
        ModelError: `attrs` and `rows` differ in length, or an attribute is unknown.

    Source:
        Miranda et al. 2022, Multi hash embeddings in spaCy; arithmetic and seeds as in `spacy.MultiHashEmbed.v2`.
        Dropping whole inputs: Iyyer et al. 2015, Deep Unordered Composition Rivals Syntactic Methods, section 2.2.
    """
    if len(attrs) != len(rows):
        raise ModelError(
            f"MultiHashEmbed: rows: expected one number per attribute, got {len(rows)} for {len(attrs)} attributes"
        )
    for attr in attrs:
        if attr not in LexemeTable.COLUMNS:
            near = did_you_mean(attr, LexemeTable.COLUMNS)
            raise ModelError(f"MultiHashEmbed: attrs: unknown lexical attribute {attr!r}{near}")
    check_weights(sum(rows) * width + 3 * len(rows) * width * width, width=width, rows=rows)
    mix = MaxoutNorm(width, width * (len(attrs) + include_static_vectors), 3)
    statics = [StaticVectors(width)] if include_static_vectors else []
    names = "EK" if min_freq else "E"
    frequencies = {"min_freq": min_freq, "read_corpus": learn_frequent} if min_freq else {}
    keys = tuple((f"K{column}", "uint64") for column in range(len(attrs)))
    return embedding(
        "multi_hash_embed",
        embed_words,
        init=init,
        layers=[mix, *statics],
        dims={"nO": width},
        params={f"{name}{column}": None for name in names for column in range(len(attrs))},
        attrs={
            "features": list(attrs),
            "rows": list(rows),
            "word_dropout": word_dropout,
            "param_shapes": param_shapes,
            "param_dtypes": keys,
            "fixed_attrs": ("features", "rows"),
            **frequencies,
        },
        # The vocabulary's vectors may change at any time.
        remembers=not statics,
    )


def embed_words(
    model: Model[Any, Any], vocab: Any, words: DistinctWords, is_train: bool
) -> tuple[Any, Callable[[Any], None]]:
    """Look up each word in each table, concatenate the embeddings, apply dropout, and mix them."""
    ops, width = model.ops, model.get_dim("nO")
    keys_UA = words.features(vocab, model.attrs["features"])
    if "min_freq" in model.attrs:
        keys_UA = replace_rare(model, keys_UA)
    n_tables, statics = keys_UA.shape[1], model.layers[1:]
    X_UE = ops.alloc2f(len(keys_UA), width * (n_tables + len(statics)))
    rows_U4 = []
    for column in range(n_tables):
        table_rows_U4, X_UO = look_up(
            model, f"E{column}", model.attrs["rows"][column], keys_UA[:, column], FIRST_SEED + column
        )
        rows_U4.append(table_rows_U4)
        X_UE[:, column * width : (column + 1) * width] = X_UO
    masks = _masks(model, keys_UA.shape, is_train)
    for mask in masks:
        X_UE[:, : n_tables * width] *= mask
    backprops = []
    for column, static in enumerate(statics, start=n_tables):
        columns = slice(column * width, (column + 1) * width)
        X_UE[:, columns], backprop_static = static((vocab, words.rows_U), is_train)
        backprops.append((columns, backprop_static))
    Y_UO, backprop_mix = model.layers[0](X_UE, is_train)

    def backprop(dY_UO: Any) -> None:
        dX_UE = backprop_mix(dY_UO)
        for columns, backprop_static in backprops:
            backprop_static(dX_UE[:, columns])
        for mask in masks:
            dX_UE[:, : n_tables * width] *= mask
        for column, table_rows_U4 in enumerate(rows_U4):
            dX_UO = ops.as_contig(dX_UE[:, column * width : (column + 1) * width])
            add_to_rows(model, f"E{column}", table_rows_U4, dX_UO)

    return Y_UO, backprop


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's embedding tables and their shapes, for `kernel.pipeline.saving.weight_checks`.

    The arrays of frequent values, K0, K1 ..., may have any length and are left out.
    """
    rows, width = model.attrs["rows"], model.get_dim("nO")
    return [(model, f"E{column}", (n_rows, width)) for column, n_rows in enumerate(rows)]


def _masks(model: Model[Any, Any], shape: tuple[int, int], is_train: bool) -> list[Any]:
    """Draw the dropout masks: of columns of the tables, (E), and of tables for single words, (U, E)."""
    width = model.get_dim("nO")
    mask_E = dropout_mask(model, (shape[1] * width,), is_train)
    mask_UA = dropout_mask(model, shape, is_train, "word_dropout")
    mask_UE = None if mask_UA is None else mask_UA.repeat(width, axis=1)
    return [mask for mask in (mask_E, mask_UE) if mask is not None]


def look_up(model: Model[Any, Any], name: str, n_rows: int, keys_U: Any, seed: int) -> tuple[Any, Any]:
    """Hash each key to four rows of a table and sum them.

    Args:
        model: The layer.
        name: Name of the parameter with the table, (V, O).
        n_rows: V.
        keys_U: Keys, uint64.
        seed: Seed of the hash.

    Returns:
        The rows, int32 (U, 4), and the sums (U, O).
    """
    ops = model.ops
    hashed_U4 = ops.hash(ops.as_contig(ops.asarray(keys_U)), seed)
    rows_U4 = (hashed_U4 % n_rows).astype("int32")
    return rows_U4, ops.gather_add(read_rows(model, name, rows_U4), rows_U4)


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    for column, n_rows in enumerate(model.attrs["rows"]):
        model.set_param(f"E{column}", uniform_init(model.ops, (n_rows, model.get_dim("nO"))))
    if "min_freq" in model.attrs and not model.has_param("K0"):
        learn_frequent(model, X or ())
    model.layers[0].initialize()
    for static in model.layers[1:]:
        static.initialize(X=X)
