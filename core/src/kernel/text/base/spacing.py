"""Align words with the text they are from, to restore the whitespace between them."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.errors import DataError


def get_words_and_spaces(words: Iterable[str], text: str) -> tuple[list[str], list[bool]]:
    """Find words in their text, and add tokens for extra whitespace as a document keeps them.

    Args:
        words: The words in order; whitespace words are ignored, since the text has the whitespace.
        text: The text.

    Returns:
        The tokens, and whether a space follows each, as `Doc(vocab, words, spaces)` takes them.

    Raises:
        DataError: The words do not match the text.
    """
    tokens: list[str] = []
    spaces: list[bool] = []

    def add_gap(gap: str) -> None:
        if gap.startswith(" ") and tokens:
            spaces[-1], gap = True, gap[1:]
        if gap:
            tokens.append(gap)
            spaces.append(False)

    at = 0
    for word in words:
        if not word.strip():
            continue
        start = text.find(word, at)
        if start < 0 or text[at:start].strip():
            raise DataError(f"words: do not match the text, got {word!r:.40} for {text[at : at + 40]!r}")
        add_gap(text[at:start])
        tokens.append(word)
        spaces.append(False)
        at = start + len(word)
    if text[at:].strip():
        raise DataError(f"words: do not match the text, got no word for {text[at : at + 40]!r}")
    add_gap(text[at:])
    return tokens, spaces
