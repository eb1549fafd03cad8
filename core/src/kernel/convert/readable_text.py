"""Handle invalid documents in a corpus: fail at the first, or leave them out and count them."""

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
    """Why a document is invalid.

    Args:
        place: `file:line` or `file: document number`; empty where that is in the reason.
        reason: What is wrong, and what to do.
        kind: A short form of the reason, the same for all faults of a kind.
        text: The document, or its line, as far as it can be read.
        characters: First invalid character of the text and the one after the last; None for the whole text.
    """

    place: str
    reason: str
    kind: str
    text: str
    characters: tuple[int, int] | None = None

    @classmethod
    def of(cls, error: DataError, text: str) -> TextFault:
        """Take the parts of an error: its address is the place."""
        return cls(str(error.where), error.reason, error.summary, text)

    def __str__(self) -> str:
        where = "" if self.characters is None else " (characters {} to {})".format(*self.characters)
        return f"{self.place}: {self.reason}{where}" if self.place else f"{self.reason}{where}"


#: Called with a fault to leave the document out; raises if documents must not be left out.
Refuse: TypeAlias = Callable[[TextFault], None]


def refuse_or_raise(error: DataError, text: str, refuse: Refuse | None) -> None:
    """Pass an error in part of a file to a callback, or raise it if there is none.

    Args:
        error: The error; its `where` is `file:line`.
        text: The part, as far as it can be read.
        refuse: The callback.

    Raises:
        DataError: There is no callback, or the callback raises.
    """
    if refuse is None:
        raise error
    refuse(TextFault.of(error, text))


class Sieve:
    """Collects the faults of one pass over a corpus.

    Args:
        path: The corpus.
        on_invalid: What to do with invalid documents.
    """

    def __init__(self, path: Path, on_invalid: OnInvalid) -> None:
        self.path = path
        self.on_invalid = on_invalid
        self.n_read = 0
        self.faults: list[TextFault] = []

    @property
    def file(self) -> Path:
        """The file for quarantined documents, beside the corpus; wildcards in its path are replaced."""
        name = re.sub(r"[*?\[\]]+", "_", self.path.name)
        return self.path.with_name(f"{name}.invalid.jsonl")

    def refuse(self, fault: TextFault) -> None:
        """Leave a document out.

        Raises:
            DataError: `on_invalid` is "fail".
        """
        if self.on_invalid == "fail":
            raise DataError(f'{fault}, or set on_invalid = "skip" or "quarantine"')
        self.faults.append(fault)

    def finish(self) -> None:
        """Log what was left out of the pass, and write the quarantine file if requested.

        Raises:
            DataError: The file cannot be written.
        """
        if not self.faults:
            return
        note = ""
        if self.on_invalid == "quarantine":
            self._write()
            note = f"; see {self.file}"
        kinds = ", ".join(
            f"{n} x {kind}" for kind, n in Counter(each.kind for each in self.faults).most_common()
        )
        n_all = self.n_read + len(self.faults)
        logger.warning(
            "%s: left out %d of %d documents: %s%s", self.path, len(self.faults), n_all, kinds, note
        )

    def _write(self) -> None:
        lines = [json_bytes(vars(fault)) + b"\n" for fault in self.faults]
        try:
            write_whole(self.file, lines)
        except OSError as exc:
            raise DataError(
                f"{self.file}: the quarantine file cannot be written, got {exc.strerror!r:.80}; check the folder, or "
                f'set on_invalid = "skip"'
            ) from exc


def checked(on_invalid: str) -> OnInvalid:
    """Check the value of the setting `on_invalid`.

    Raises:
        DataError: The value is unknown.
    """
    if on_invalid in ("fail", "skip", "quarantine"):
        return on_invalid  # type: ignore[return-value]
    raise DataError(
        f"on_invalid: expected 'fail', 'skip' or 'quarantine', got {on_invalid!r:.80}; choose one"
    )
