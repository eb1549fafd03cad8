"""An augmenter that replaces orthographic variants with the same meaning: quotes, dashes, ellipses.

Random numbers are drawn as in spaCy's `orth_variants`, so that the same seed gives the same texts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kernel.errors import ConfigError
from kernel.limits import Share
from kernel.training import Example
from pkg_augmenters.rewrite import with_words

Augment = Callable[[Any, Example], Iterator[Example]]


class Single(NamedTuple):
    """Words that are interchangeable for tokens with one of these tags."""

    tags: frozenset[str]
    variants: Sequence[str]


class Paired(NamedTuple):
    """Interchangeable pairs of an opening and a closing mark; two tags distinguish opening from closing."""

    tags: Sequence[str]
    variants: Sequence[Sequence[str]]


class Variants:
    """A table of orthographic variants.

    Args:
        table: `{"single": [{"tags": [...], "variants": [...]}], "paired": [{"tags": [...], "variants": [[...]]}]}`.

    Raises:
        ConfigError: The table has another form; the message names the place.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        unknown = set(table) - {"single", "paired"}
        if unknown:
            raise ConfigError(
                f"orth_variants: expected the keys 'single' and 'paired', got {sorted(unknown)}; remove them"
            )
        self.single = [
            Single(frozenset(_strings(f"single {i}: tags", each)), _strings(f"single {i}: variants", each))
            for i, each in enumerate(table.get("single", ()))
        ]
        self.paired = [
            Paired(_strings(f"paired {i}: tags", each), _pairs(f"paired {i}: variants", each))
            for i, each in enumerate(table.get("paired", ()))
        ]

    def drawn(self, words: Sequence[str], tags: Sequence[str]) -> list[str]:
        """Return the words with variants replaced, with one random choice per group for the whole text."""
        words = list(words)
        choices = [random.choice(group.variants) for group in self.single]
        for i, tag in enumerate(tags):
            for group, choice in zip(self.single, choices, strict=True):
                if tag in group.tags and words[i] in group.variants:
                    words[i] = choice
        pairs = [random.choice(group.variants) for group in self.paired]
        for i, tag in enumerate(tags):
            for paired, pair in zip(self.paired, pairs, strict=True):
                if tag in paired.tags and any(words[i] in variant for variant in paired.variants):
                    words[i] = pair[_side(paired, tag, words[i])]
        return words


def orth_variants(level: Share, lower: Share, orth_variants: dict[str, Any]) -> Augment:
    """Create an augmenter that replaces orthographic variants, such as straight quotes by curly ones.

    Args:
        level: Share of texts in which to replace variants.
        lower: Share of these to lower-case as well.
        orth_variants: The table of variants; see `Variants`.

    Raises:
        ConfigError: The table of variants has another form.
    """
    variants = Variants(orth_variants)

    def augment(nlp: Any, example: Example) -> Iterator[Example]:
        if random.random() >= level:
            yield example
            return
        words = example.reference.words
        if random.random() < lower:
            words = [word.lower() for word in words]
        yield varied(nlp, example, variants, words)

    return augment


def varied(nlp: Any, example: Example, variants: Variants, words: Sequence[str]) -> Example:
    """Return an example with these words, after replacing variants."""
    reference = example.reference
    tags = [reference.vocab.strings[tag] if tag else "" for tag in reference.column("TAG").tolist()]
    return with_words(nlp, reference, variants.drawn(words, tags))


def _side(paired: Paired, tag: str, word: str) -> int:
    """Return 0 for an opening and 1 for a closing mark: by its tag, else by its position in a pair."""
    random_side = random.choice([0, 1])
    if len(paired.tags) == 2:
        return paired.tags.index(tag)
    sides = [list(pair).index(word) for pair in paired.variants if word in pair]
    return sides[-1] if sides else random_side


def _strings(where: str, group: Any) -> list[str]:
    key = where.rpartition(" ")[2]
    values = group.get(key) if isinstance(group, Mapping) else None
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise ConfigError(
            f"orth_variants: {where}: expected a list of strings, got {values!r:.80}; write one"
        )
    return values


def _pairs(where: str, group: Mapping[str, Any]) -> list[list[str]]:
    pairs = group.get("variants")
    if (
        not isinstance(pairs, list)
        or not pairs
        or not all(isinstance(p, list) and len(p) == 2 for p in pairs)
    ):
        raise ConfigError(
            f"orth_variants: {where}: expected a list of pairs, got {pairs!r:.80}; write two marks each"
        )
    return pairs
