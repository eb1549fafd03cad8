"""How inputs are read, as a user would: to their end, and used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

import kernel
from kernel.config import make_plan
from kernel.config.overrides import parse_overrides
from kernel.convert.conversion import convert_files
from kernel.registry import registry
from kernel.text.vectors.vector_text import read_vectors as vectors_of
from kernel.text.vocab.lookups import Lookups
from kernel.tokens import Doc, DocBin, stream_docs
from kernel.vocab import Vocab

#: Documents of a file that are used as well, not only read.
_MOST_USED = 2000


def read_pack(path: Path) -> None:
    """Half of them as a corpus reads them, half as a pack; of each half one part without the damaged documents."""
    size = path.stat().st_size
    on_bad = None if size % 4 < 2 else refuse
    if size % 2:
        read_all(stream_docs(path, Vocab(), on_bad=on_bad))
    else:
        read_all(DocBin(store_user_data=True).from_disk(path).get_docs(Vocab(), on_bad=on_bad))


def refuse(number: int, error: Exception) -> None:
    assert number > 0
    assert str(error)


def convert(ending: str, path: Path) -> None:
    read_all(registry.converters.get(ending)(path))


def read_all(docs: Iterable[Doc]) -> None:
    for number, doc in enumerate(docs):
        if number < _MOST_USED:
            used(doc)


def used(doc: Doc) -> None:
    """Do with a document what training and saving do."""
    assert len(doc.text) >= sum(len(token.text) for token in doc)
    doc.to_bytes()
    doc.to_json()
    list(doc.sents if len(doc) and doc.has_annotation("SENT_START") else ())


def read_description(path: Path) -> None:
    read = registry.readers.get("kernel.read_json.v1")
    used(Doc(Vocab()).from_json(read(path)))


def read_annotations(path: Path) -> None:
    doc = kernel.blank("en")("Anna sings in Oslo.")
    given = registry.readers.get("kernel.read_json.v1")(path)
    example = kernel.Example.from_dict(doc, given)
    used(example.reference)
    example.get_aligned("TAG")
    example.get_aligned_ner()


def read_raw(path: Path) -> None:
    corpus = registry.readers.get("kernel.JsonlCorpus.v1")(path)
    for example in corpus(kernel.blank("xx")):
        used(example.reference)


def read_plain(path: Path) -> None:
    renamed = path.rename(path.with_suffix(".txt"))
    for example in registry.readers.get("kernel.PlainTextCorpus.v1")(renamed)(kernel.blank("xx")):
        used(example.reference)


def read_vectors(mode: str, path: Path) -> None:
    vocab = Vocab()
    vocab.vectors = vectors_of(path, mode=mode)
    use_vocab(vocab)


def use_vocab(vocab: Vocab) -> None:
    assert np.isfinite(np.asarray(vocab.get_vector("Anna"), dtype="float64")).all()
    doc = Doc(vocab, words=["Anna", "the", "cats"])
    assert [token.norm_ for token in doc]
    assert [lexeme.prob for lexeme in vocab]
    vocab.to_bytes()


def read_lookups(path: Path) -> None:
    vocab = Vocab()
    vocab.lookups = Lookups().from_disk(path.parent)
    use_vocab(vocab)


def read_config(path: Path) -> None:
    """Do what `kernel init fill-config` and the checks before a training do."""
    make_plan(path, unset_is_fine=True).config.to_str()


def read_overrides(path: Path) -> None:
    """Set words of a command line over a config, as `kernel train` does."""
    words = path.read_text("utf-8", "replace").split("\n")
    make_plan(path.with_name("config.cfg"), parse_overrides(words), unset_is_fine=True)


def convert_to_files(path: Path) -> None:
    """Do what `kernel convert --on-invalid quarantine` does, and read what it wrote."""
    target = path.with_name("out.spacy")
    for conversion in convert_files(path, target, on_invalid="quarantine"):
        read_all(stream_docs(conversion.path, Vocab()))


def read_corpus(path: Path) -> None:
    """Read a corpus of which damaged documents are left out."""
    nlp = kernel.blank("xx")
    corpus = registry.readers.get("kernel.Corpus.v1")(path, on_invalid="quarantine")
    for example in corpus(nlp):
        used(example.reference)
        example.get_aligned_ner()
