"""An augmenter that inserts typing errors."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from kernel.limits import Share
from kernel.training import Example
from pkg_augmenters.rewrite import with_words

Augment = Callable[[Any, Example], Iterator[Example]]

_SHORTEST = 3


def char_noise(level: Share, per_word: Share = 0.1) -> Augment:
    """Create an augmenter that inserts typing errors into words.

    An error swaps two letters, or drops, doubles or replaces one (by another letter of the text). Words of fewer than
    three letters, words with other characters, and the first letter of a word are never changed. Annotation stays with
    its token.

    Args:
        level: Share of texts in which to insert errors.
        per_word: Share of their words that get one error.
    """

    def augment(nlp: Any, example: Example) -> Iterator[Example]:
        if random.random() >= level:
            yield example
            return
        words = example.reference.words
        letters = "".join(word for word in words if word.isalpha())
        noisy = [_misspelled(word, letters) if random.random() < per_word else word for word in words]
        yield with_words(nlp, example.reference, noisy) if noisy != words else example

    return augment


def _misspelled(word: str, letters: str) -> str:
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    i = random.randrange(1, len(word))
    before, letter, after = word[:i], word[i], word[i + 1 :]
    kind = random.choice(("swap", "drop", "double", "replace"))
    if kind == "swap" and after:
        return before + after[0] + letter + after[1:]
    if kind == "double":
        return before + letter + letter + after
    if kind == "replace":
        return before + random.choice(letters) + after
    return before + after
