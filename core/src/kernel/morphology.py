"""Morphological features."""

from __future__ import annotations

from kernel.text.morphology import Morphology as Morphology
