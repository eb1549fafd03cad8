"""Tokenizer rules that several of the languages share."""

from __future__ import annotations

from kernel.text.tokenizer.char_classes import (
    ALPHA,
    ALPHA_LOWER,
    ALPHA_UPPER,
    HYPHENS,
    ICONS,
    PUNCT,
    QUOTES,
    UNITS,
)
from kernel.text.tokenizer.punctuation import INFIXES, SUFFIXES, PunctuationRules

_QUOTES_BUT_APOSTROPHE = QUOTES.replace("'", "")
_BETWEEN_LETTERS = f"(?<=[{ALPHA}])(?:{HYPHENS})(?=[{ALPHA}])"
_POSSESSIVE = r"['’][sS]"
_SEPARATES = f"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])"

#: Where words are split that keep their hyphens (`E-Mail-Adresse`): at marks between letters, a slash, a double hyphen.
WITH_HYPHENS = PunctuationRules(
    [
        r"\.\.+",
        "…",
        f"[{ICONS}]",
        f"(?<=[{ALPHA_LOWER}])\\.(?=[{ALPHA_UPPER}])",
        f"(?<=[{ALPHA}])[,!?](?=[{ALPHA}])",
        f"(?<=[{ALPHA}])[:<>=](?=[{ALPHA}])",
        rf"(?<=[{ALPHA}])[{_QUOTES_BUT_APOSTROPHE})\](\[](?=[{ALPHA}])",
        f"(?<=[{ALPHA}])--(?=[{ALPHA}])",
    ]
)

#: The general infixes without the hyphen between letters.
NO_HYPHEN = PunctuationRules(rule for rule in INFIXES if rule != _BETWEEN_LETTERS)

#: The general suffixes without the English 's.
NO_POSSESSIVE = PunctuationRules(rule for rule in SUFFIXES if rule != _POSSESSIVE)

#: As those, and a percent sign stays with its number.
WITH_PERCENT = PunctuationRules(
    rule.replace("|%|", "|") if rule == f"(?<=[0-9])(?:{UNITS})" else rule for rule in NO_POSSESSIVE
)

#: A slash, colon and the like between letters or digits and letters.
SEPARATES = _SEPARATES


def elided(words: str) -> str:
    """Make the prefix rule of words that lose their vowel before another: `l'`, `d’`.

    Args:
        words: The words without their apostrophe, between spaces.
    """
    return f"(?i:{'|'.join(words.split())})['’](?=[{ALPHA}])"


#: A word ends behind an apostrophe: `dell'|arte`.
BEHIND_APOSTROPHE = f"(?<=[{ALPHA}]['’])(?=[{ALPHA}])"

#: A dot goes off a number as well, as at the end of a sentence: `2020|.`
DOT_OFF_NUMBERS = rf"(?<=[\d{ALPHA_LOWER}%²|\-+{PUNCT}{QUOTES}])\."
DOT_ON_NUMBERS = rf"(?<=[{ALPHA_LOWER}%²|\-+{PUNCT}{QUOTES}])\."

#: The suffixes of languages in which a number with a dot is an ordinal (`3. Mai`): the dot stays.
ORDINAL_DOT = PunctuationRules(DOT_ON_NUMBERS if rule == DOT_OFF_NUMBERS else rule for rule in NO_POSSESSIVE)
