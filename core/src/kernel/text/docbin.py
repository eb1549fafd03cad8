"""Many documents in one `.spacy` file.

The file is a zlib stream of one msgpack map: `attrs`, the attributes by number, ORTH first; `tokens`, for each token
an unsigned 64-bit number per attribute; `spaces`, a byte per token; `lengths`, an int32 per document; `strings`; and
per document `cats`, `flags`, `span_groups` and, where kept, `user_data`.

Letters: N tokens of all documents, F attributes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text import attrs as attributes
from kernel.text.binreader import read_docs, read_good_docs
from kernel.text.doc import Doc
from kernel.text.docbytes import strings_of
from kernel.text.vocab import Vocab

#: What is stored unless one asks for something else.
ALL_ATTRS = (
    *("ORTH", "NORM", "LEMMA", "POS", "TAG", "DEP", "ENT_IOB", "ENT_TYPE", "HEAD", "SENT_START"),
    *("ENT_KB_ID", "MORPH", "ENT_ID"),
)

_VERSION = "0.1"
# Documents compress by a factor of 5 to 30. A file that grows far beyond that is damaged or meant to do harm.
_GROWTH = 256
_SMALL = 1 << 26


@dataclass
class Packed:
    """Documents as they lie in a file, before they are anybody's."""

    tokens: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    spaces: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    cats: list[Any] = field(default_factory=list)
    flags: list[Any] = field(default_factory=list)
    span_groups: list[bytes] = field(default_factory=list)
    user_data: list[bytes | None] = field(default_factory=list)

    def extend(self, other: Packed) -> None:
        """Take the documents of another."""
        for name, values in vars(self).items():
            values.extend(getattr(other, name))


