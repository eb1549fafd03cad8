"""What every look over a corpus must do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.contracts import DataCheck

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_data_check(
    check: DataCheck, nlp: Any, train: Sequence[Example], dev: Sequence[Example]
) -> list[str]:
    """Check that a look over a corpus says sentences, changes nothing, and takes a corpus without examples.

    Args:
        check: The function that the name stands for.
        nlp: A pipeline with the component.
        train: Training examples.
        dev: Development examples.

    Returns:
        What it says, for the test to look at.
    """
    before = [example.to_dict() for example in (*train, *dev)]
    said = list(check(nlp, iter(train), iter(dev)))
    wrong = [line for line in said if not isinstance(line, str) or not line.strip() or "\n" in line]
    assert not wrong, f"these are no sentences on one line: {wrong[:8]}"
    assert [example.to_dict() for example in (*train, *dev)] == before, "it changes the examples"
    assert list(check(nlp, iter(train), iter(dev))) == said, "it says something else the second time"
    list(check(nlp, iter(()), iter(())))
    return said
