"""Annotated documents from `.spacy` files, or whatever a converter reads, as examples to learn from."""

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
from pkg_readers.paths import corpus_files, given_path
from pkg_readers.shuffling import shuffled

Augment = Callable[[Any, Example], Iterable[Example]]


class Corpus:
    """Documents of one file, of those that a pattern finds, or of all in a folder and below it.

    Calling it reads the files from the beginning, one after the other, and yields each document beside a
    fresh one without annotation. That one is made by the pipeline's tokenizer from the document's text, or
    has the gold tokens where the text is not known exactly or `gold_preproc` asks for it.
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
        """Choose what to read; see `corpus` for the arguments."""
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
            nlp: The pipeline whose vocabulary and tokenizer the documents are to have.

        Raises:
            DataError: A file is missing or damaged, a document is invalid and none is to be left out, or there is
                no example in all of them.
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
        """Look at the documents, for half a minute at most, for what would stop a run that streams the corpus.

        Args:
            nlp: A pipeline; left as it is by `.spacy` files, while other formats' words come into its vocabulary.

        Raises:
            DataError: A file is missing or damaged, or a document is invalid and none is to be left out.
        """
        if self.on_invalid == "fail":
            docs = self._documents(nlp, Vocab(), Sieve(self.path, self.on_invalid))
            look_ahead(islice(docs, self.limit or None), self.path)

    def _documents(self, nlp: Any, vocab: Vocab, sieve: Sieve) -> Iterator[Doc]:
        """Give the good documents of all files; the others go to the sieve."""
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
        """Give the document whole or as sentences, as the settings ask; those still too long are left out."""
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
            return f"{self.path}: the corpus holds no documents; give one that does"
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
    """Read annotated documents from a `.spacy` file, or from any that `kernel convert` could read.

    Args:
        path: The file, a pattern such as `data/*.jsonl`, or a folder, of which all files are read, those below it too:
            the `.spacy` files, or where it has none those that a converter reads. They may be compressed with gzip.
        gold_preproc: Take each sentence by itself, with the gold tokens.
        max_length: Documents of so many tokens or more are taken sentence by sentence, where sentences are
            annotated; sentences as long are left out. 0: no limit.
        limit: At most so many documents. 0: all.
        augmenter: Makes of each example the ones to learn from.
        on_invalid: What becomes of documents that cannot be learnt from, such as those with entities that begin
            or end on whitespace or with heads in a circle: "fail" stops the run at the first, "skip" leaves them
            out, "quarantine" also writes them to `PATH.invalid.jsonl`.
        shuffle_buffer: Examples that are held to be given in another order, the same for the same seed: for a corpus
            that training streams (`max_epochs = -1`); others are shuffled as a whole. 0 leaves the order as it is.

    Raises:
        DataError: There is no path, or nothing at it.
    """
    found = given_path(path)
    return Corpus(
        found,
        gold_preproc=gold_preproc,
        max_length=max_length,
        limit=limit,
        augmenter=augmenter,
        on_invalid=on_invalid,
        shuffle_buffer=shuffle_buffer,
    )
