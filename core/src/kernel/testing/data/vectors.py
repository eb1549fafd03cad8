"""The check of word vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def check_vectors(make: Callable[[Any], Any], *words: str) -> Any:
    """Check that a factory's product creates vectors for a vocabulary, which can be looked up and saved.

    Args:
        make: The factory's product: a function from a vocabulary to vectors.
        words: Words that must have a vector.

    Returns:
        The vectors, for further assertions.
    """
    import numpy as np

    from kernel.text.vectors.vectors import Vectors
    from kernel.text.vocab.vocab import Vocab

    vocab = Vocab()
    vectors = make(vocab)
    assert isinstance(vectors, Vectors), f"it does not return Vectors: {type(vectors).__name__}"
    n_rows, width = vectors.shape
    assert width or not n_rows, f"the table has {n_rows} rows of width 0"
    missing = [word for word in words if word not in vectors]
    assert not missing, f"words without a vector: {missing[:8]}"
    for word in words:
        row = np.asarray(vectors[word])
        assert row.shape == (width,), f"the vector of {word!r} has shape {row.shape}, not {(width,)}"
        assert row.dtype == np.float32, f"the vector of {word!r} is not float32: {row.dtype}"
        assert np.isfinite(row).all(), f"the vector of {word!r} is not finite"
    restored = Vectors(strings=vocab.strings).from_bytes(vectors.to_bytes())
    assert restored.shape == vectors.shape, "the shape differs after saving and loading"
    for word in words:
        assert np.array_equal(restored[word], vectors[word]), f"{word!r} differs after saving and loading"
    assert make(Vocab()).shape == vectors.shape, "a second call gives another shape"
    return vectors
