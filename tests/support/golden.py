"""Pipelines that a release saved, kept so that every later one must load them and score the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kernel
from kernel.tokens import DocBin, Span
from pkg_readers.corpus import Corpus

FOLDER = Path(__file__).parents[1] / "end_to_end" / "golden"
DATA = Path(__file__).parents[1] / "end_to_end" / "data"

#: Saved pipeline to its components.
PIPELINES = {"parsing": ["tok2vec", "tagger", "morphologizer", "parser"], "ner": ["ner"]}
PATHS = ("--paths.train", "train.spacy", "--paths.dev", "dev.spacy")
_SMALL = {"width": 16, "depth": 1, "embed_size": 100}


def evaluate(release: Path, name: str) -> dict[str, float]:
    """Load a saved pipeline and score it on the documents beside it."""
    nlp = kernel.load(release / name)
    scores = nlp.evaluate(list(Corpus(release / "dev.spacy")(nlp)))
    return {key: value for key, value in scores.items() if isinstance(value, float) and key != "speed"}


def write(release: Path) -> None:
    """Train and save the pipelines of this release, with their configs and scores."""
    shutil.rmtree(release, ignore_errors=True)
    release.mkdir(parents=True)
    for split in ("train", "dev"):
        _convert(DATA / f"{split}.conllu", release / f"{split}.spacy")
    for name, components in PIPELINES.items():
        scratch = release / "scratch"
        (release / f"{name}.cfg").write_text(kernel.Config(_config(components)).to_str() + "\n", "utf8")
        _command(release, "train", f"{name}.cfg", "--output", "scratch", *PATHS)
        shutil.move(scratch / "model-last", release / name)
        shutil.rmtree(scratch)
    scores = {name: evaluate(release, name) for name in PIPELINES}
    (release / "scores.json").write_text(json.dumps(scores, indent=1, sort_keys=True) + "\n", "utf8")


def _command(folder: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "kernel", *words], cwd=folder, check=True, capture_output=True)


def _convert(source: Path, target: Path) -> None:
    """Turn sentences into documents in which proper nouns are entities."""
    _command(source.parent, "convert", source.name, str(target), "--n-sents", "2")
    docs = list(DocBin().from_disk(target).get_docs(kernel.Vocab()))
    for doc in docs:
        doc.ents = [Span(doc, token.i, token.i + 1, label="NAME") for token in doc if token.pos_ == "PROPN"]
    DocBin(docs=docs).to_disk(target)


def _config(components: list[str]) -> dict[str, Any]:
    encoder = {"@architectures": "kernel.HashEmbedCNN.v1", "window_size": 1, "maxout_pieces": 2, **_SMALL}
    encoder.update(subword_features=True, pretrained_vectors=None)
    listener = {"@architectures": "kernel.Tok2VecListener.v1", "width": _SMALL["width"]}
    blocks: dict[str, Any] = {}
    for name in components:
        shared = listener if "tok2vec" in components else encoder
        scorer = {"@architectures": "kernel.Tagger.v1", "tok2vec": shared}
        states = {"@architectures": "kernel.TransitionBasedParser.v1", "state_type": name, "hidden_width": 16}
        states.update(extra_state_tokens=False, maxout_pieces=2, tok2vec=shared)
        model = {"tok2vec": encoder, "parser": states, "ner": states}.get(name, scorer)
        blocks[name] = {"factory": name, "model": model}
    if "parser" in blocks:
        blocks["parser"]["min_action_freq"] = 1
    return {
        "paths": {"train": None, "dev": None},
        "nlp": {"lang": "en", "pipeline": components},
        "components": blocks,
        "training": {"max_steps": 150, "eval_frequency": 50, "dropout": 0.0},
    }
