"""A document going into files, bytes and plain data, and coming back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from kernel.errors import DataError
from kernel.system.files import regular
from kernel.text.doc import docbytes, docjson

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

S = TypeVar("S", bound="Stored")


class Stored:
    """What can be written and read as a document is."""

    __slots__ = ()

    def to_json(self, underscore: Sequence[str] | None = None, *, complete: bool = False) -> dict[str, Any]:
        """Describe text, tokens and annotation as plain data.

        Args:
            underscore: Added attributes to describe as well: the document's, and what is set of spans and tokens.
            complete: Whether to describe the tensor too, many numbers a token, user data, and what else spaCy does
                not tell; `from_json` then gives the same document back.

        Raises:
            DataError: JSON cannot hold a value that was added.
        """
        return docjson.to_json(self._doc(), underscore or (), complete=complete)

    def from_json(self: S, doc_json: Mapping[str, Any], *, validate: bool = False) -> S:
        """Fill an empty document with what `to_json` gives.

        Args:
            doc_json: The description.
            validate: Taken for people's habit: a description is always checked.

        Raises:
            DataError: The document is not empty, or the description does not fit its text.
        """
        docjson.from_json(self._doc(), doc_json)
        return self

    def to_dict(self, *, exclude: Iterable[str] = ()) -> dict[str, Any]:
        """Describe everything but the vocabulary as what `to_bytes` packs."""
        return docbytes.to_dict(self._doc(), frozenset(exclude))

    def from_dict(self: S, msg: Mapping[str, Any], *, exclude: Iterable[str] = ()) -> S:
        """Fill an empty document with what `to_dict` gives."""
        docbytes.from_dict(self._doc(), msg, frozenset(exclude))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Write everything but the vocabulary.

        Args:
            exclude: What to leave out: tensor, user_data (or its halves user_data_keys and user_data_values), cats,
                spans, sentiment, strings.
        """
        return docbytes.to_bytes(self._doc(), frozenset(exclude))

    def from_bytes(self: S, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> S:
        """Fill an empty document with what `to_bytes` wrote."""
        docbytes.from_bytes(self._doc(), bytes_data, frozenset(exclude))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write to a file."""
        Path(path).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self: S, path: str | Path, *, exclude: Iterable[str] = ()) -> S:
        """Read from a file.

        Raises:
            DataError: The file cannot be read as a document; the message names it.
        """
        try:
            return self.from_bytes(regular(path).read_bytes(), exclude=exclude)
        except OSError as error:
            raise DataError(f"{path}: cannot be read, {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None

    def _doc(self) -> Doc:
        return cast("Doc", self)
