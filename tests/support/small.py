"""Small corpora and models that the tests of several components train on, and what holds for every parser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from thinc.api import Adam

import kernel
from kernel import Example
from kernel.language import Language
from kernel.registry import registry
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
#: Listens to the nearest component before it that has this model.
LISTENER: dict[str, Any] = {"@architectures": "kernel.Tok2VecListener.v1", "width": 16, "upstream": "*"}
#: Texts and the part of speech of each word.
SENTENCES = [
    ("we sing songs", ["PRON", "VERB", "NOUN"]),
    ("you read books", ["PRON", "VERB", "NOUN"]),
    ("they run", ["PRON", "VERB"]),
]
#: One sentence, with a part of speech and features for each word.
WORDS = ["I", "like", "green", "eggs"]
POS = ["PRON", "VERB", "ADJ", "NOUN"]
MORPHS = ["Case=Nom|Number=Sing", "Tense=Pres", "", "Number=Plur"]
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


def train_on(nlp: Language, examples: Sequence[Example], steps: int = 30, *, learn_rate: float = 0.01) -> Any:
    """Initialize a pipeline with examples, let it learn them, and give the optimizer."""
    fix_random_seed(0)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = learn_rate
    for _ in range(steps):
        nlp.update(examples, sgd=optimizer)
    return optimizer


def train_component(component: Any, examples: Sequence[Example], steps: int = 40) -> Any:
    """Initialize a component that stands in no pipeline, let it learn examples, and return it."""
    component.initialize(lambda: examples)
    optimizer = Adam(0.01)
    for _ in range(steps):
        component.update(examples, sgd=optimizer)
    return component


def sentences(nlp: Language, texts: Sequence[tuple[str, list[str]]] = SENTENCES) -> list[Example]:
    """Make examples of texts and parts of speech, which are the tags too; no word has features."""
    return [
        Example.from_dict(nlp.make_doc(text), {"tags": tags, "pos": tags, "morphs": [""] * len(tags)})
        for text, tags in texts
    ]


def joined(nlp: Language, numbers: Sequence[int]) -> Example:
    """Make one document of some of the trees."""
    words, heads, deps = [], [], []
    for number in numbers:
        heads += [len(words) + head for head in TREES[number][1]]
        words += TREES[number][0]
        deps += TREES[number][2]
    return Example.from_dict(Doc(nlp.vocab, words=words), {"heads": heads, "deps": deps})


def trees(nlp: Language) -> list[Example]:
    """Make four documents of the trees: of one sentence, of two, and of three in two orders."""
    return [joined(nlp, numbers) for numbers in ([0, 1], [2, 3, 0], [3, 2, 1], [1])]


def tagged(nlp: Language, texts: Sequence[tuple[str, list[str]]] = TAGGED) -> list[Example]:
    """Make examples of texts and the tags of their entities."""
    return [Example.from_dict(nlp.make_doc(text), {"entities": tags}) for text, tags in texts]


def encoder() -> Any:
    """Make the model of the components here, without a pipeline."""
    settings = {name: value for name, value in TOK2VEC.items() if not name.startswith("@")}
    return registry.architectures.get(TOK2VEC["@architectures"])(**settings)


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
