"""What is changed: small files of every format, saved pipelines, and a run that can be resumed."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
from golden import FOLDER

import kernel
from kernel.language import Language
from kernel.text.base import messages
from kernel.tokens import Doc, DocBin, Span
from kernel.training.runs.digests import digest_of_folder
from kernel.vocab import Vocab

TEXTS = [
    "Anna saw two cats in Oslo.",
    "The ferry leaves the island at noon, doesn't it?",
    "x",
    "",
    "Dont stop 1 km",
]
RELEASE = FOLDER / "0.1.0"
ENCODER = {
    "@architectures": "kernel.HashEmbedCNN.v1",
    "width": 16,
    "depth": 1,
    "embed_size": 100,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
    "pretrained_vectors": None,
}
_BAG = {"@architectures": "kernel.TextCatBOW.v1", "ngram_size": 1, "no_output_layer": False, "length": 1000}
#: Settings that keep components small.
SMALL: dict[str, Any] = {
    "tagger": {"model": {"@architectures": "kernel.Tagger.v1", "tok2vec": ENCODER}},
    "textcat": {"model": {**_BAG, "exclusive_classes": True}},
    "textcat_multilabel": {"model": {**_BAG, "exclusive_classes": False}},
}

CONLLU = """# newdoc id = a
# text = Anna saw dos cats.
1\tAnna\tAnna\tPROPN\tNNP\tNumber=Sing\t2\tnsubj\t_\tNE=B-PER
2\tsaw\tsee\tVERB\tVBD\tTense=Past\t0\troot\t_\t_
3-4\tdos\t_\t_\t_\t_\t_\t_\t_\t_
3\tde\tde\tADP\tIN\t_\t5\tcase\t_\t_
4\tos\to\tDET\tDT\t_\t5\tdet\t_\t_
5\tcats\tcat\tNOUN\tNNS\tNumber=Plur\t2\tobj\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_
6.1\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

"""
IOB = """-DOCSTART- -X- O O

Anna NNP B-NP B-PER
Smith NNP I-NP I-PER
sings VBZ B-VP O

Oslo NNP B-NP U-LOC

