"""What every table of word vectors must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def check_vectors(make: Callable[[Any], Any], *words: str) -> Any:
    """Check that a factory's product makes vectors for a vocabulary that look words up and can be saved.

    Args:
        make: What the factory made: from a vocabulary to its vectors.
        words: Words that must have a vector.

    Returns:
        The vectors, for the test to look at.
    """
    import numpy as np

    from kernel.text.vectors.vectors import Vectors
    from kernel.text.vocab.vocab import Vocab

    vocab = Vocab()
    vectors = make(vocab)
    assert isinstance(vectors, Vectors), f"it makes no Vectors: {type(vectors).__name__}"
    n_rows, width = vectors.shape
    assert width or not n_rows, f"there are {n_rows} rows without a width"
    missing = [word for word in words if word not in vectors]
    assert not missing, f"words have no vector: {missing[:8]}"
    for word in words:
        row = np.asarray(vectors[word])
        assert row.shape == (width,), f"the vector of {word!r} has the shape {row.shape}, not {(width,)}"
        assert row.dtype == np.float32, f"the vector of {word!r} is no float32: {row.dtype}"
        assert np.isfinite(row).all(), f"the vector of {word!r} is not finite"
    restored = Vectors(strings=vocab.strings).from_bytes(vectors.to_bytes())
    assert restored.shape == vectors.shape, "saved and loaded, they have another shape"
    for word in words:
        assert np.array_equal(restored[word], vectors[word]), f"saved and loaded, {word!r} differs"
    assert make(Vocab()).shape == vectors.shape, "made twice, they have two shapes"
    return vectors
