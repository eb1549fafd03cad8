"""Read a deflated file piece by piece, from several positions at once.

A deflated stream has to be read from its beginning, but the state of the decompressor is small and can be copied: a
copy continues from its position independently, and each holds only one piece in memory.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from kernel.errors import DataError

# Bytes to read, and to decompress, at a time.
_READ, _PIECE = 1 << 16, 1 << 18
# Documents compress by a factor of 5 to 30. A file that grows far more is damaged or malicious.
_GROWTH = 256
_SMALL = 1 << 25
# A document takes at least a few bits of a file, unless it is one of many equal ones.
_ENTRIES_PER_BYTE = 4
_FEW = 1 << 17


def most_unpacked(n_bytes: int) -> int:
    """Return the maximum decompressed size of an intact file of this size."""
    return max(_SMALL, n_bytes * _GROWTH)


def more_follows(n_bytes: int) -> DataError:
    """Return the error for data after the end of the documents."""
    return DataError(f"docbin: more data follow the documents, got {n_bytes} bytes; copy the file again")


def most_entries(n_bytes: int) -> int:
    """Return the maximum number of documents, or strings, of an intact file of this size."""
    return max(_FEW, n_bytes * _ENTRIES_PER_BYTE)


def most_values(n_bytes: int) -> int:
    """Return the maximum number of lists and maps: categories and flags of each document, and a few inside these."""
    return 8 * most_entries(n_bytes)


class Inflated:
    """A reader of the contents of a deflated file."""

    def __init__(self, file: BinaryIO, n_bytes: int) -> None:
        """Start at the beginning of the file.

        Args:
            file: The file, shared by all copies.
            n_bytes: Its size.
        """
        self._file = file
        self.n_bytes = n_bytes
        self._offset = 0
        self._n_unpacked = 0
        self._state = zlib.decompressobj()
        self._piece, self._position = b"", 0

    def copy(self) -> Inflated:
        """Return an independent reader at the same position."""
        copied = copy.copy(self)
        copied._state = self._state.copy()
        return copied

    def piece(self) -> bytes:
        """Read the rest of the current piece, or else the next one; empty at the end.

        Raises:
            DataError: The file is damaged.
        """
        if self._position == len(self._piece):
            self._piece, self._position = self._unpack(), 0
        position, self._position = self._position, len(self._piece)
        return self._piece[position:] if position else self._piece

    def more(self) -> bytes:
        """Read at least one byte.

        Raises:
            DataError: The file is damaged, or there are no more bytes.
        """
        piece = self.piece()
        if not piece:
            raise DataError("docbin: not packed documents, the parts end too early; is it a .spacy file?")
        return piece

    def give_back(self, n_bytes: int) -> None:
        """Move back by some bytes, at most to the start of the current piece."""
        self._position -= n_bytes

    def pieces(self, n_bytes: int) -> Iterator[bytes]:
        """Read a number of bytes, in pieces.

        Raises:
            DataError: The file is damaged, or there are fewer.
        """
        while n_bytes:
            piece = self.more()
            if len(piece) > n_bytes:
                self.give_back(len(piece) - n_bytes)
                piece = piece[:n_bytes]
            n_bytes -= len(piece)
            yield piece

    def read(self, n_bytes: int) -> bytes:
        """Read a number of bytes; see `pieces`."""
        return b"".join(self.pieces(n_bytes))

    def _unpack(self) -> bytes:
        while not self._state.eof:
            data = self._state.unconsumed_tail
            if not data:
                self._file.seek(self._offset)
                data = self._file.read(_READ)
                self._offset += len(data)
            try:
                piece = self._state.decompress(data, _PIECE)
            except zlib.error as error:
                raise DataError(f"docbin: not packed documents, {error}; is it a .spacy file?") from None
            self._n_unpacked += len(piece)
            if self._n_unpacked > most_unpacked(self.n_bytes):
                raise DataError(
                    f"docbin: {self.n_bytes} bytes decompress to more than {most_unpacked(self.n_bytes)}; "
                    "the file is damaged"
                )
            if piece:
                return piece
            if not data and not self._state.eof:
                raise DataError(
                    f"docbin: the data end too early, got {self.n_bytes} bytes; the file is cut off"
                )
        n_more = len(self._state.unused_data) + self.n_bytes - self._offset
        if n_more > 0:
            raise more_follows(n_more)
        return b""
