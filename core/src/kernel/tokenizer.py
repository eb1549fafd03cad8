"""The rule-based tokenizer: `from kernel.tokenizer import Tokenizer`."""

from __future__ import annotations

from kernel.text.tokenizer.tokenizer import Tokenizer as Tokenizer
