"""Pack many documents into one `.spacy` file.

The file is a zlib stream of one msgpack map: `attrs`, the attributes by number, ORTH first; `tokens`, for each token
an unsigned 64-bit number per attribute; `spaces`, a byte per token; `lengths`, an int32 per document; `strings`; and
per document `cats`, `flags`, `span_groups` and, if stored, `user_data`. The flags include the sentiment and, if stored,
the tensor, both of which spaCy ignores.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.system.files import regular, write_whole
from kernel.text.base import attrs as attributes
from kernel.text.base import messages
from kernel.text.base.host_arrays import on_cpu
from kernel.text.doc.doc import Doc
from kernel.text.doc.docbytes import strings_of
from kernel.text.storage import binparts
from kernel.text.storage.binparts import pieces, read_good_docs
from kernel.text.storage.binreader import Borrowed, Packed, read_docs
from kernel.text.storage.inflate import more_follows, most_unpacked, most_values
from kernel.text.vocab.vocab import Vocab

#: The attributes that are stored by default.
ALL_ATTRS = (
    *("ORTH", "NORM", "LEMMA", "POS", "TAG", "DEP", "ENT_IOB", "ENT_TYPE", "HEAD", "SENT_START"),
    *("ENT_KB_ID", "MORPH", "ENT_ID"),
)

_VERSION = "0.1"


class DocBin:
    """A collection of documents that is small on disk and fast to read."""

    def __init__(
        self,
        attrs: Iterable[str | int] = ALL_ATTRS,
        store_user_data: bool = False,
        docs: Iterable[Doc] = (),
        *,
        store_tensor: bool = False,
    ) -> None:
        """Create a collection.

        Args:
            attrs: Attributes to store.
            store_user_data: Whether to store user data. User data in a file are always read, with lists as tuples.
            docs: Initial documents.
            store_tensor: Whether to store the tensors of documents, which are much larger than the rest.
        """
        names = {attributes.attribute_name(attr) for attr in attrs} - {"ORTH", "SPACY"}
        self.attrs = [attributes.IDS["ORTH"], *sorted(attributes.IDS[name] for name in names)]
        self.store_user_data = store_user_data
        self.store_tensor = store_tensor
        self.strings: set[str] = set()
        self._packed = Packed()
        self._source = ""
        for doc in docs:
            self.add(doc)

    def __len__(self) -> int:
        return len(self._packed.lengths)

    def add(self, doc: Doc) -> None:
        """Add a document."""
        packed = self._packed
        packed.tokens.append(doc.to_array(self.attrs))
        packed.spaces.append(np.array(doc.column("SPACY")))
        packed.lengths.append(len(doc))
        packed.cats.append(dict(doc.cats))
        packed.flags.append(self._flags(doc))
        packed.span_groups.append(doc.spans.to_bytes())
        packed.user_data.append(messages.pack(doc.user_data) if self.store_user_data else None)
        self.strings.update(doc.words, strings_of(doc))
        if attributes.IDS["NORM"] in self.attrs:
            norms = np.unique(doc.to_array("NORM")).tolist()
            self.strings.update(doc.vocab.strings[norm] for norm in norms)

    def _flags(self, doc: Doc) -> dict[str, Any]:
        flags: dict[str, Any] = {"has_unknown_spaces": doc.has_unknown_spaces}
        if doc.sentiment:
            flags["sentiment"] = float(doc.sentiment)
        if self.store_tensor and doc.tensor.size:
            flags["tensor"] = on_cpu(doc.tensor)
        return flags

    def get_docs(self, vocab: Vocab, on_bad: Callable[[int, DataError], None] | None = None) -> Iterator[Doc]:
        """Create the documents, one after the other.

        Args:
            vocab: The vocabulary to use; of the strings it keeps those that documents use.
            on_bad: Called for each damaged document, which is left out, with its number, from 1, and the error, which
                says "document 1". None: the first damaged document raises.

        Raises:
            DataError: The data are damaged; the message names file and document.
        """
        strings = Borrowed(vocab, sorted(self.strings))
        names, with_user_data = self._names(), self.store_user_data
        if on_bad is not None:
            yield from read_good_docs(self._packed, names, vocab, with_user_data, on_bad)
        else:
            for n_before, piece in pieces(self._packed):
                yield from read_docs(piece, names, vocab, self._source, with_user_data, first=n_before + 1)
        del strings

    def merge(self, other: DocBin) -> None:
        """Add all documents of another collection.

        Raises:
            DataError: The other one stores other attributes.
        """
        if self.attrs != other.attrs:
            raise DataError(
                f"docbin: merging needs the same attributes, {self.attrs}, got {other.attrs}; create both alike"
            )
        self._packed.extend(other._packed)
        self.strings |= other.strings

    def to_bytes(self) -> bytes:
        """Serialize the collection.

        Raises:
            DataError: It is larger than the format allows.
        """
        return b"".join(self._deflated())

    def _deflated(self) -> Iterator[bytes]:
        state = zlib.compressobj()
        for piece in self._pieces():
            yield state.compress(piece)
        yield state.flush()

    def _pieces(self) -> Iterator[bytes]:
        """Generate the msgpack map piece by piece, without a second copy of the numbers."""
        packed = self._packed
        numbers: dict[str, list[npt.NDArray[Any]]] = {
            "tokens": [tokens.astype("<u8", copy=False) for tokens in packed.tokens],
            "spaces": [spaces.view(np.uint8) for spaces in packed.spaces],
            "lengths": [np.array(packed.lengths, dtype="<i4")],
        }
        entries = {
            "version": _VERSION,
            "attrs": self.attrs,
            **dict.fromkeys(numbers),
            "strings": sorted(self.strings | {""}),
            "cats": packed.cats,
            "flags": packed.flags,
            "span_groups": packed.span_groups,
        }
        if self.store_user_data:
            entries["user_data"] = [data or messages.pack({}) for data in packed.user_data]
        yield bytes([0x80 | len(entries)])
        for key, value in entries.items():
            yield messages.pack(key)
            if key in numbers:
                yield from _binary(key, numbers[key])
            else:
                yield messages.pack(value)

    def from_bytes(self, bytes_data: bytes) -> DocBin:
        """Replace everything with the output of `to_bytes`, of this class or of spaCy's.

        Raises:
            DataError: The bytes are damaged.
        """
        message = _unpacked(bytes_data)
        names = binparts.names_of(message)
        lengths = binparts.array(message, "lengths", "<i4").astype(np.int64)
        tokens = binparts.array(message, "tokens", "<u8").astype(np.uint64, copy=False)
        spaces = binparts.array(message, "spaces", "u1") != 0
        n_tokens = int(lengths.sum()) if not (lengths < 0).any() else -1
        binparts.check_sizes(n_tokens, len(spaces), len(tokens), len(names))
        binparts.check_most("lengths", len(lengths), len(bytes_data))
        strings = binparts.checked(message, "strings", list, str)
        binparts.check_most("strings", len(strings), len(bytes_data))
        self.strings = set(strings)
        self.attrs = [attributes.IDS[name] for name in names]
        self.store_user_data |= "user_data" in message
        self._packed = Packed(
            tokens=[tokens.reshape(n_tokens, len(names))],
            spaces=[spaces],
            lengths=lengths.tolist(),
            **{key: binparts.per_document(message, key, len(lengths)) for key in binparts.PER_DOCUMENT},
        )
        return self

    def to_disk(self, path: str | Path) -> None:
        """Write the collection to a file.

        Raises:
            DataError: It is larger than the format allows.
        """
        write_whole(Path(path), self._deflated())

    def from_disk(self, path: str | Path) -> DocBin:
        """Replace everything with the contents of a file.

        Raises:
            DataError: The file cannot be read or is damaged.
        """
        try:
            self.from_bytes(regular(path).read_bytes())
        except OSError as error:
            raise DataError(f"{path}: cannot be read, {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None
        self._source = f"{path}: "
        return self

    def _names(self) -> list[str]:
        return [attributes.NAMES[attr] for attr in self.attrs]


def _binary(key: str, arrays: list[npt.NDArray[Any]]) -> Iterator[bytes]:
    """Serialize arrays, concatenated, as one binary value."""
    size = sum(array.nbytes for array in arrays)
    if size >= 1 << 32:
        raise DataError(
            f"docbin: {key} must be smaller than 4 GiB, got {size} bytes; split the documents into several files"
        )
    yield b"\xc6" + size.to_bytes(4, "big")
    for array in arrays:
        yield array.tobytes()


def _unpacked(data: bytes) -> dict[str, Any]:
    limit = most_unpacked(len(data))
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, limit)
    except zlib.error as error:
        raise DataError(f"docbin: not packed documents, {error}; is it a .spacy file?") from None
    if stream.unconsumed_tail:
        raise DataError(f"docbin: {len(data)} bytes decompress to more than {limit}; the file is damaged")
    if not stream.eof:
        raise DataError(f"docbin: the data end too early, got {len(data)} bytes; the file is cut off")
    if stream.unused_data:
        raise more_follows(len(stream.unused_data))
    try:
        message = messages.unpack(content, most=most_values(len(data)))
    except ValueError as error:
        raise DataError(
            f"docbin: not packed documents, {messages.reason(error)}; is it a .spacy file?"
        ) from None
    if not isinstance(message, dict):
        raise DataError(f"docbin: not packed documents, got {type(message).__name__}; is it a .spacy file?")
    return message
