"""One real use of pkg-parser, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel import Example
from kernel.util import fix_random_seed

TRAIN = [
    (["we", "sing", "songs"], [1, 1, 1], ["nsubj", "ROOT", "obj"]),
    (["you", "read", "books"], [1, 1, 1], ["nsubj", "ROOT", "obj"]),
]

fix_random_seed(0)
nlp = kernel.blank("xx")
nlp.add_pipe("parser", config={"min_action_freq": 1})
examples = [
    Example.from_dict(nlp.make_doc(" ".join(words)), {"heads": heads, "deps": deps})
    for words, heads, deps in TRAIN
]
optimizer = nlp.initialize(lambda: examples)
for _ in range(30):
    nlp.update(examples, sgd=optimizer)

doc = nlp("we read songs")
assert [token.dep_ for token in doc] == ["nsubj", "ROOT", "obj"]
assert [token.head.i for token in doc] == [1, 1, 1]
assert len(list(doc.sents)) == 1
assert nlp.evaluate(examples)["dep_las"] == 1.0
