"""Word vectors: `from kernel.vectors import Vectors`."""

from __future__ import annotations

from kernel.text.vectors.vectors import Vectors as Vectors
