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

#: The first table's hash seed, one more for each further table: spaCy's, so that its weights fit.
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

    Each attribute (its norm, prefix, suffix, shape ...) has an embedding table. A value is hashed to four rows of it,
    whose sum is its embedding, so that few rows tell many words apart. Everything up to the mixing layer is computed
    once per distinct word of the batch.

    Args:
        width: Of the output, and of each table.
        attrs: Attributes to embed, such as ["NORM", "PREFIX", "SUFFIX", "SHAPE"].
        rows: Rows of each attribute's table.
        include_static_vectors: Also use the vocabulary's word vectors, by a learnt projection.
        min_freq: Values that an attribute has less often in the training corpus share one embedding, and so do those
            that it does not have at all: what is learnt of rare words then serves for new ones. 0 gives every value
            its own, as spaCy does, and so does a corpus that has nothing so often. The corpus is read once more when
            the pipeline is initialized.
        word_dropout: Share of the attributes that a training batch leaves out, for each word anew, so that no word is
            known by one of them alone; 0 leaves out none, as spaCy does.

    Shapes:
        documents -> one array (length, width) per document

    Source:
        Miranda et al. 2022, Multi hash embeddings in spaCy; arithmetic and seeds as in `spacy.MultiHashEmbed.v2`.
        Dropping inputs as a whole: Iyyer et al. 2015, Deep Unordered Composition Rivals Syntactic Methods, section 2.2.
    """
    if len(attrs) != len(rows):
        raise ModelError(
            f"MultiHashEmbed: rows must say one number for each of attrs, got {len(rows)} for {len(attrs)} attributes"
        )
    for attr in attrs:
        if attr not in LexemeTable.COLUMNS:
            near = did_you_mean(attr, LexemeTable.COLUMNS)
            raise ModelError(
                f"MultiHashEmbed: attrs: no attribute of a word is called so, got {attr!r}{near}"
            )
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
        # The vectors of a vocabulary may be set at any time.
        remembers=not statics,
    )


def embed_words(
    model: Model[Any, Any], vocab: Any, words: DistinctWords, is_train: bool
) -> tuple[Any, Callable[[Any], None]]:
    """Look up each word in each table, side by side, and mix; dropout takes whole columns, or a table from a word."""
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
    for at, static in enumerate(statics, start=n_tables):
        X_UE[:, at * width : (at + 1) * width], backprop_static = static((vocab, words.rows_U), is_train)
        backprops.append((at, backprop_static))
    Y_UO, backprop_mix = model.layers[0](X_UE, is_train)

    def backprop(dY_UO: Any) -> None:
        dX_UE = backprop_mix(dY_UO)
        for at, backprop_static in backprops:
            backprop_static(dX_UE[:, at * width : (at + 1) * width])
        for mask in masks:
            dX_UE[:, : n_tables * width] *= mask
        for column, table_rows_U4 in enumerate(rows_U4):
            dX_UO = ops.as_contig(dX_UE[:, column * width : (column + 1) * width])
            add_to_rows(model, f"E{column}", table_rows_U4, dX_UO)

    return Y_UO, backprop


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Say which arrays the layer has, see `kernel.pipeline.saving.weight_checks`; any number of known values."""
    rows, width = model.attrs["rows"], model.get_dim("nO")
    return [(model, f"E{column}", (n_rows, width)) for column, n_rows in enumerate(rows)]


def _masks(model: Model[Any, Any], shape: tuple[int, int], is_train: bool) -> list[Any]:
    """Draw what is dropped of the tables' columns, (E), and which words go without which tables, (U, E)."""
    width = model.get_dim("nO")
    mask_E = dropout_mask(model, (shape[1] * width,), is_train)
    mask_UA = dropout_mask(model, shape, is_train, "word_dropout")
    mask_UE = None if mask_UA is None else mask_UA.repeat(width, axis=1)
    return [mask for mask in (mask_E, mask_UE) if mask is not None]


def look_up(model: Model[Any, Any], name: str, n_rows: int, keys_U: Any, seed: int) -> tuple[Any, Any]:
    """Hash each key to four rows of a table and add them up.

    Args:
        model: The layer.
        name: Of its parameter (V, O).
        n_rows: V.
        keys_U: 64-bit keys.
        seed: Of the hash.

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
