"""Morphological features: `from kernel.morphology import Morphology`."""

from __future__ import annotations

from kernel.text.vocab.morphology import Morphology as Morphology
