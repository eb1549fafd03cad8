"""One real use of pkg-augmenters, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel.registry import registry
from kernel.tokens import Doc
from kernel.training import Example

nlp = kernel.blank("xx")
doc = Doc(nlp.vocab, words=["Anna", "lives", "here"], ents=["B-PER", "O", "O"])

(lowered,) = registry.augmenters.get("kernel.lower_case.v1")(level=1.0)(nlp, Example(doc.copy(), doc))

assert lowered.predicted.text == "anna lives here "
assert [(ent.text, ent.label_) for ent in lowered.reference.ents] == [("anna", "PER")]
