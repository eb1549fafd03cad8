"""What every augmenter must do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.contracts import Augmenter

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_augmenter(
    augmenter: Augmenter, nlp: Any, examples: Sequence[Example], *, seed: int = 0
) -> list[Example]:
    """Check that an augmenter makes examples for the pipeline, leaves those it is given, and follows the seed.

    Args:
        augmenter: What the factory made.
        nlp: The pipeline.
        examples: What to vary; at least one.
        seed: Of the random draws.

    Returns:
        What it made of the examples, for the test to look at.
    """
    from kernel.pipeline.run.seeding import fix_random_seed
    from kernel.text.gold.example import Example

    before = [example.to_dict() for example in examples]
    runs: list[list[Example]] = []
    for _ in range(2):
        fix_random_seed(seed)
        runs.append([made for example in examples for made in augmenter(nlp, example)])
    made = runs[0]
    assert all(isinstance(one, Example) for one in made), "it yields something else than an Example"
    assert [example.to_dict() for example in examples] == before, "it changes the example that it is given"
    for one in made:
        assert one.predicted.vocab is nlp.vocab, "an example has another vocab than nlp"
        assert one.predicted is not one.reference, "predicted and reference are one document"
        assert len(one.alignment.x2y) == len(one.predicted), "the tokens of an example cannot be aligned"
    dicts = [[one.to_dict() for one in run] for run in runs]
    assert dicts[0] == dicts[1], (
        "with one seed it makes two different things; draw from Python's or NumPy's random"
    )
    return made
