"""Tokenizer rules shared by several languages."""

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

#: Infixes for languages whose words keep their hyphens (`E-Mail-Adresse`): marks between letters, double hyphens.
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

#: The same, but a percent sign stays with its number.
WITH_PERCENT = PunctuationRules(
    rule.replace("|%|", "|") if rule == f"(?<=[0-9])(?:{UNITS})" else rule for rule in NO_POSSESSIVE
)

#: A slash, colon or similar mark between a letter or digit and a letter.
SEPARATES = _SEPARATES


def elided(words: str) -> str:
    """Return the prefix rule for words that are elided before a vowel: `l'`, `d’`.

    Args:
        words: The words without their apostrophe, separated by spaces.
    """
    return f"(?i:{'|'.join(words.split())})['’](?=[{ALPHA}])"


#: Split after an apostrophe: `dell'|arte`.
BEHIND_APOSTROPHE = f"(?<=[{ALPHA}]['’])(?=[{ALPHA}])"

#: Split off a dot, also from a number, as at the end of a sentence: `2020|.`
DOT_OFF_NUMBERS = rf"(?<=[\d{ALPHA_LOWER}%²|\-+{PUNCT}{QUOTES}])\."
DOT_ON_NUMBERS = rf"(?<=[{ALPHA_LOWER}%²|\-+{PUNCT}{QUOTES}])\."

#: Suffixes for languages in which a number with a dot is an ordinal (`3. Mai`), which keeps its dot.
ORDINAL_DOT = PunctuationRules(DOT_ON_NUMBERS if rule == DOT_OFF_NUMBERS else rule for rule in NO_POSSESSIVE)
