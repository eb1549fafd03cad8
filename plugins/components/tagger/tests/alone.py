"""One real use of pkg-tagger, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel import Example
from kernel.util import fix_random_seed

TRAIN = [
    (["we", "sing", "songs"], ["PRON", "VERB", "NOUN"]),
    (["you", "read", "books"], ["PRON", "VERB", "NOUN"]),
]

fix_random_seed(0)
nlp = kernel.blank("xx")
nlp.add_pipe("tagger")
examples = [Example.from_dict(nlp.make_doc(" ".join(words)), {"tags": tags}) for words, tags in TRAIN]
optimizer = nlp.initialize(lambda: examples)
for _ in range(30):
    nlp.update(examples, sgd=optimizer)

assert [token.tag_ for token in nlp("we read songs")] == ["PRON", "VERB", "NOUN"]
assert nlp.evaluate(examples)["tag_acc"] == 1.0
