"""Check a corpus before a run for errors that would stop it, within a time limit."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from pathlib import Path

logger = logging.getLogger(__name__)

#: Time limit of the check; the rest of a corpus that takes longer is checked while it is read.
SECONDS = 30.0


def look_ahead(parts: Iterable[object], path: Path) -> None:
    """Read and discard parts of a corpus until their end or the time limit.

    Args:
        parts: An iterable that raises at the first error in the corpus.
        path: The corpus, for the warning.
    """
    end = time.monotonic() + SECONDS
    for n_parts, _ in enumerate(parts, start=1):
        if time.monotonic() > end:
            logger.warning(
                "%s: the first %d documents are valid; checking more would delay the first step by more than "
                "%.0f seconds, so the others are checked while they are read",
                path,
                n_parts,
                SECONDS,
            )
            return
