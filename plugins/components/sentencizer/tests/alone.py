"""One real use of pkg-sentencizer, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel

nlp = kernel.blank("xx")
nlp.add_pipe("sentencizer")

assert [sent.text for sent in nlp("We sing. Do you? Yes!").sents] == ["We sing.", "Do you?", "Yes!"]
