"""The check of data checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.contracts import DataCheck

if TYPE_CHECKING:
    from kernel.text.gold.example import Example


def check_data_check(
    check: DataCheck, nlp: Any, train: Sequence[Example], dev: Sequence[Example]
) -> list[str]:
    """Check that a data check yields one-line messages, changes nothing, and accepts an empty corpus.

    Args:
        check: The registered function.
        nlp: A pipeline with the component.
        train: Training examples.
        dev: Development examples.

    Returns:
        Its messages, for further assertions.
    """
    before = [example.to_dict() for example in (*train, *dev)]
    messages = list(check(nlp, iter(train), iter(dev)))
    wrong = [line for line in messages if not isinstance(line, str) or not line.strip() or "\n" in line]
    assert not wrong, f"messages must be non-empty strings of one line: {wrong[:8]}"
    assert [example.to_dict() for example in (*train, *dev)] == before, "it changes the examples"
    assert list(check(nlp, iter(train), iter(dev))) == messages, "a second call gives other messages"
    list(check(nlp, iter(()), iter(())))
    return messages
