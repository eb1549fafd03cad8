"""Files of the repository that are written from others: each has a test that compares it, or writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

#: Writes every such file anew.
COMMAND = "KERNEL_WRITE_GOLDEN=1 uv run pytest tests/house"


def check_generated(path: Path, text: str) -> None:
    """Fail when a file does not hold the text that is made for it; write it where `KERNEL_WRITE_GOLDEN` is set.

    Args:
        path: The file.
        text: What it should hold.
    """
    if os.environ.get("KERNEL_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    held = path.read_text(encoding="utf-8") if path.is_file() else ""

    assert held == text, f"{path.name} is stale; write it anew: {COMMAND}"
