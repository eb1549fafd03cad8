"""One pipeline, called from several threads as web services do: every thread gets what one alone gets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sharing
import small

import kernel
from kernel.language import Language
from kernel.matcher import Matcher, PhraseMatcher
from kernel.text.vocab.word_memory import WordMemory
from kernel.tokens import Doc
from kernel.training import Example
from kernel.util import fix_random_seed

GOLD: dict[str, Any] = {
    "tags": ["PRON", "VERB", "NOUN"],
    "pos": ["PRON", "VERB", "NOUN"],
    "morphs": ["Person=3", "Tense=Past", "_"],
    "heads": [1, 1, 1],
    "deps": ["nsubj", "ROOT", "obj"],
    "entities": ["U-PER", "O", "U-LOC"],
    "cats": {"news": 1.0, "poem": 0.0},
}
OWN = {"model": {"tok2vec": small.TOK2VEC}}
LISTENS = {"model": {"tok2vec": small.LISTENER}}
BIAFFINE = {"model": {"@architectures": "kernel.BiaffineParser.v1", "tok2vec": small.TOK2VEC}}
PIPELINES: dict[str, dict[str, dict[str, Any]]] = {
    "shared layers": {
        "tok2vec": {"model": small.TOK2VEC},
        **dict.fromkeys(("tagger", "morphologizer", "parser", "ner"), LISTENS),
    },
    "layers of their own": {"tagger": OWN, "ner": OWN, "textcat": {}, "textcat_multilabel": {}},
    "beams": {"beam_parser": OWN, "beam_ner": OWN},
    "biaffine": {"parser": BIAFFINE, "sentencizer": {"overwrite": False}},
}


def pipeline(components: dict[str, dict[str, Any]]) -> Language:
    """Make a pipeline of random weights, so that everything that it can do comes out."""
    fix_random_seed(3)
    nlp = kernel.blank("en")
    for name, config in components.items():
        nlp.add_pipe(name, config=config)
    gold = [Example.from_dict(nlp.make_doc("Ann saw Rome"), GOLD)] * 10
    gold.append(Example.from_dict(nlp.make_doc("Bo saw Oslo"), {**GOLD, "cats": {"news": 0.0, "poem": 1.0}}))
    nlp.initialize(lambda: gold)
    random = np.random.default_rng(3)
    for _, component in nlp.pipeline:
        for node in component.model.walk() if hasattr(component, "model") else ():  # type: ignore[attr-defined]
            for name in node.param_names:
                if not node.get_param(name).any():
                    node.set_param(name, random.normal(size=node.get_param(name).shape).astype("float32"))
    return nlp


def annotation(doc: Doc) -> tuple[Any, ...]:
    """What the components wrote, and the words that they wrote it to."""
    tokens = [
        (token.text, token.norm_, token.tag_, token.pos_, str(token.morph), token.head.i, token.dep_)
        for token in doc
    ]
    ents = [(ent.text, ent.label_) for ent in doc.ents]
    starts = [token.is_sent_start for token in doc]
    return tokens, ents, starts, {label: round(score, 3) for label, score in doc.cats.items()}


def work_on(nlp: Language, expected: dict[str, Any], texts: list[list[str]]) -> Callable[[int], None]:
    """Predict the texts of a thread in each of the ways that there are."""
    matcher, phrases = Matcher(nlp.vocab), PhraseMatcher(nlp.vocab, "LOWER")
    matcher.add("CAT", [[{"LOWER": "the"}, {"IS_ALPHA": True}]])
    phrases.add("PHRASE", [nlp.make_doc("the cat"), nlp.make_doc("can't")])

    def compare(docs: list[Doc]) -> None:
        for doc in docs:
            assert annotation(doc) == expected[doc.text]
            assert [doc[start:end].text for _, start, end in matcher(doc)] == ["the cat"]
            assert {doc[start:end].text for _, start, end in phrases(doc)} == {"can't", "the cat"}

    def work(thread: int) -> None:
        mine = texts[thread]
        third = len(mine) // 3
        for text in mine[:third]:
            compare([nlp(text)])
        compare(list(nlp.pipe(mine[third : 2 * third], batch_size=3)))
        for text in mine[2 * third :]:
            with nlp.memory_zone():
                compare([nlp(text)])

    return work


@pytest.mark.parametrize("components", PIPELINES.values(), ids=PIPELINES)
@pytest.mark.parametrize("n_threads", [2, 8])
def test_threads_get_the_annotation_that_one_thread_gets(
    components: dict[str, dict[str, Any]], n_threads: int
) -> None:
    nlp = pipeline(components)
    texts = [sharing.texts(thread, 24 // n_threads * 3) for thread in range(n_threads)]
    everything = [text for own in texts for text in own]
    expected = {doc.text: annotation(doc) for doc in pipeline(components).pipe(everything)}
    nlp.vocab.memory = WordMemory(nlp.vocab, kept=30)

    sharing.in_threads(n_threads, work_on(nlp, expected, texts))

    for doc in map(nlp, everything):
        assert annotation(doc) == expected[doc.text]


def test_twenty_threads_begin_with_a_pipeline_that_nobody_has_used() -> None:
    nlp = pipeline(PIPELINES["shared layers"])
    expected = {doc.text: annotation(doc) for doc in map(nlp, sharing.texts(0, 3))}
    fresh = pipeline(PIPELINES["shared layers"])

    def work(thread: int) -> None:
        for text, wanted in expected.items():
            assert annotation(fresh(text)) == wanted

    sharing.in_threads(20, work)


FIRST_USE = """
import sys, threading
sys.setswitchinterval(5e-6)
import kernel

found, start = [], threading.Barrier(8)

def work():
    start.wait()
    nlp = kernel.blank("en")
    nlp.add_pipe("sentencizer")
    found.append([sent.text for sent in nlp("One. Two.").sents])

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found == [["One.", "Two."]] * 8)
"""


def test_the_first_use_of_the_package_may_come_from_several_threads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_USE], capture_output=True, text=True, timeout=120, check=False
    )

    assert (done.stdout, done.stderr) == ("True\n", "")


FORKS = """
import os, sys, threading
import kernel, sharing

nlp, over = kernel.load(sys.argv[1]), threading.Event()
wanted = [token.tag_ for token in nlp("Ann can't see Rome.")]

def work(thread):
    for i in range(10**9):
        if over.is_set():
            return
        list(nlp.pipe(f"Own{thread}x{i} can't see{i} Rome." for _ in range(3)))

threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(3)]
with sharing.quick_turns():
    for thread in threads:
        thread.start()
    for i in range(8):
        child = os.fork()
        if not child:
            tags = [token.tag_ for token in nlp("Ann can't see Rome.")]
            batch = [len(doc) for doc in nlp.pipe([f"Child{i} can't see Rome."] * 20)]
            os._exit(0 if tags == wanted and batch == [6] * 20 else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    over.set()
    for thread in threads:
        thread.join()
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_forks_while_threads_predict_goes_on_in_the_child(tmp_path: Path) -> None:
    pipeline(PIPELINES["layers of their own"]).to_disk(tmp_path / "model")

    done = sharing.run_with_support(sys.executable, "-W", "ignore", "-c", FORKS, str(tmp_path / "model"))

    assert (done.stdout, done.stderr) == ("done\n", "")
