"""The vocabulary: `from kernel.vocab import Vocab`."""

from __future__ import annotations

from kernel.text.vocab.vocab import Vocab as Vocab
