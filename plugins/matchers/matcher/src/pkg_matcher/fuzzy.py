"""How many letters two words differ by."""

from __future__ import annotations


def levenshtein(a: str, b: str, limit: int) -> int:
    """Count the letters to put in, leave out or replace that turn one word into the other.

    Args:
        a: One word.
        b: The other.
        limit: Counting ends above it.

    Returns:
        The number, or `limit + 1` where there are more.
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
    """Tell whether a word is near enough to the pattern's.

    Args:
        input_text: The word of the document.
        pattern_text: The word of the pattern.
        fuzzy: Letters that may differ; -1: 30 % of the pattern's, but two at least, as two swapped letters count twice.
    """
    limit = fuzzy if fuzzy >= 0 else max(2, round(0.3 * len(pattern_text)))
    return levenshtein(input_text, pattern_text, limit) <= limit