class DocBin:
    """A pack of documents, small on disk and fast to read."""

    def __init__(
        self,
        attrs: Iterable[str | int] = ALL_ATTRS,
        store_user_data: bool = False,
        docs: Iterable[Doc] = (),
    ) -> None:
        """Make a pack.

        Args:
            attrs: Attributes to store.
            store_user_data: Whether to write, and to read, what people store with documents.
            docs: Documents to begin with.
        """
        names = {attributes.attribute_name(attr) for attr in attrs} - {"ORTH", "SPACY"}
        self.attrs = [attributes.IDS["ORTH"], *sorted(attributes.IDS[name] for name in names)]
        self.store_user_data = store_user_data
        self.strings: set[str] = set()
        self._packed = Packed()
        self._source = ""
        for doc in docs:
            self.add(doc)

    def __len__(self) -> int:
        return len(self._packed.lengths)

    def add(self, doc: Doc) -> None:
        """Add a document."""
        import srsly

        packed = self._packed
        packed.tokens.append(doc.to_array(self.attrs))
        packed.spaces.append(np.array(doc.column("SPACY")))
        packed.lengths.append(len(doc))
        packed.cats.append(dict(doc.cats))
        packed.flags.append({"has_unknown_spaces": doc.has_unknown_spaces})
        packed.span_groups.append(doc.spans.to_bytes())
        packed.user_data.append(srsly.msgpack_dumps(doc.user_data) if self.store_user_data else None)
        self.strings.update(doc.words, strings_of(doc))
        if attributes.IDS["NORM"] in self.attrs:
            norms = np.unique(doc.to_array("NORM")).tolist()
            self.strings.update(doc.vocab.strings[norm] for norm in norms)

    def get_docs(self, vocab: Vocab, on_bad: Callable[[int, DataError], None] | None = None) -> Iterator[Doc]:
        """Make the documents, one after the other.

        Args:
            vocab: The vocabulary that they are to use; what it lacks is added.
            on_bad: Called with the number, from 1, of each document that is damaged, and the reason, in which it is
                called document 1; it is left out. None: the first one raises.

        Raises:
            DataError: The pack is damaged; the message names file and document.
        """
        vocab.strings.add_all(sorted(self.strings))
        if on_bad is not None:
            return read_good_docs(self._packed, self._names(), vocab, self.store_user_data, on_bad)
        return read_docs(self._packed, self._names(), vocab, self._source, self.store_user_data)

    def merge(self, other: DocBin) -> None:
        """Add all documents of another pack.

        Raises:
            DataError: The other pack stores other attributes.
        """
        if self.attrs != other.attrs:
            raise DataError(
                f"docbin: packs must store the same attributes, got {other.attrs}; make both alike"
            )
        self._packed.extend(other._packed)
        self.strings |= other.strings

    def to_bytes(self) -> bytes:
        """Write the pack."""
        import srsly

        packed = self._packed
        tokens = np.concatenate([*packed.tokens, np.zeros((0, len(self.attrs)), dtype=np.uint64)])
        spaces = np.concatenate([*packed.spaces, np.zeros(0, dtype=np.bool_)])
        message = {
            "version": _VERSION,
            "attrs": self.attrs,
            "tokens": tokens.astype("<u8").tobytes("C"),
            "spaces": spaces.tobytes("C"),
            "lengths": np.array(packed.lengths, dtype="<i4").tobytes(),
            "strings": sorted(self.strings | {""}),
            "cats": packed.cats,
            "flags": packed.flags,
            "span_groups": packed.span_groups,
        }
        if self.store_user_data:
            message["user_data"] = [data or srsly.msgpack_dumps({}) for data in packed.user_data]
        return zlib.compress(srsly.msgpack_dumps(message))

    def from_bytes(self, bytes_data: bytes) -> DocBin:
        """Replace everything by what `to_bytes`, here or in spaCy, wrote.

        Raises:
            DataError: The bytes are damaged.
        """
        message = _unpacked(bytes_data)
        names = [attributes.attribute_name(attr) for attr in _checked(message, "attrs", list, int)]
        if names[:1] != ["ORTH"]:
            raise DataError(f"docbin: the first attribute must be ORTH, got {names[:1]}")
        lengths = _array(message, "lengths", "<i4").astype(np.int64)
        tokens = _array(message, "tokens", "<u8").astype(np.uint64, copy=False)
        spaces = _array(message, "spaces", "u1") != 0
        n_tokens = int(lengths.sum()) if not (lengths < 0).any() else -1
        if n_tokens != len(spaces) or n_tokens * len(names) != len(tokens):
            raise DataError(
                f"docbin: lengths say {n_tokens} tokens, got {len(spaces)} spaces, {len(tokens)} numbers"
            )
        n_docs = len(lengths)
        self.strings = set(_checked(message, "strings", list, str))
        self.attrs = [attributes.IDS[name] for name in names]
        self._packed = Packed(
            tokens=[tokens.reshape(n_tokens, len(names))],
            spaces=[spaces],
            lengths=lengths.tolist(),
            cats=_per_document(message, "cats", n_docs, dict, {}),
            flags=_per_document(message, "flags", n_docs, dict, {}),
            span_groups=_per_document(message, "span_groups", n_docs, bytes, b""),
            user_data=_per_document(message, "user_data", n_docs, bytes, b""),
        )
        return self

    def to_disk(self, path: str | Path) -> None:
        """Write the pack to a file."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path) -> DocBin:
        """Replace everything by what a file holds.

        Raises:
            DataError: The file cannot be read or is damaged; the message names it.
        """
        try:
            self.from_bytes(Path(path).read_bytes())
        except OSError as error:
            raise DataError(f"{path}: cannot be read, {error.strerror}") from None
        except DataError as error:
            raise DataError(f"{path}: {error}") from None
        self._source = f"{path}: "
        return self

    def _names(self) -> list[str]:
        return [attributes.NAMES[attr] for attr in self.attrs]


def _unpacked(data: bytes) -> dict[str, Any]:
    import srsly

    limit = max(_SMALL, len(data) * _GROWTH)
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, limit)
    except zlib.error as error:
        raise DataError(f"docbin: not a pack of documents, {error}; is it a .spacy file?") from None
    if stream.unconsumed_tail:
        raise DataError(f"docbin: {len(data)} bytes unpack to more than {limit}; the file is damaged")
    if not stream.eof:
        raise DataError(f"docbin: the data end too early, got {len(data)} bytes; the file is cut off")
    try:
        message = srsly.msgpack_loads(content)
    except (ValueError, TypeError, RecursionError, MemoryError, OverflowError) as error:
        raise DataError(
            f"docbin: not a pack of documents, {type(error).__name__}; is it a .spacy file?"
        ) from None
    if not isinstance(message, dict):
        raise DataError(
            f"docbin: not a pack of documents, got {type(message).__name__}; is it a .spacy file?"
        )
    return message


def _checked(message: dict[str, Any], key: str, kind: type, of: type) -> Any:
    value = message.get(key)
    if not isinstance(value, kind):
        raise DataError(f"docbin: {key} is missing or damaged, got {type(value).__name__}")
    if isinstance(value, list) and not all(type(item) is of for item in value):
        raise DataError(f"docbin: {key} must hold {of.__name__} only; the file is damaged")
    return value


def _array(message: dict[str, Any], key: str, dtype: str) -> npt.NDArray[Any]:
    data = _checked(message, key, bytes, int)
    if len(data) % np.dtype(dtype).itemsize:
        raise DataError(f"docbin: {key} is damaged, got {len(data)} bytes")
    return np.frombuffer(data, dtype=dtype)


def _per_document(message: dict[str, Any], key: str, n_docs: int, kind: type, default: Any) -> list[Any]:
    """Read a list with an entry per document; older files lack some of these lists."""
    if key not in message:
        return [default] * n_docs
    values: list[Any] = _checked(message, key, list, kind)
    if len(values) != n_docs:
        raise DataError(
            f"docbin: {key} has {len(values)} entries for {n_docs} documents; the file is damaged"
        )
    return values
