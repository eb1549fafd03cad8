"""An augmenter that combines lower case, orthographic variants and additional whitespace."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from kernel.limits import Amount, Share
from kernel.training import Example
from pkg_augmenters.lower import lowered
from pkg_augmenters.rewrite import with_whitespace
from pkg_augmenters.variants import Variants, varied

Augment = Callable[[Any, Example], Iterator[Example]]


def combined_augmenter(
    lower_level: Share,
    orth_level: Share,
    orth_variants: dict[str, Any] | None,
    whitespace_level: Share,
    whitespace_per_token: Amount,
    whitespace_variants: list[str] | None,
) -> Augment:
    """Create an augmenter that randomly lower-cases texts, replaces orthographic variants and inserts whitespace.

    Args:
        lower_level: Share of texts to lower-case.
        orth_level: Share of texts in which to replace orthographic variants.
        orth_variants: The table of variants; see `Variants`.
        whitespace_level: Share of texts in which to insert whitespace tokens.
        whitespace_per_token: Number of inserted whitespace tokens per token of the text.
        whitespace_variants: The texts of whitespace tokens to choose from.

    Raises:
        ConfigError: The table of variants has another form.
    """
    variants = Variants(orth_variants) if orth_variants else None

    def augment(nlp: Any, example: Example) -> Iterator[Example]:
        if random.random() < lower_level:
            example = lowered(nlp, example)
        if variants is not None and random.random() < orth_level:
            example = varied(nlp, example, variants, example.reference.words)
        if whitespace_variants and random.random() < whitespace_level:
            for _ in range(int(len(example.reference) * whitespace_per_token)):
                whitespace = random.choice(whitespace_variants)
                position = random.randrange(0, len(example.reference))
                example = with_whitespace(nlp, example.reference, position, whitespace)
        yield example

    return augment
