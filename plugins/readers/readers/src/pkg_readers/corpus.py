"""Read annotated documents, from `.spacy` files or any format with a converter, as training examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kernel.convert.readable_text import OnInvalid, Sieve, checked
from kernel.errors import DataError
from kernel.limits import Count, DataPath
from kernel.tokens import Doc, stream_docs
from kernel.training import Example
from kernel.vocab import Vocab
from pkg_readers.ahead import look_ahead
from pkg_readers.converted import PACKED, converted, corpus_endings
from pkg_readers.faults import damage_of, fault_of
from pkg_readers.paths import checked_path, corpus_files
from pkg_readers.shuffling import shuffled

Augment = Callable[[Any, Example], Iterable[Example]]


class Corpus:
    """The documents of one file, of all that match a pattern, or of all in a folder and its subfolders.

    Calling it reads the files from the beginning, one after the other, and pairs each document with a new one without
    annotation. The pipeline's tokenizer creates that one from the document's text; it has the gold tokens if the exact
    text is unknown, or with `gold_preproc`.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        gold_preproc: bool = False,
        max_length: int = 0,
        limit: int = 0,
        augmenter: Augment | None = None,
        on_invalid: str = "fail",
        shuffle_buffer: int = 0,
    ) -> None:
        """Store the settings; see `corpus` for the arguments."""
        self.path = Path(path)
        self.gold_preproc = gold_preproc
        self.max_length = max_length
        self.limit = limit
        self.augmenter = augmenter
        self.on_invalid = checked(on_invalid)
        self.shuffle_buffer = shuffle_buffer

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Read the corpus.

        Args:
            nlp: The pipeline whose vocabulary and tokenizer to use.

        Yields:
            The examples.

        Raises:
            DataError: A file is missing or damaged, a document is invalid and `on_invalid` is "fail", or the files
                have no examples.
        """
        yield from shuffled(self._examples(nlp), self.shuffle_buffer)

    def _examples(self, nlp: Any) -> Iterator[Example]:
        n_docs = n_examples = 0
        sieve = Sieve(self.path, self.on_invalid)
        docs = islice(self._documents(nlp, nlp.vocab, sieve), self.limit or None)
        for n_docs, reference in enumerate(docs, start=1):  # noqa: B007 (counted for the message below)
            for part in self._parts(reference):
                example = _example(nlp, part, self.gold_preproc)
                n_examples += 1
                yield from (example,) if self.augmenter is None else self.augmenter(nlp, example)
        sieve.finish()
        if not n_examples:
            raise DataError(self._why_empty(n_docs, len(sieve.faults)))

    def check(self, nlp: Any) -> None:
        """Check the documents, for up to 30 seconds, for errors that would stop a run that streams the corpus.

        Args:
            nlp: A pipeline; not changed by `.spacy` files, but words of other formats are added to its vocabulary.

        Raises:
            DataError: A file is missing or damaged, or a document is invalid and `on_invalid` is "fail".
        """
        if self.on_invalid == "fail":
            docs = self._documents(nlp, Vocab(), Sieve(self.path, self.on_invalid))
            look_ahead(islice(docs, self.limit or None), self.path)

    def _documents(self, nlp: Any, vocab: Vocab, sieve: Sieve) -> Iterator[Doc]:
        """Yield the valid documents of all files; pass the others to the sieve."""
        for file in corpus_files(self.path, *corpus_endings()):
            bad = list[int]()
            docs = (
                self._packed(file, vocab, sieve, bad)
                if file.suffix == PACKED
                else converted(file, nlp, sieve)
            )
            for n_good, doc in enumerate(docs, start=1):
                fault = fault_of(doc, f"{file}: document {n_good + len(bad)}")
                if fault is not None:
                    sieve.refuse(fault)
                elif len(doc):
                    sieve.n_read += 1
                    yield doc

    def _packed(self, file: Path, vocab: Vocab, sieve: Sieve, bad: list[int]) -> Iterator[Doc]:
        def refuse(number: int, error: DataError) -> None:
            bad.append(number)
            sieve.refuse(damage_of(error, f"{file}: document {number}"))

        return stream_docs(file, vocab, on_bad=None if self.on_invalid == "fail" else refuse)

    def _parts(self, reference: Doc) -> Iterator[Doc]:
        """Yield the document or its sentences, by the settings; skip those that are too long."""
        has_sentences = reference.has_annotation("SENT_START")
        if self.gold_preproc:
            yield from (sent.as_doc() for sent in reference.sents) if has_sentences else (reference,)
        elif self._fits(len(reference)):
            yield reference
        elif has_sentences:
            yield from (sent.as_doc() for sent in reference.sents if self._fits(len(sent)))

    def _fits(self, n_tokens: int) -> bool:
        return self.max_length == 0 or n_tokens < self.max_length

    def _why_empty(self, n_docs: int, n_invalid: int) -> str:
        if not n_docs and n_invalid:
            return f'{self.path}: all of its {n_invalid} documents are invalid; set on_invalid to "fail" to see why'
        if not n_docs:
            return f"{self.path}: the corpus has no documents; use another one"
        return (
            f"{self.path}: none of its {n_docs} documents, or their sentences, is shorter than max_length, "
            f"got {self.max_length}; raise it, or set it to 0"
        )


def _example(nlp: Any, reference: Doc, has_gold_tokens: bool) -> Example:
    if not has_gold_tokens and not reference.has_unknown_spaces:
        return Example(nlp.make_doc(reference.text), reference)
    unknown = reference.has_unknown_spaces
    spaces = reference.column("SPACY").copy()
    return Example(Doc.from_rows(nlp.vocab, reference.rows, spaces, unknown_spaces=unknown), reference)


def corpus(
    path: DataPath = None,
    *,
    gold_preproc: bool = False,
    max_length: Count = 0,
    limit: Count = 0,
    augmenter: Augment | None = None,
    on_invalid: OnInvalid = "fail",
    shuffle_buffer: Count = 0,
) -> Corpus:
    """Create a reader of annotated documents from `.spacy` files, or from any format that `kernel convert` reads.

    Args:
        path: The file, a pattern such as `data/*.jsonl`, or a folder, whose files are read including subfolders: the
            `.spacy` files or, if there are none, those that a converter reads. Files may be compressed with gzip.
        gold_preproc: Make each sentence an example of its own, with the gold tokens.
        max_length: Split documents of this many tokens or more into sentences, if sentences are annotated, and skip
            sentences of this many tokens or more. 0: no limit.
        limit: Maximum number of documents. 0: no limit.
        augmenter: Creates variations of each example.
        on_invalid: What to do with documents that cannot be learnt from, such as those with entities that begin or
            end on whitespace, or heads with a cycle: "fail" stops the run at the first, "skip" skips them, "quarantine"
            also writes them to `PATH.invalid.jsonl`.
        shuffle_buffer: Number of examples to buffer for shuffling, with the same order for the same seed: for a corpus
            that training streams (`max_epochs = -1`); others are shuffled as a whole. 0 keeps the order.

    Raises:
        DataError: No path is set, or it does not exist.
    """
    return Corpus(
        checked_path(path),
        gold_preproc=gold_preproc,
        max_length=max_length,
        limit=limit,
        augmenter=augmenter,
        on_invalid=on_invalid,
        shuffle_buffer=shuffle_buffer,
    )
