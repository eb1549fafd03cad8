"""One real use of pkg-readers, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel.registry import registry
from kernel.tokens import Doc, DocBin

nlp = kernel.blank("xx")
docs = [Doc(nlp.vocab, words=["A", "bird", "sings"], tags=["DET", "NOUN", "VERB"]) for _ in range(3)]
DocBin(docs=docs).to_disk("train.spacy")

corpus = registry.readers.get("kernel.Corpus.v1")(path="train.spacy", limit=2)

examples = list(corpus(nlp))
assert len(examples) == 2
assert [token.tag_ for token in examples[0].reference] == ["DET", "NOUN", "VERB"]
