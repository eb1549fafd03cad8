"""A training loop written by hand: examples from texts and entities, shuffled, with dropout, saved at the end.

uv run examples/custom_code/training_loop.py FOLDER
"""

import random
import sys

import kernel
from kernel.training import Example
from kernel.util import fix_random_seed

#: Texts, and where in them entities begin and end, in characters.
TRAIN_DATA = [
    ("Facebook released React in 2014", [(0, 8, "ORG"), (18, 23, "TECHNOLOGY"), (27, 31, "DATE")]),
    ("Google published TensorFlow in 2015", [(0, 6, "ORG"), (17, 27, "TECHNOLOGY"), (31, 35, "DATE")]),
    ("In 2020 Explosion wrote Thinc", [(3, 7, "DATE"), (8, 17, "ORG"), (24, 29, "TECHNOLOGY")]),
]


def train(train_data, output):
    """Train a new pipeline, save it, and give the loss of each iteration."""
    train_data = list(train_data)
    nlp = kernel.blank("en")
    ner = nlp.add_pipe("ner")
    for label in {label for _, entities in train_data for _, _, label in entities}:
        ner.add_label(label)
    history = []

    optimizer = nlp.begin_training()
    for itn in range(100):
        losses = {}
        random.shuffle(train_data)
        for raw_text, entity_offsets in train_data:
            doc = nlp.make_doc(raw_text)
            example = Example.from_dict(doc, {"entities": entity_offsets})
            nlp.update([example], drop=0.25, sgd=optimizer, losses=losses)
        history.append(losses["ner"])
    nlp.to_disk(output)
    return history


if __name__ == "__main__":
    fix_random_seed(0)
    losses = train(TRAIN_DATA, sys.argv[1])
    print(f"loss {losses[0]:.2f} to {losses[-1]:.2f}")
    for ent in kernel.load(sys.argv[1])("Facebook released React in 2014").ents:
        print(f"{ent.text}\t{ent.label_}")
