"""Serialization of documents: files, bytes and JSON data."""

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
    """The serialization methods of `Doc`."""

    __slots__ = ()

    def to_json(self, underscore: Sequence[str] | None = None, *, complete: bool = False) -> dict[str, Any]:
        """Return text, tokens and annotation as JSON data.

        Args:
            underscore: Extension attributes to include: the document's, and those set on spans and tokens.
            complete: Whether to include everything else as well, such as the tensor and user data, so that `from_json`
                restores the same document.

        Raises:
            DataError: JSON cannot hold a value.
        """
        return docjson.to_json(self._doc(), underscore or (), complete=complete)

    def from_json(self: S, doc_json: Mapping[str, Any], *, validate: bool = False) -> S:
        """Fill an empty document from the output of `to_json`.

        Args:
            doc_json: The data.
            validate: Accepted for compatibility and ignored: the data are always validated.

        Raises:
            DataError: The document is not empty, or the annotation does not fit the text.
        """
        docjson.from_json(self._doc(), doc_json)
        return self

    def to_dict(self, *, exclude: Iterable[str] = ()) -> dict[str, Any]:
        """Return the data that `to_bytes` serializes, everything but the vocabulary, as a dictionary."""
        return docbytes.to_dict(self._doc(), frozenset(exclude))

    def from_dict(self: S, msg: Mapping[str, Any], *, exclude: Iterable[str] = ()) -> S:
        """Fill an empty document from the output of `to_dict`."""
        docbytes.from_dict(self._doc(), msg, frozenset(exclude))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize everything but the vocabulary.

        Args:
            exclude: What to leave out: tensor, user_data (or only user_data_keys or user_data_values), cats, spans,
                sentiment, strings.
        """
        return docbytes.to_bytes(self._doc(), frozenset(exclude))

    def from_bytes(self: S, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> S:
        """Fill an empty document from the output of `to_bytes`."""
        docbytes.from_bytes(self._doc(), bytes_data, frozenset(exclude))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write to a file."""
        Path(path).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self: S, path: str | Path, *, exclude: Iterable[str] = ()) -> S:
        """Read from a file.

        Raises:
            DataError: The file cannot be read, or is not a document.
        """
        try:
            return self.from_bytes(regular(path).read_bytes(), exclude=exclude)
        except OSError as error:
            raise DataError(f"{path}: cannot be read, {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None

    def _doc(self) -> Doc:
        return cast("Doc", self)