"""
ANNOTATIONS = {
    "words": ["Anna", "sings", "in", "Oslo", "."],
    "tags": ["N", "V", "P", "N", None],
    "morphs": ["Number=Sing", {"Tense": "Pres"}, "", None, ""],
    "heads": [1, 1, 1, 2, 1],
    "deps": ["nsubj", "ROOT", "prep", "pobj", "punct"],
    "entities": [[0, 4, "PER", "Q1"], [14, 18, "LOC"]],
    "links": {},
    "spans": {"sc": [[0, 10, "X"], [5, 13]]},
    "cats": {"A": 1.0, "B": 0},
    "sent_starts": [1, -1, 0, None, False],
}
OVERRIDES = [
    "--training.max_steps",
    "7",
    "--paths.train=x.spacy",
    "--components.tagger.factory",
    '"tagger"',
    "--nlp.batch_size=64",
]
VECTORS = "3 4\nAnna 0.1 -0.2 1e-3 4\nthe 1 2 3 4\ncats 0 0 0 1\n"
FLORET = "2 4 2 3 2 2166136261 < >\n0 0.1 -0.2 1e-3 4\n1 1 2 3 4\n"
TABLE = 'text,label\n"Good, yes",POS\nBad,NEG\n'
NUMBERS = "text,GOOD,BAD\nfine,1,0\npoor,0.0,1.0\n"


def annotated() -> Doc:
    """A document with annotation of every kind."""
    doc = Doc(
        Vocab(),
        words=["Anna", "sings", "in", "Oslo", "."],
        spaces=[True, True, True, False, False],
        tags=["N", "V", "P", "N", "."],
        pos=["PROPN", "VERB", "ADP", "PROPN", "PUNCT"],
        morphs=["Number=Sing", "", "", "", ""],
        lemmas=["Anna", "sing", "in", "Oslo", "."],
        heads=[1, 1, 1, 2, 1],
        deps=["nsubj", "ROOT", "prep", "pobj", "punct"],
        ents=["B-PER", "O", "O", "B-LOC", "O"],
    )
    doc.cats = {"A": 1.0, "B": 0.0}
    doc.spans["sc"] = [Span(doc, 0, 2, label="X"), Span(doc, 1, 4, label="Y")]
    doc.user_data = {"id": 1, "more": {"list": [1, 2, "three"]}}
    doc.sentiment = 0.5
    doc.tensor = np.ones((5, 2), dtype="float32")
    return doc


def training_json() -> list[Any]:
    """The training format of spaCy 2, and pairs of a text and its annotation."""
    words = ["Anna", "sings", "in", "Oslo", "."]
    tokens = [{"orth": word, "space": " ", "tag": "T", "head": 0, "dep": "d", "ner": "U-X"} for word in words]
    paragraph = {"raw": "Anna sings", "sentences": [{"tokens": tokens}], "cats": [{"label": "A", "value": 1}]}
    entry = {"id": 0, "paragraphs": [paragraph, {"raw": "Anna", "entities": [[0, 4, "PER"]]}]}
    return [entry, ["Anna", {"entities": [[0, 4, "PER"]], "cats": {"A": 1.0}}]]


def records(doc: Doc) -> list[Any]:
    """Records of every form, one a line."""
    entities = [{"start_offset": 0, "end_offset": 4, "label": "PER"}]
    return [
        doc.to_json(complete=True),
        {"text": "Anna", "label": "X"},
        {"text": "Oslo", "entities": [[0, 4, "LOC"]], "cats": {"A": 0.5}, "spans": {"sc": [[0, 4, "X"]]}},
        {
            "text": "Anna sings",
            "tokens": ["Anna", "sings"],
            "tags": ["N", "V"],
            "heads": [1, 1],
            "deps": ["a", "ROOT"],
        },
        {"text": "Oslo", "labels": entities, "meta": {"id": 3}},
    ]


def files() -> dict[str, bytes]:
    """A whole file of each format, by its ending."""
    doc = annotated()
    words = [
        {"orth": "Anna", "prob": -9.5, "is_stop": False, "cluster": "11", "norm": "anna"},
        {"lang": "en", "settings": {"oov_prob": -20.0}},
    ]
    return {
        "spacy": DocBin(docs=[doc] * 3, store_user_data=True, store_tensor=True).to_bytes(),
        "conllu": (CONLLU * 2).encode(),
        "iob": (IOB * 2).encode(),
        "json": json.dumps(training_json(), indent=1).encode(),
        "jsonl": _lines(records(doc)),
        "csv": TABLE.encode(),
        "tsv": NUMBERS.replace(",", "\t").encode(),
        "vec": VECTORS.encode(),
        "floret": FLORET.encode(),
        "words": _lines(words),
        "text": b"Anna sings in Oslo.\nIt rains.\n",
        "doc": doc.to_bytes(),
        "doc.json": json.dumps(doc.to_json(complete=True)).encode(),
        "example": json.dumps(ANNOTATIONS).encode(),
        "lookups": messages.pack({"lexeme_prob": {5: -3.0, 2**63: 1.0}, "lexeme_norm": {7: "x"}}),
        "array": _array(np.ones((3, 4), dtype="float32")),
        "key2row": messages.pack({5: 0, 2**63: 2, 9: -1}),
        "settings": b'{"mode": "default", "attr": "ORTH"}',
    }


def write_large(path: Path, n_bytes: int) -> int:
    """Write a file of many documents, in the format that its ending says, and give its size, unpacked."""
    whole = files()[path.suffix[1:]]
    if path.suffix == ".spacy":
        docs = list(DocBin(store_user_data=True).from_bytes(whole).get_docs(Vocab()))
        whole = DocBin(docs=docs * (n_bytes // 1500), store_user_data=True).to_bytes()
        path.write_bytes(whole)
        return len(zlib.decompress(whole))
    if path.suffix == ".json":
        entry = json.dumps(json.loads(whole)[0]).encode()
        path.write_bytes(b"[" + b",\n".join([entry] * (n_bytes // len(entry))) + b"]")
    else:
        head = len(whole.partition(b"\n")[0]) + 1 if path.suffix == ".csv" else 0
        path.write_bytes(whole[:head] + whole[head:] * (n_bytes // (len(whole) - head)))
    return path.stat().st_size


def save_pipelines(folder: Path) -> dict[str, Language]:
    """Save pipelines that have between them every component, and give them by the names of their folders."""
    pipelines = {name: kernel.load(RELEASE / name) for name in ("parsing", "ner")}
    others = kernel.blank("en")
    for i, word in enumerate(["Anna", "saw", "the", "cats", "in", "Oslo", "stop"]):
        others.vocab.set_vector(word, np.arange(i, i + 8, dtype="float32"))
    others.vocab.lookups.add_table("lexeme_prob", {"the": -3.0})
    others.vocab.lookups.add_table("lexeme_norm", {"dont": "do not"})
    others.add_pipe("sentencizer")
    for name in ("textcat", "textcat_multilabel", "tagger"):
        component: Any = others.add_pipe(name, config=SMALL.get(name, {}))
        for label in ("A", "B", "C"):
            component.add_label(label)
    others.initialize()
    pipelines["others"] = others
    for name, nlp in pipelines.items():
        nlp.to_disk(folder / name)
    return {name: kernel.load(folder / name) for name in pipelines}


def save_run(folder: Path) -> None:
    """Train four steps in a folder, so that a run stands in it that can be resumed."""
    for split in ("train", "dev"):
        shutil.copy(RELEASE / f"{split}.spacy", folder)
    tagger = {"factory": "tagger", "model": {"@architectures": "kernel.Tagger.v1", "tok2vec": ENCODER}}
    config = {
        "paths": {"train": "train.spacy", "dev": "dev.spacy"},
        "nlp": {"lang": "en", "pipeline": ["tagger"]},
        "components": {"tagger": tagger},
        "training": {
            "max_steps": 4,
            "eval_frequency": 2,
            "dropout": 0.1,
            "seed": 1,
            "logger": {"@loggers": "kernel.JsonlLogger.v1", "path": "log.jsonl"},
            "checkpoint": {"every_steps": 2, "keep_last": 2},
        },
    }
    with _inside(folder):
        kernel.train(config, "run")


def resumed(folder: Path) -> str:
    """Go on with the run in a folder for two steps, and give the digest of what was learned."""
    with _inside(folder):
        kernel.train("run/config.cfg", "run", resume=True, overrides={"training.max_steps": 6})
    return digest_of_folder(folder / "run" / "model-last" / "tagger")


def predictions(nlp: Language) -> list[bytes]:
    """What a pipeline predicts for a few texts, to the last bit."""
    return [doc.to_bytes(exclude=["tensor"]) for doc in nlp.pipe(TEXTS)]


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder, and print nothing."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            yield
    finally:
        os.chdir(before)


def saved_files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in the order of their names."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _lines(values: list[Any]) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def _array(array: Any) -> bytes:
    file = BytesIO()
    np.save(file, array)
    return file.getvalue()
