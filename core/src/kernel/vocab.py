"""The vocabulary."""

from __future__ import annotations

from kernel.text.vocab.vocab import Vocab as Vocab
