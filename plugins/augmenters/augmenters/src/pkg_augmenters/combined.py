"""Lower case, other spellings and additional whitespace together."""

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
    """Write texts in lower case, with other marks and with whitespace tokens, each by chance.

    Args:
        lower_level: Share of the texts that are written in lower case.
        orth_level: Share of the texts whose marks are written otherwise.
        orth_variants: What stands for what; see `Variants`.
        whitespace_level: Share of the texts that get whitespace tokens.
        whitespace_per_token: So many of them for each token of the text.
        whitespace_variants: What they may be.

    Raises:
        ConfigError: The table of variants is no such one.
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
