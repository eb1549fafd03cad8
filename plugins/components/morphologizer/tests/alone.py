"""One real use of pkg-morphologizer, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel import Example
from kernel.util import fix_random_seed

TRAIN = [
    (["we", "sing", "songs"], ["PRON", "VERB", "NOUN"], ["Number=Plur|Person=1", "", "Number=Plur"]),
    (["she", "reads", "books"], ["PRON", "VERB", "NOUN"], ["Number=Sing|Person=3", "", "Number=Plur"]),
]

fix_random_seed(0)
nlp = kernel.blank("xx")
nlp.add_pipe("morphologizer")
examples = [
    Example.from_dict(nlp.make_doc(" ".join(words)), {"pos": pos, "morphs": morphs})
    for words, pos, morphs in TRAIN
]
optimizer = nlp.initialize(lambda: examples)
for _ in range(30):
    nlp.update(examples, sgd=optimizer)
doc = nlp("she sing books")

assert [token.pos_ for token in doc] == ["PRON", "VERB", "NOUN"]
assert str(doc[0].morph) == "Number=Sing|Person=3"
