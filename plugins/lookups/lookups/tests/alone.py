"""One real use of pkg-lookups, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel.lookups import load_lookups

nlp = kernel.blank("xx")
nlp.vocab.lookups = load_lookups("en", ["lexeme_norm"])

assert nlp("cuz")[0].norm_ == "because"
