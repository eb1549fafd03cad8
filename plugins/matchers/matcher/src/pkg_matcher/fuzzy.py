"""Levenshtein distance between words."""

from __future__ import annotations


def levenshtein(a: str, b: str, limit: int) -> int:
    """Count the characters to insert, delete or replace to turn one word into the other.

    Args:
        a: One word.
        b: The other word.
        limit: Counting stops above this number.

    Returns:
        The number, or `limit + 1` if it is larger.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    above = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other)))
        if min(row) > limit:
            return limit + 1
        above = row
    return min(above[-1], limit + 1)


def levenshtein_compare(input_text: str, pattern_text: str, fuzzy: int = -1) -> bool:
    """Return whether a word is similar enough to the pattern's word.

    Args:
        input_text: The word in the document.
        pattern_text: The word in the pattern.
        fuzzy: Number of characters that may differ; -1 for 30 % of the pattern, but at least two, because two swapped
            characters count as two.
    """
    limit = fuzzy if fuzzy >= 0 else max(2, round(0.3 * len(pattern_text)))
    return levenshtein(input_text, pattern_text, limit) <= limit
