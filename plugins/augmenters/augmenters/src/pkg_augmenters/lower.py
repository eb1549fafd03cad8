"""An augmenter that lower-cases texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from kernel.limits import Share
from kernel.training import Example
from pkg_augmenters.rewrite import with_words

Augment = Callable[[Any, Example], Iterator[Example]]


def lower_case(level: Share) -> Augment:
    """Create an augmenter that lower-cases texts.

    Args:
        level: Share of texts to lower-case.
    """

    def augment(nlp: Any, example: Example) -> Iterator[Example]:
        yield lowered(nlp, example) if random.random() < level else example

    return augment


def lowered(nlp: Any, example: Example) -> Example:
    """Return an example with the text in lower case."""
    return with_words(nlp, example.reference, [word.lower() for word in example.reference.words])
