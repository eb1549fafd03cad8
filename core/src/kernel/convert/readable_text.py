"""What becomes of documents that cannot be learnt from: the run fails, or they are left out and counted."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from kernel.errors import DataError
from kernel.system.files import write_whole
from kernel.text.base.json_data import json_bytes

logger = logging.getLogger(__name__)

#: "fail" stops at the first, "skip" leaves them out, "quarantine" also writes them to a file.
OnInvalid: TypeAlias = Literal["fail", "skip", "quarantine"]


@dataclass(frozen=True)
class TextFault:
    """Why one document is no good.

    Args:
        place: `file:line` or `file: document number`; empty where that is in the reason.
        reason: What is wrong, and what to do.
        kind: The reason in few words, the same for all of its kind.
        text: The document, or its line, as far as it can be read.
        characters: First character of the text that is at fault, and the one after the last; None for all.
    """

    place: str
    reason: str
    kind: str
    text: str
    characters: tuple[int, int] | None = None

    @classmethod
    def of(cls, error: DataError, text: str) -> TextFault:
        """Take what an error says: its address is the place."""
        return cls(str(error.where), error.reason, error.summary, text)

    def __str__(self) -> str:
        where = "" if self.characters is None else " (characters {} to {})".format(*self.characters)
        return f"{self.place}: {self.reason}{where}" if self.place else f"{self.reason}{where}"


#: Takes a fault, and raises where nothing is to be left out.
Refuse: TypeAlias = Callable[[TextFault], None]


def refuse_or_raise(error: DataError, text: str, refuse: Refuse | None) -> None:
    """Hand the fault of a part of a file on, or raise the error where nobody takes it.

    Args:
        error: Its `where` is `file:line`.
        text: The part, as far as it can be read.
        refuse: Who takes it.

    Raises:
        DataError: Nobody does.
    """
    if refuse is None:
        raise error
    refuse(TextFault.of(error, text))


class Sieve:
    """Takes the faults of one pass over a corpus.

    Args:
        path: The corpus.
        on_invalid: What to do.
    """

    def __init__(self, path: Path, on_invalid: OnInvalid) -> None:
        self.path = path
        self.on_invalid = on_invalid
        self.n_read = 0
        self.faults: list[TextFault] = []

    @property
    def file(self) -> Path:
        """Where the documents in quarantine go, beside the corpus; a pattern's without its marks."""
        name = re.sub(r"[*?\[\]]+", "_", self.path.name)
        return self.path.with_name(f"{name}.invalid.jsonl")

    def refuse(self, fault: TextFault) -> None:
        """Leave a document out.

        Raises:
            DataError: Nothing is to be left out.
        """
        if self.on_invalid == "fail":
            raise DataError(f'{fault}, or set on_invalid = "skip" or "quarantine"')
        self.faults.append(fault)

    def finish(self) -> None:
        """Say what was left out of the whole pass, and write it where that was asked for.

        Raises:
            DataError: The file cannot be written.
        """
        if not self.faults:
            return
        where = ""
        if self.on_invalid == "quarantine":
            self._write()
            where = f"; see {self.file}"
        kinds = ", ".join(
            f"{n} x {kind}" for kind, n in Counter(each.kind for each in self.faults).most_common()
        )
        n_all = self.n_read + len(self.faults)
        logger.warning(
            "%s: left out %d of %d documents: %s%s", self.path, len(self.faults), n_all, kinds, where
        )

    def _write(self) -> None:
        lines = [json_bytes(vars(fault)) + b"\n" for fault in self.faults]
        try:
            write_whole(self.file, lines)
        except OSError as exc:
            raise DataError(
                f"{self.file}: the quarantine cannot be written, got {exc.strerror!r:.80}; check the folder, or set "
                f'on_invalid = "skip"'
            ) from exc


def checked(on_invalid: str) -> OnInvalid:
    """See that a setting is one of those there are.

    Raises:
        DataError: It is not.
    """
    if on_invalid in ("fail", "skip", "quarantine"):
        return on_invalid  # type: ignore[return-value]
    raise DataError(f"on_invalid: expected 'fail', 'skip' or 'quarantine', got {on_invalid!r:.80}; name one")
