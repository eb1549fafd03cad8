"""An embedding of words by the pieces of their letters, beside another embedding.

Letters at the end of arrays: N tokens of the batch, U distinct words among them, P pieces of those, O width, I width of
both embeddings side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from kernel.errors import ModelError
from kernel.limits import Positive
from kernel.pipeline.optim.lazy_rows import add_to_rows, read_rows
from kernel.tokens import Doc
from thinc.api import Maxout, Model, uniform_init

from acme_ngrams.pieces import Pieces


def ngram_embed(
    width: Positive,
    words: Model[list[Doc], list[Any]],
    rows: Positive = 50000,
    shortest: Positive = 3,
    longest: Positive = 4,
) -> Model[list[Doc], list[Any]]:
    """Embed each word by its pieces' vectors, mixed with another embedding by one maxout layer.

    A misspelt word shares most of its pieces with the right one, while its hashed form shares nothing.

    Args:
        width: Of the output, and of the other embedding.
        words: The other embedding: documents to one array (length, width) per document.
        rows: Of the table of pieces; pieces that share a row share its vector.
        shortest: Letters of the shortest piece, marks for the ends of the word included.
        longest: Letters of the longest piece.

    Shapes:
        documents -> one array (length, width) per document

    Source:
        Bojanowski et al. 2017, Enriching word vectors with subword information, for the pieces.
    """
    if longest < shortest:
        raise ModelError(f"NgramEmbed: longest must be at least shortest, {shortest}, got {longest}")
    if words.maybe_get_dim("nO") not in (None, width):
        raise ModelError(
            f"NgramEmbed: words must be {width} wide, got {words.get_dim('nO')}; give both one width"
        )
    return Model(
        "ngram_embed",
        forward,
        init=init,
        layers=[words, Maxout(width, 2 * width, nP=3, normalize=True)],
        dims={"nO": width, "nV": rows},
        params={"E": None},
        attrs={"pieces": Pieces(rows, shortest, longest)},
    )


def forward(
    model: Model[Any, Any], docs: list[Doc], is_train: bool
) -> tuple[list[Any], Callable[[Any], Any]]:
    ops, (words, mix), width = model.ops, model.layers, model.get_dim("nO")
    Xs, backprop_words = words(docs, is_train)
    ends = np.cumsum([len(doc) for doc in docs], dtype="int64")
    if not len(ends) or not ends[-1]:
        nothing = [ops.alloc2f(0, width) for _ in docs]
        return nothing, lambda dYs: backprop_words(nothing)
    keys_U, word_N = np.unique(np.concatenate([doc.to_array("ORTH") for doc in docs]), return_inverse=True)
    rows_P, lengths_U = (ops.asarray(each) for each in model.attrs["pieces"](docs[0].vocab, keys_U.tolist()))
    # Everything of a word is done once, however often the batch has it.
    # A sum over the root of their number: long words and short ones get vectors of one size.
    scale_U1 = (1.0 / ops.xp.sqrt(lengths_U.astype("float32"))).reshape(-1, 1)
    G_UO = ops.reduce_sum(read_rows(model, "E", rows_P)[rows_P], lengths_U) * scale_U1
    word_N = ops.asarray(word_N)
    X_NI = ops.xp.concatenate([ops.xp.concatenate(list(Xs)), G_UO[word_N]], axis=1)
    Y_NO, backprop_mix = mix(X_NI, is_train)

    def backprop(dYs: list[Any]) -> Any:
        dX_NI = backprop_mix(ops.xp.concatenate(list(dYs)))
        dG_UO = ops.alloc2f(*G_UO.shape)
        ops.scatter_add(dG_UO, word_N, ops.as_contig(dX_NI[:, width:]))
        dG_PO = ops.backprop_reduce_sum(dG_UO * scale_U1, lengths_U)
        add_to_rows(model, "E", rows_P.reshape(-1, 1), dG_PO)
        return backprop_words(split(ops.as_contig(dX_NI[:, :width]), ends))

    return split(Y_NO, ends), backprop


def split(X_NO: Any, ends: Any) -> list[Any]:
    """Cut the rows of a batch into those of its documents."""
    return [X_NO[start:end] for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]


def init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    words, mix = model.layers
    words.initialize(X=X)
    mix.initialize()
    model.set_param("E", uniform_init(model.ops, (model.get_dim("nV"), model.get_dim("nO"))))
