"""Token-to-vector models: an embedding layer and an encoder, one after the other."""

from __future__ import annotations

from typing import Any

from thinc.api import Model, chain

from kernel.errors import ModelError
from kernel.limits import Depth, Pieces, Rows, Width, Window
from kernel.tokens import Doc
from pkg_tok2vec.embed import MultiHashEmbed
from pkg_tok2vec.encode import MaxoutWindowEncoder, MishWindowEncoder


def Tok2Vec(
    embed: Model[list[Doc], list[Any]], encode: Model[list[Any], list[Any]]
) -> Model[list[Doc], list[Any]]:
    """Embed words, then encode them in context.

    Args:
        embed: Maps documents to one array (length, width) per document.
        encode: Maps arrays of vectors to arrays of vectors in context, of the same lengths.

    Shapes:
        documents -> one array (length, width) per document

    Raises:
        ModelError: The widths of `embed` and `encode` differ.
    """
    embed_width = embed.maybe_get_dim("nO")
    encode_width = encode.maybe_get_dim("nI")
    if embed_width and encode_width and embed_width != encode_width:
        raise ModelError(
            f"Tok2Vec: expected one width for embed and encode, got {embed_width} and {encode_width}; "
            "set both to the same value, such as ${components.tok2vec.model.encode.width}"
        )
    model: Model[list[Doc], list[Any]] = chain(embed, encode)
    if encode.has_dim("nO"):
        model.set_dim("nO", encode.get_dim("nO"), force=True)
    model.set_ref("embed", embed)
    model.set_ref("encode", encode)
    model.name = "tok2vec"
    return model


def HashEmbedCNN(
    *,
    width: Width,
    depth: Depth,
    embed_size: Rows,
    window_size: Window,
    maxout_pieces: Pieces,
    subword_features: bool,
    pretrained_vectors: bool | None,
) -> Model[list[Doc], list[Any]]:
    """Create the standard tok2vec for a single component: hash embeddings and a windowed encoder.

    Args:
        width: Width of the vectors. 96, or 128 to 300 for accuracy.
        depth: Number of encoder blocks; each sees `window_size` neighbours on each side.
        embed_size: Rows of the NORM table; the subword tables have half as many.
        window_size: Neighbours on each side that one block sees.
        maxout_pieces: Pieces of each maxout; 1 uses Mish instead.
        subword_features: Also embed prefix, suffix and shape; turn it off for scripts such as Chinese, where single
            characters are words.
        pretrained_vectors: Also use the vocabulary's word vectors.

    Shapes:
        documents -> one array (length, width) per document

    Source:
        The settings of `spacy.HashEmbedCNN.v2`.
    """
    attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE"] if subword_features else ["NORM"]
    rows = [embed_size, *[embed_size // 2] * (len(attrs) - 1)]
    embed = MultiHashEmbed(width, attrs, rows, bool(pretrained_vectors), min_freq=0)
    if maxout_pieces == 1:
        return Tok2Vec(embed, MishWindowEncoder(width, window_size, depth))
    return Tok2Vec(embed, MaxoutWindowEncoder(width, window_size, maxout_pieces, depth))
