"""One real use of pkg-tok2vec, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel

nlp = kernel.blank("xx")
nlp.add_pipe("tok2vec")
nlp.initialize()

doc = nlp("Two words")

assert doc.tensor.shape == (2, 96), doc.tensor.shape
