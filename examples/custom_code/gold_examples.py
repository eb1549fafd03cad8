"""Gold annotation by hand: an example from two documents, and from one document and a dictionary.

uv run examples/custom_code/gold_examples.py
"""

import numpy

import kernel
from kernel.tokens import Doc
from kernel.training import Example


def from_docs(vocab):
    """Put a document to predict on beside one whose tags are set."""
    words = ["I", "like", "stuff"]
    predicted = Doc(vocab, words=words)
    # create the reference Doc with gold-standard TAG annotations
    tags = ["NOUN", "VERB", "NOUN"]
    tag_ids = [vocab.strings.add(tag) for tag in tags]
    reference = Doc(vocab, words=words).from_array("TAG", numpy.array(tag_ids, dtype="uint64"))
    return Example(predicted, reference)


def from_tags(nlp):
    """Say the tags in a dictionary."""
    words = ["I", "like", "stuff"]
    tags = ["NOUN", "VERB", "NOUN"]
    predicted = Doc(nlp.vocab, words=words)
    return Example.from_dict(predicted, {"tags": tags})


def from_entities(nlp):
    """Say the entities in a dictionary, by the letters of BILUO."""
    doc = Doc(nlp.vocab, words=["Facebook", "released", "React", "in", "2014"])
    return Example.from_dict(doc, {"entities": ["U-ORG", "O", "U-TECHNOLOGY", "O", "U-DATE"]})


if __name__ == "__main__":
    nlp = kernel.blank("en")
    for example in (from_docs(nlp.vocab), from_tags(nlp)):
        print([(token.text, token.tag_) for token in example.reference])
    print([(ent.text, ent.label_) for ent in from_entities(nlp).reference.ents])
