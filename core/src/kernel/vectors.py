"""Word vectors."""

from __future__ import annotations

from kernel.text.vectors.vectors import Vectors as Vectors
