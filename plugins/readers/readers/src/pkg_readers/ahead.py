"""Looking through a corpus before a run, for what would stop it: for as long as one cares to wait."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from pathlib import Path

logger = logging.getLogger(__name__)

#: So long a run waits for its first step; a corpus that takes longer is looked at further as it is read.
SECONDS = 30.0


def look_ahead(parts: Iterable[object], path: Path) -> None:
    """Read parts of a corpus, keeping nothing of them, until their end or until it takes too long.

    Args:
        parts: Raise where something is wrong.
        path: What a note about the rest calls the corpus.
    """
    end = time.monotonic() + SECONDS
    for n_parts, _ in enumerate(parts, start=1):
        if time.monotonic() > end:
            logger.warning(
                "%s: the first %d documents are good; to look through more before the first step would take longer "
                "than %.0f seconds, so the others are looked at when they are read",
                path,
                n_parts,
                SECONDS,
            )
            return
