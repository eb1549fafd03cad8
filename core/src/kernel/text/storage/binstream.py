"""Stream the documents of a `.spacy` file of any size, holding only a few thousand tokens in memory.

In the file, each part holds the data of all documents. A first pass checks the file and saves a reader at the beginning
of each part; a second pass reads all parts in parallel. Only the strings are kept in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.system.files import regular
from kernel.text.base import messages
from kernel.text.doc.doc import Doc
from kernel.text.storage import binparts
from kernel.text.storage.binparts import cuts, read_good_docs
from kernel.text.storage.binreader import Borrowed, Packed, read_docs
from kernel.text.storage.inflate import Inflated, most_values
from kernel.text.vocab.vocab import Vocab

# How many documents and tokens are read at a time; a single long document may have more.
_DOCS, _TOKENS = 4096, 1 << 14
# Maximum size of a list or map within a part: memory is allocated for the stated size, which may be wrong.
_MAX_ENTRIES = 1 << 20
_NUMBERS = {"tokens": "<u8", "spaces": "u1", "lengths": "<i4"}
#: By the first byte of a msgpack value: its kind, and the width of the size that follows.
_SIZES = {
    0xC4: ("bin", 1),
    0xC5: ("bin", 2),
    0xC6: ("bin", 4),
    0xDC: ("array", 2),
    0xDD: ("array", 4),
    0xDE: ("map", 2),
    0xDF: ("map", 4),
}
#: The same for first bytes that contain the size.
_SHORT = {0x80: "map", 0x90: "array"}


def stream_docs(
    path: str | Path,
    vocab: Vocab,
    *,
    store_user_data: bool = True,
    on_bad: Callable[[int, DataError], None] | None = None,
) -> Iterator[Doc]:
    """Create the documents of a file like `DocBin.get_docs`, without holding all of them in memory.

    Args:
        path: The file.
        vocab: The vocabulary to use. Of the file's strings it keeps those that documents use.
        store_user_data: Whether to read user data.
        on_bad: Called for damaged documents; see `DocBin.get_docs`.

    Raises:
        DataError: The file cannot be read or is damaged; the message names the file and the document.
    """
    path = Path(path)
    with _named(path):
        file = regular(path).open("rb")
    with file:
        with _named(path):
            parts = _scanned(Inflated(file, path.stat().st_size))
        strings = Borrowed(vocab, parts.strings)
        n_before = 0
        for packed in _chunks(parts, path):
            if on_bad is None:
                yield from read_docs(
                    packed, parts.names, vocab, f"{path}: ", store_user_data, first=n_before + 1
                )
            else:
                refuse = _shifted(on_bad, n_before)
                yield from read_good_docs(packed, parts.names, vocab, store_user_data, refuse)
            n_before += len(packed.lengths)
        del strings


@dataclass
class _Parts:
    """The parts of a file.

    Attributes:
        readers: A reader at the beginning of each large part.
        sizes: The number of items in each large part.
        n_tokens: The sum of the lengths; -1 if one is negative.
        message: The parts that are small or have an unexpected type, as values.
    """

    readers: dict[str, Inflated] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    n_tokens: int = 0
    message: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Add the file to the message of errors in reading it."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be read, {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _shifted(on_bad: Callable[[int, DataError], None], n_before: int) -> Callable[[int, DataError], None]:
    return lambda number, error: on_bad(n_before + number, error)


def _scanned(stream: Inflated) -> _Parts:
    """Scan the whole file once, and check everything that does not need the documents."""
    n_keys = _header(stream, "map")
    if n_keys is None:
        kind = type(_value(stream)).__name__
        raise DataError(f"docbin: not packed documents, got {kind}; is it a .spacy file?")
    parts = _Parts()
    for _ in range(n_keys):
        _scan_part(stream, _value(stream), parts)
    if stream.piece():
        raise DataError("docbin: not packed documents, more data follow; is it a .spacy file?")
    _check(parts)
    return parts


def _scan_part(stream: Inflated, key: Any, parts: _Parts) -> None:
    if not isinstance(key, str):
        raise DataError(f"docbin: not packed documents, got a part {key!r:.40}; is it a .spacy file?")
    is_list = key in binparts.PER_DOCUMENT or key == "strings"
    size = _header(stream, "array" if is_list else "bin") if is_list or key in _NUMBERS else None
    if size is None:
        parts.message[key] = _value(stream)
        return
    if key == "strings":
        binparts.check_most(key, size, stream.n_bytes)
        parts.message[key] = list(chain.from_iterable(_values(stream, size)))
        return
    parts.readers[key], parts.sizes[key] = stream.copy(), size
    if is_list or key == "lengths":
        binparts.check_most(key, parts.sizes[key] if is_list else size // 4, stream.n_bytes)
    if is_list:
        for entries in _values(stream, size):
            binparts.check_kind(key, entries, binparts.PER_DOCUMENT[key][0])
        return
    parts.sizes[key] = binparts.check_numbers(key, size, _NUMBERS[key])
    if key != "lengths":
        for _ in stream.pieces(size):
            pass
        return
    parts.n_tokens = 0
    for lengths in _lengths(stream, parts.sizes[key]):
        is_valid = parts.n_tokens >= 0 and not (lengths < 0).any()
        parts.n_tokens = parts.n_tokens + int(lengths.sum()) if is_valid else -1


def _check(parts: _Parts) -> None:
    """Check that all parts exist and fit each other."""
    message, sizes = parts.message, parts.sizes
    parts.names = binparts.names_of(message)
    for key in ("lengths", "tokens", "spaces"):
        if key not in sizes:
            binparts.checked(message, key, bytes, int)
    binparts.check_sizes(parts.n_tokens, sizes["spaces"], sizes["tokens"], len(parts.names))
    parts.strings = binparts.checked(message, "strings", list, str)
    for key, (kind, _) in binparts.PER_DOCUMENT.items():
        if key in sizes:
            binparts.check_entries(key, sizes[key], sizes["lengths"])
        elif key in message:
            binparts.checked(message, key, list, kind)


def _chunks(parts: _Parts, path: Path) -> Iterator[Packed]:
    """Read the documents in batches."""
    n_names = len(parts.names)
    entries = {
        key: chain.from_iterable(_values(parts.readers[key], parts.sizes[key]))
        if key in parts.readers
        else repeat(default)
        for key, (_, default) in binparts.PER_DOCUMENT.items()
    }
    for lengths in _lengths(parts.readers["lengths"], parts.sizes["lengths"]):
        for start, end, first, stop in cuts(lengths, _TOKENS):
            n_tokens = stop - first
            with _named(path):
                tokens = parts.readers["tokens"].read(n_tokens * n_names * 8)
                spaces = parts.readers["spaces"].read(n_tokens)
                per_document = {key: list(islice(items, end - start)) for key, items in entries.items()}
            yield Packed(
                tokens=[np.frombuffer(tokens, "<u8").reshape(n_tokens, n_names)],
                spaces=[np.frombuffer(spaces, "u1") != 0],
                lengths=lengths[start:end].tolist(),
                **per_document,
            )


def _lengths(stream: Inflated, n_docs: int) -> Iterator[npt.NDArray[np.int64]]:
    for start in range(0, n_docs, _DOCS):
        data = stream.read(4 * min(_DOCS, n_docs - start))
        yield np.frombuffer(data, _NUMBERS["lengths"]).astype(np.int64)


def _header(stream: Inflated, kind: str) -> int | None:
    """Read the size of the next value if it has this kind; otherwise read nothing and return None."""
    first = stream.read(1)[0]
    if _SHORT.get(first & 0xF0) == kind:
        return first & 0x0F
    header = _SIZES.get(first)
    if header is None or header[0] != kind:
        stream.give_back(1)
        return None
    return int.from_bytes(stream.read(header[1]), "big")


def _value(stream: Inflated) -> Any:
    """Read one value."""
    (value,) = chain.from_iterable(_values(stream, 1))
    return value


def _values(stream: Inflated, n_values: int) -> Iterator[list[Any]]:
    """Read values in batches, and leave the stream after the last."""
    most = most_values(stream.n_bytes)
    unpacker = messages.unpacker(most=most, max_array_len=_MAX_ENTRIES, max_map_len=_MAX_ENTRIES)
    n_fed = n_read = 0
    while n_read < n_values:
        n_wanted = min(_DOCS, n_values - n_read)
        try:
            values = list(islice(unpacker, n_wanted))
        except (ValueError, *messages.ODD) as error:
            raise DataError(
                f"docbin: not packed documents, {messages.reason(error)}; is it a .spacy file?"
            ) from None
        n_read += len(values)
        yield values
        if len(values) < n_wanted:
            piece = stream.more()
            unpacker.feed(piece)
            n_fed += len(piece)
    stream.give_back(n_fed - unpacker.tell())
