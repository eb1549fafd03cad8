"""The check of readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kernel.contracts import Reader

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_reader(reader: Reader, nlp: Any) -> list[Example]:
    """Check that a reader yields new examples without predictions, the same on each pass.

    Args:
        reader: The factory's product, for a corpus of at least one document.
        nlp: The pipeline.

    Returns:
        The examples of one pass, for further assertions.
    """
    from kernel.text.gold.example import Example

    stream = reader(nlp)
    assert isinstance(stream, Iterator), f"it does not return an iterator: {type(stream).__name__}"
    examples = list(stream)
    assert examples, "it yields no examples"
    for example in examples:
        assert isinstance(example, Example), (
            f"it yields something other than Examples: {type(example).__name__}"
        )
        assert example.predicted is not example.reference, "predicted and reference are the same document"
        assert example.predicted.vocab is nlp.vocab, "the predicted document's vocab is not that of nlp"
        assert example.reference.vocab is nlp.vocab, "the reference's vocab is not that of nlp"
        gold = [name for name in ("TAG", "POS", "DEP", "ENT_IOB") if example.predicted.has_annotation(name)]
        assert not gold, f"the predicted document already has annotation: {gold}"
    again = list(reader(nlp))
    texts = [example.reference.text for example in examples]
    assert texts == [example.reference.text for example in again], "a second pass gives other texts"
    assert all(one.predicted is not two.predicted for one, two in zip(examples, again, strict=True)), (
        "a second pass gives the same predicted documents, which may have predictions from the first"
    )
    return examples
