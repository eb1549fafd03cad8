"""One real use of pkg-english, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel

nlp = kernel.blank("en")

doc = nlp("Hello world! It doesn't bite.")

assert [token.text for token in doc] == ["Hello", "world", "!", "It", "does", "n't", "bite", "."]
assert doc[3].is_stop
