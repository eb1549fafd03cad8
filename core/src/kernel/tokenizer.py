"""The tokenizer by rules."""

from __future__ import annotations

from kernel.text.tokenizer.tokenizer import Tokenizer as Tokenizer
