"""One real use of pkg-ner, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel import Example
from kernel.util import fix_random_seed

TRAIN = [
    ("Anna lives in New York", ["U-PER", "O", "O", "B-LOC", "L-LOC"]),
    ("Berlin likes Maria Schmidt", ["U-LOC", "O", "B-PER", "L-PER"]),
]

fix_random_seed(0)
nlp = kernel.blank("xx")
nlp.add_pipe("ner")
examples = [Example.from_dict(nlp.make_doc(text), {"entities": tags}) for text, tags in TRAIN]
optimizer = nlp.initialize(lambda: examples)
for _ in range(30):
    nlp.update(examples, sgd=optimizer)

found = [(ent.text, ent.label_) for ent in nlp("Anna lives in New York").ents]
assert found == [("Anna", "PER"), ("New York", "LOC")]
assert nlp.evaluate(examples)["ents_f"] == 1.0
