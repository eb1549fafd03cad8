"""Entries of the vocabulary: `from kernel.lexeme import Lexeme`."""

from __future__ import annotations

from kernel.text.vocab.lexeme import Lexeme as Lexeme
