"""Word vectors."""

from __future__ import annotations

from kernel.text.vectors import Vectors as Vectors
