"""One real use of pkg-textcat, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel import Example
from kernel.util import fix_random_seed

TRAIN = [
    ("the team won the match", "sports"),
    ("a goal in the last minute", "sports"),
    ("the film opens in cinemas", "culture"),
    ("a song by a new band", "culture"),
]
LABELS = ("culture", "sports")

fix_random_seed(0)
nlp = kernel.blank("xx")
nlp.add_pipe("textcat")
examples = [
    Example.from_dict(nlp.make_doc(text), {"cats": {label: float(label == right) for label in LABELS}})
    for text, right in TRAIN
]
optimizer = nlp.initialize(lambda: examples)
for _ in range(30):
    nlp.update(examples, sgd=optimizer)

cats = nlp("the band won").cats
assert set(cats) == set(LABELS)
assert abs(sum(cats.values()) - 1.0) < 1e-5
assert nlp.evaluate(examples)["cats_score"] == 1.0
