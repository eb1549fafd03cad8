"""A tokenizer for languages written without spaces: splits at whitespace, then each piece by a segmenter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.errors import DataError
from kernel.system.files import regular
from kernel.text.base import messages
from kernel.text.tokenizer.tokenizer_rules import chunks_of
from kernel.tokens import Doc
from kernel.vocab import Vocab

Segment = Callable[[str], list[str]]


class SegmentingTokenizer:
    """Splits text into words by a segmenter; `"".join(token.text_with_ws for token in doc)` is the text.

    Args:
        vocab: The vocabulary of the documents.
        segment: Splits a text without whitespace into pieces that make up the text.
        settings: The settings, which are saved, and compared on loading.
    """

    def __init__(self, vocab: Vocab, segment: Segment, settings: Mapping[str, Any]) -> None:
        self.vocab = vocab
        self.segment = segment
        self.settings = dict(settings)

    def __call__(self, text: str) -> Doc:
        """Tokenize one text.

        Raises:
            DataError: `text` is not a str.
        """
        if not isinstance(text, str):
            raise DataError(f"tokenizer: expected a text, got {text!r}; pass a str")
        words: list[str] = []
        spaces: list[bool] = []
        for chunk in chunks_of(text):
            if chunk.isspace():
                words.append(chunk)
                spaces.append(False)
                continue
            word = chunk[:-1] if chunk.endswith(" ") else chunk
            pieces = self._pieces(word)
            words += pieces
            spaces += [False] * (len(pieces) - 1) + [word != chunk]
        return Doc(self.vocab, words=words, spaces=spaces)

    def pipe(self, texts: Iterable[str], batch_size: int = 64) -> Iterator[Doc]:
        """Tokenize many texts."""
        return map(self, texts)

    def _pieces(self, word: str) -> list[str]:
        pieces = [piece for piece in self.segment(word) if piece]
        # If the segmenter changes the text, as by normalisation, keep the piece whole.
        return pieces if "".join(pieces) == word else [word]

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Return the settings as bytes."""
        return messages.pack(self.settings)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> SegmentingTokenizer:
        """Check that the settings are equal to those that `to_bytes` wrote; the config sets them.

        Raises:
            DataError: They are different.
        """
        try:
            settings = messages.unpack(bytes_data)
        except ValueError as error:
            raise DataError(f"tokenizer: its settings cannot be read, got {type(error).__name__}") from None
        if settings != self.settings:
            raise DataError(
                f"tokenizer: saved with {settings}, got {self.settings} from the config; make [nlp.tokenizer] the same"
            )
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the settings to a file."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> SegmentingTokenizer:
        """Check that the settings are equal to those that `to_disk` wrote.

        Raises:
            DataError: The file cannot be read, or the settings are different.
        """
        try:
            data = regular(path).read_bytes()
        except OSError as error:
            raise DataError(f"{path}: the tokenizer cannot be read, got {error.strerror!r}") from error
        return self.from_bytes(data)
