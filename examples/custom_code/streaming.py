"""A reader that makes examples as they are asked for, without end: each text comes in another variant every time."""

import csv
import random
from typing import Callable, Iterator

import kernel
from kernel.language import Language
from kernel.training import Example


def read_custom_data(source):
    """Read texts and their categories again and again; the first line names the categories."""
    with open(source, encoding="utf-8", newline="") as file_:
        rows = list(csv.DictReader(file_))
    while True:
        for row in rows:
            yield row["text"], {label: float(value) for label, value in row.items() if label != "text"}


@kernel.registry.readers("corpus_variants.v1")
def stream_data(source: str) -> Callable[[Language], Iterator[Example]]:
    def generate_stream(nlp):
        for text, cats in read_custom_data(source):
            # Create a random variant of the example text
            i = random.randint(0, len(text) - 1)
            variant = text[:i] + text[i].upper() + text[i + 1 :]
            doc = nlp.make_doc(variant)
            example = Example.from_dict(doc, {"cats": cats})
            yield example

    return generate_stream
