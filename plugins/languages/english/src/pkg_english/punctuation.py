"""Infix rules of English: the general ones, and hyphens after digits."""

from __future__ import annotations

from kernel.text.tokenizer.char_classes import ALPHA, HYPHENS
from kernel.text.tokenizer.punctuation import INFIXES as GENERAL_INFIXES
from kernel.text.tokenizer.punctuation import PunctuationRules

INFIXES = PunctuationRules([*GENERAL_INFIXES, f"(?<=[0-9])(?:{HYPHENS})(?=[{ALPHA}])"])
