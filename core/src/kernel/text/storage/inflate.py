"""A deflated file read forward, piece by piece, from places that can be kept.

A deflated stream has to be read from its beginning, but the state of reading is small and can be copied: a copy made
on the way goes on from there, as often as one likes, and nothing is held but a piece.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from kernel.errors import DataError

# Bytes that are read, and that are unpacked, at a time.
_READ, _PIECE = 1 << 16, 1 << 18
# Documents compress by a factor of 5 to 30. A file that grows far beyond that is damaged or meant to do harm.
_GROWTH = 256
_SMALL = 1 << 25
# Each document takes more than a few bits of a file, unless it is one of many equal ones.
_ENTRIES_PER_BYTE = 4
_FEW = 1 << 17


def most_unpacked(n_bytes: int) -> int:
    """The most that a sound file of so many bytes unpacks to."""
    return max(_SMALL, n_bytes * _GROWTH)


def more_follows(n_bytes: int) -> DataError:
    """What is said of bytes behind the end of a pack."""
    return DataError(f"docbin: more follows the documents, got {n_bytes} bytes; copy the file anew")


def most_entries(n_bytes: int) -> int:
    """The most documents, or strings, that a sound file of so many bytes holds."""
    return max(_FEW, n_bytes * _ENTRIES_PER_BYTE)


def most_values(n_bytes: int) -> int:
    """The most lists and maps in it: for each document its categories and flags, and a few in these."""
    return 8 * most_entries(n_bytes)


class Inflated:
    """What a deflated file holds, from the beginning or, for a copy, from where it was copied."""

    def __init__(self, file: BinaryIO, n_bytes: int) -> None:
        """Begin to read.

        Args:
            file: The file, which copies share.
            n_bytes: Its size.
        """
        self._file = file
        self.n_bytes = n_bytes
        self._at = 0
        self._n_unpacked = 0
        self._state = zlib.decompressobj()
        self._piece, self._place = b"", 0

    def copy(self) -> Inflated:
        """A reader that goes on from here by itself."""
        copied = copy.copy(self)
        copied._state = self._state.copy()
        return copied

    def piece(self) -> bytes:
        """The next bytes, as many as are there; none at the end.

        Raises:
            DataError: The file is damaged.
        """
        if self._place == len(self._piece):
            self._piece, self._place = self._unpack(), 0
        place, self._place = self._place, len(self._piece)
        return self._piece[place:] if place else self._piece

    def more(self) -> bytes:
        """The next bytes, at least one.

        Raises:
            DataError: The file is damaged, or there are none.
        """
        piece = self.piece()
        if not piece:
            raise DataError("docbin: not a pack of documents, its parts end too early; is it a .spacy file?")
        return piece

    def give_back(self, n_bytes: int) -> None:
        """Have the last bytes of what was read come again; not more than the last piece."""
        self._place -= n_bytes

    def pieces(self, n_bytes: int) -> Iterator[bytes]:
        """So many bytes, in pieces.

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
        """So many bytes; see `pieces`."""
        return b"".join(self.pieces(n_bytes))

    def _unpack(self) -> bytes:
        while not self._state.eof:
            given = self._state.unconsumed_tail
            if not given:
                self._file.seek(self._at)
                given = self._file.read(_READ)
                self._at += len(given)
            try:
                piece = self._state.decompress(given, _PIECE)
            except zlib.error as error:
                raise DataError(f"docbin: not a pack of documents, {error}; is it a .spacy file?") from None
            self._n_unpacked += len(piece)
            if self._n_unpacked > most_unpacked(self.n_bytes):
                raise DataError(
                    f"docbin: {self.n_bytes} bytes unpack to more than {most_unpacked(self.n_bytes)}; "
                    "the file is damaged"
                )
            if piece:
                return piece
            if not given and not self._state.eof:
                raise DataError(
                    f"docbin: the data end too early, got {self.n_bytes} bytes; the file is cut off"
                )
        n_more = len(self._state.unused_data) + self.n_bytes - self._at
        if n_more > 0:
            raise more_follows(n_more)
        return b""
