"""What every reader of examples must do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kernel.contracts import Reader

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_reader(reader: Reader, nlp: Any) -> list[Example]:
    """Check that a reader yields fresh, unannotated examples, the same ones each time.

    Args:
        reader: What the factory made, over a corpus of at least one document.
        nlp: The pipeline to read for.

    Returns:
        The examples of one reading, for the test to look at.
    """
    from kernel.text.gold.example import Example

    stream = reader(nlp)
    assert isinstance(stream, Iterator), f"it returns no iterator: {type(stream).__name__}"
    examples = list(stream)

    assert examples, "it reads nothing"
    for example in examples:
        assert isinstance(example, Example), f"it yields no Example: {type(example).__name__}"
        assert example.predicted is not example.reference, "predicted and reference are one document"
        assert example.predicted.vocab is nlp.vocab, "the predicted document has another vocab than nlp"
        assert example.reference.vocab is nlp.vocab, "the reference has another vocab than nlp"
        gold = [name for name in ("TAG", "POS", "DEP", "ENT_IOB") if example.predicted.has_annotation(name)]
        assert not gold, f"the predicted document already knows {gold}"
    again = list(reader(nlp))
    texts = [example.reference.text for example in examples]
    assert texts == [example.reference.text for example in again], "a second reading differs"
    assert all(one.predicted is not two.predicted for one, two in zip(examples, again, strict=True)), (
        "a second reading gives the documents of the first, with what was predicted on them"
    )
    return examples
