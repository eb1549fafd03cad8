"""The check of augmenters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.contracts import Augmenter

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_augmenter(
    augmenter: Augmenter, nlp: Any, examples: Sequence[Example], *, seed: int = 0
) -> list[Example]:
    """Check that an augmenter yields valid examples, does not change its input, and is reproducible.

    Args:
        augmenter: The factory's product.
        nlp: The pipeline.
        examples: The examples to augment; at least one.
        seed: The random seed.

    Returns:
        The augmented examples, for further assertions.
    """
    from kernel.pipeline.run.seeding import fix_random_seed
    from kernel.text.gold.example import Example

    before = [example.to_dict() for example in examples]
    runs: list[list[Example]] = []
    for _ in range(2):
        fix_random_seed(seed)
        runs.append([variant for example in examples for variant in augmenter(nlp, example)])
    variants = runs[0]
    assert all(isinstance(variant, Example) for variant in variants), (
        "it yields something other than Examples"
    )
    assert [example.to_dict() for example in examples] == before, "it changes the example it is given"
    for variant in variants:
        assert variant.predicted.vocab is nlp.vocab, "an example's vocab is not that of nlp"
        assert variant.predicted is not variant.reference, "predicted and reference are the same document"
        assert len(variant.alignment.x2y) == len(variant.predicted), (
            "the tokens of an example cannot be aligned"
        )
    dicts = [[variant.to_dict() for variant in run] for run in runs]
    assert dicts[0] == dicts[1], (
        "the same seed gives different examples; draw from Python's or NumPy's random"
    )
    return variants
