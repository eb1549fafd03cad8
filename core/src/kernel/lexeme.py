"""Words by themselves."""

from __future__ import annotations

from kernel.text.vocab.lexeme import Lexeme as Lexeme
