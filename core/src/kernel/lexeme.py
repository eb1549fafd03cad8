"""Words by themselves."""

from __future__ import annotations

from kernel.text.lexeme import Lexeme as Lexeme
