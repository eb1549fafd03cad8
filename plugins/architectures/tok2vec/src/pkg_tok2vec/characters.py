"""Word embeddings from characters.

Axes as in `words`, and
    C   characters used of each word
    M   width of one character's embedding
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from thinc.api import Model, uniform_init

from kernel.errors import ModelError, did_you_mean
from kernel.limits import Pieces, Rows, Width, check_weights
from kernel.pipeline.optim.lazy_rows import add_to_rows
from kernel.text.vocab.lexeme_table import LexemeTable
from kernel.tokens import Doc
from pkg_tok2vec.by_word import embedding
from pkg_tok2vec.embed import FIRST_SEED, look_up
from pkg_tok2vec.maxout import MaxoutNorm
from pkg_tok2vec.vectors import StaticVectors
from pkg_tok2vec.words import DistinctWords

#: The values of a byte, and one for a missing byte.
N_BYTES = 257


def CharacterEmbed(
    width: Width,
    rows: Rows,
    nM: Width,
    nC: Pieces,
    include_static_vectors: bool = False,
    feature: str = "LOWER",
) -> Model[list[Doc], list[Any]]:
    """Embed words by their first and last UTF-8 bytes and one hashed attribute, mixed by a maxout layer.

    Each of `nC` byte positions (half counted from the start of the word, half from its end) has its own embedding
    table. Everything, including the mixing layer, is computed once per distinct word of the batch.

    Args:
        width: Width of the output.
        rows: Rows of the attribute's hash embedding table.
        nM: Width of each byte's embedding; 64 is usual.
        nC: Number of bytes to use, from both ends of the word; 8 is usual.
        include_static_vectors: Also use the vocabulary's word vectors, through a learnt projection.
        feature: The attribute to hash.

    Shapes:
        documents -> one array (length, width) per document

    Raises:
        ModelError: `feature` is not a lexical attribute.

    Source:
        The idea of `spacy.CharacterEmbed.v2`; here a missing byte has an embedding of its own.
    """
    if feature not in LexemeTable.COLUMNS:
        near = did_you_mean(feature, LexemeTable.COLUMNS)
        raise ModelError(f"CharacterEmbed: feature: unknown lexical attribute {feature!r}{near}")
    check_weights(
        rows * width + nC * N_BYTES * nM + 3 * width * (nC * nM + 2 * width),
        width=width,
        rows=rows,
        nM=nM,
        nC=nC,
    )
    mix = MaxoutNorm(width, nM * nC + width * (1 + include_static_vectors), 3)
    return embedding(
        "character_embed",
        embed_words,
        init=init,
        layers=[mix, *([StaticVectors(width)] if include_static_vectors else [])],
        dims={"nO": width, "nM": nM, "nC": nC, "nV": rows},
        params={"E": None, "H": None},
        attrs={"features": [feature], "param_shapes": param_shapes},
        remembers=not include_static_vectors,
    )


def embed_words(
    model: Model[Any, Any], vocab: Any, words: DistinctWords, is_train: bool
) -> tuple[Any, Callable[[Any], None]]:
    """Look up each word's outer bytes and its attribute, concatenate the embeddings, and mix them."""
    ops, M, C, O = model.ops, model.get_dim("nM"), model.get_dim("nC"), model.get_dim("nO")
    U, positions_C = len(words.rows_U), ops.xp.arange(C)
    bytes_UC = ops.asarray(_outer_bytes(vocab, words.rows_U, C))
    keys_UA = words.features(vocab, model.attrs["features"])
    rows_U4, X_UO = look_up(model, "H", model.get_dim("nV"), keys_UA[:, 0], FIRST_SEED)
    parts = [model.get_param("E")[positions_C, bytes_UC].reshape(U, C * M), X_UO]
    backprops = []
    for static in model.layers[1:]:
        vectors_UO, backprop_static = static((vocab, words.rows_U), is_train)
        parts.append(vectors_UO)
        backprops.append(backprop_static)
    Y_UO, backprop_mix = model.layers[0](ops.xp.concatenate(parts, axis=1), is_train)

    def backprop(dY_UO: Any) -> None:
        dX_UE = backprop_mix(dY_UO)
        dE_RM = ops.alloc2f(C * N_BYTES, M)
        rows_UC = (bytes_UC + positions_C * N_BYTES).astype("int32")
        ops.scatter_add(dE_RM, rows_UC.reshape(U * C), ops.as_contig(dX_UE[:, : C * M]).reshape(U * C, M))
        model.inc_grad("E", dE_RM.reshape(C, N_BYTES, M))
        add_to_rows(model, "H", rows_U4, ops.as_contig(dX_UE[:, C * M : C * M + O]))
        for backprop_static in backprops:
            backprop_static(dX_UE[:, C * M + O :])

    return Y_UO, backprop


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    C, M, V, O = (model.get_dim(name) for name in ("nC", "nM", "nV", "nO"))
    return [(model, "E", (C, N_BYTES, M)), (model, "H", (V, O))]


def _outer_bytes(vocab: Any, rows_U: Any, n_bytes: int) -> Any:
    """Return the first and last UTF-8 bytes of each distinct word, int64 (U, C); 256 for a missing byte.

    The first half of the columns counts from the start, the rest backwards from the end.
    """
    bytes_UC = np.full((len(rows_U), n_bytes), N_BYTES - 1, dtype=np.int64)
    n_first = (n_bytes + 1) // 2
    n_last = n_bytes - n_first
    for row, orth in enumerate(vocab.lexemes.features(rows_U, ["ORTH"])[:, 0].tolist()):
        utf8 = vocab.strings[orth].encode("utf8")
        first, last = utf8[:n_first], utf8[::-1][:n_last]
        bytes_UC[row, : len(first)] = list(first)
        bytes_UC[row, n_first : n_first + len(last)] = list(last)
    return bytes_UC


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    C, M = model.get_dim("nC"), model.get_dim("nM")
    model.set_param("E", uniform_init(model.ops, (C, N_BYTES, M)))
    model.set_param("H", uniform_init(model.ops, (model.get_dim("nV"), model.get_dim("nO"))))
    model.layers[0].initialize()
    for static in model.layers[1:]:
        static.initialize(X=X)
