"""The check of converters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kernel.errors import DataError

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc


def check_converter(
    convert: Callable[..., Iterator[Doc]], good: Path, bad: Path, bad_line: int, **options: Any
) -> list[Doc]:
    """Check that a converter streams documents that can be stored, and reports a malformed line.

    Args:
        convert: The registered function.
        good: A well-formed file with at least one document.
        bad: A file with one malformed line.
        bad_line: The number of that line, counted from 1.
        options: Options of the converter.

    Returns:
        The documents of the good file, for further assertions.
    """
    from kernel.text.storage.docbin import DocBin

    stream = convert(good, **options)
    assert isinstance(stream, Iterator), f"it does not return an iterator: {type(stream).__name__}"
    docs = list(stream)

    assert docs, "it yields no documents for the good file"
    assert all(len(doc) for doc in docs), "a document has no tokens"
    stored = DocBin().from_bytes(DocBin(docs=docs, store_user_data=True).to_bytes())
    restored = list(stored.get_docs(docs[0].vocab))
    assert [doc.text for doc in restored] == [doc.text for doc in docs], (
        "texts differ after storing and reading"
    )
    message = _refusal(convert, bad, **options)
    address = f"{bad}:{bad_line}:"
    assert message.startswith(address), f"the message does not begin with {address!r}: {message}"
    return docs


def _refusal(convert: Callable[..., Iterator[Doc]], bad: Path, **options: Any) -> str:
    try:
        list(convert(bad, **options))
    except DataError as exc:
        return str(exc)
    raise AssertionError("it accepts the malformed file without an error")
