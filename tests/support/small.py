"""Small texts and models that the tests of several components train on, and what holds for every parser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import kernel
from kernel import Example
from kernel.language import Language
from kernel.tokens import Doc
from kernel.util import fix_random_seed

TOK2VEC: dict[str, Any] = {
    "@architectures": "kernel.HashEmbedCNN.v1",
    "pretrained_vectors": None,
    "width": 16,
    "depth": 2,
    "embed_size": 200,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
}
#: Words, heads and labels.
TREES = [
    (["we", "sing", "songs"], [1, 1, 1], ["nsubj", "ROOT", "obj"]),
    (["you", "read", "books"], [1, 1, 1], ["nsubj", "ROOT", "obj"]),
    (["stop"], [0], ["ROOT"]),
    (["they", "run", "very", "fast"], [1, 1, 3, 1], ["nsubj", "ROOT", "advmod", "advmod"]),
]
#: Texts and the tags of their entities.
TAGGED = [
    ("Anna lives in New York", ["U-PER", "O", "O", "B-LOC", "L-LOC"]),
    ("Berlin likes Maria Schmidt", ["U-LOC", "O", "B-PER", "L-PER"]),
]


def joined(nlp: Language, numbers: Sequence[int]) -> Example:
    """Make one document of some of the trees."""
    words, heads, deps = [], [], []
    for number in numbers:
        heads += [len(words) + head for head in TREES[number][1]]
        words += TREES[number][0]
        deps += TREES[number][2]
    return Example.from_dict(Doc(nlp.vocab, words=words), {"heads": heads, "deps": deps})


def tagged(nlp: Language, texts: Sequence[tuple[str, list[str]]] = TAGGED) -> list[Example]:
    """Make examples of texts and the tags of their entities."""
    return [Example.from_dict(nlp.make_doc(text), {"entities": tags}) for text, tags in texts]


def random_component(factory: str, seed: int, examples: Any, **config: Any) -> tuple[Language, Any]:
    """Make a component whose actions are scored at random, so that everything it can do comes out.

    Args:
        factory: Its name.
        seed: Of the weights.
        examples: Makes examples for a pipeline, to initialize with.
        config: Of the component.
    """
    fix_random_seed(seed)
    nlp = kernel.blank("xx")
    component = nlp.add_pipe(factory, config={"model": {"tok2vec": TOK2VEC}, **config})
    nlp.initialize(lambda: examples(nlp))
    output: Any = component.model.get_ref("output")  # type: ignore[attr-defined]
    weights = np.random.default_rng(seed).normal(size=output.get_param("W").shape)
    output.set_param("W", weights.astype("float32"))
    return nlp, component


def known_starts_stay(nlp: Language) -> None:
    """Assert that a parser keeps the sentence starts that a document has."""
    doc = Doc(nlp.vocab, words=["we", "sing", "songs", "you", "read", "books"])
    doc.set_column("SENT_START", [1, -1, 1, -1, -1, 1])

    nlp.get_pipe("parser")(doc)

    assert [sent.start for sent in doc.sents] == [0, 2, 5]


def whitespace_hangs_on_the_word_before(nlp: Language) -> None:
    """Assert that a parser attaches whitespace to the word before it, or where there is none to the one after."""
    doc = nlp.get_pipe("parser")(Doc(nlp.vocab, words=["\n", "we", "sing", " ", "songs", "\n\n"]))

    assert [doc[i].head.i for i in (0, 3, 5)] == [1, 2, 4]
    assert [doc[i].dep_ for i in (0, 3, 5)] == ["dep"] * 3
    assert len(list(doc.sents)) == 1


def short_document_is_a_tree(nlp: Language, words: list[str]) -> Doc:
    """Assert that a parser gives a document of one sentence or none a root, and return it."""
    doc: Doc = nlp.get_pipe("parser")(Doc(nlp.vocab, words=words))

    assert sum(token.head.i == token.i for token in doc) == min(len(words), 1)
    return doc
