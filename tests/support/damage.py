"""Damaged files of every format: a whole one, and what a seed makes of it."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator
from pathlib import Path

from kernel.registry import registry
from kernel.tokens import Doc, DocBin, Span, stream_docs
from kernel.vocab import Vocab

#: What is put in: marks of the formats, numbers without end, bytes that are no text.
_BITS = [
    *(bytes([mark]) for mark in b"\t\n\r\0 #|-_\"'\\{}[],:"),
    *(
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        "İ".encode(),
        "é".encode(),
        b"\\ud800",
        b"null",
        b"true",
        b"NaN",
    ),
    *(
        b"-1",
        b"0",
        b"1e999",
        b"9" * 30,
        b"9" * 5000,
        b"1-2",
        b"1.1",
        b"B-",
        b"I-X",
        b"L-X",
        b"U-",
        b"[" * 3000,
    ),
    *(b"-DOCSTART-", b"# text = ", b"# newdoc", b"SpaceAfter=No", b"\xdc\xff\xff\xff\xff", b"\xc1"),
]

CONLLU = """# newdoc id = a
# text = Anna saw dos cats.
1\tAnna\tAnna\tPROPN\tNNP\tNumber=Sing\t2\tnsubj\t_\tNE=B-PER
2\tsaw\tsee\tVERB\tVBD\tTense=Past\t0\troot\t_\t_
3-4\tdos\t_\t_\t_\t_\t_\t_\t_\t_
3\tde\tde\tADP\tIN\t_\t5\tcase\t_\t_
4\tos\to\tDET\tDT\t_\t5\tdet\t_\t_
5\tcats\tcat\tNOUN\tNNS\tNumber=Plur\t2\tobj\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

"""
IOB = """-DOCSTART- -X- O O

Anna NNP B-NP B-PER
Smith NNP I-NP I-PER
sings VBZ B-VP O

Oslo NNP B-NP U-LOC

"""


def whole_files() -> dict[str, bytes]:
    """A file of a few documents for each ending."""
    vocab = Vocab()
    words = ["Anna", "sings", "in", "Oslo", "."]
    doc = Doc(
        vocab,
        words=words,
        spaces=[True, True, True, False, False],
        tags=["N", "V", "P", "N", "."],
        morphs=["Number=Sing", "", "", "", ""],
        heads=[1, 1, 1, 2, 1],
        deps=["nsubj", "ROOT", "prep", "pobj", "punct"],
        ents=["B-PER", "O", "O", "B-LOC", "O"],
    )
    doc.cats = {"A": 1.0}
    doc.spans["sc"] = [Span(doc, 0, 2, label="X"), Span(doc, 1, 4, label="Y")]
    doc.user_data = {"id": 1}
    tokens = [{"orth": word, "space": " ", "tag": "T", "head": 0, "dep": "d", "ner": "U-X"} for word in words]
    paragraph = {"raw": "Anna sings", "sentences": [{"tokens": tokens}], "cats": [{"label": "A", "value": 1}]}
    entry = {"id": 0, "paragraphs": [paragraph, {"raw": "Anna", "entities": [[0, 4, "PER"]]}]}
    lines = [doc.to_json(), {"text": "Anna", "label": "X"}, {"text": "Oslo", "entities": [[0, 4, "LOC"]]}]
    return {
        "spacy": DocBin(docs=[doc] * 3, store_user_data=True).to_bytes(),
        "conllu": (CONLLU * 3).encode(),
        "iob": (IOB * 3).encode(),
        "json": json.dumps([entry, ["Anna", {"entities": [[0, 4, "PER"]]}]], indent=1).encode(),
        "jsonl": "".join(json.dumps(line) + "\n" for line in lines).encode(),
        "csv": b'text,label\n"Good, yes",POS\nBad,NEG\n',
    }


def large_file(ending: str, n_bytes: int) -> bytes:
    """A file of many documents."""
    whole = whole_files()[ending]
    if ending == "spacy":
        docs = list(DocBin(store_user_data=True).from_bytes(whole).get_docs(Vocab()))
        return DocBin(docs=docs * (n_bytes // 600), store_user_data=True).to_bytes()
    if ending == "json":
        entry = json.dumps(json.loads(whole)[0]).encode()
        return b"[" + b",\n".join([entry] * (n_bytes // len(entry))) + b"]"
    head = len(whole.partition(b"\n")[0]) + 1 if ending == "csv" else 0
    return whole[:head] + whole[head:] * (n_bytes // (len(whole) - head))


def damaged(ending: str, whole: bytes, seed: int) -> bytes:
    """Damage a file in a few places; of a pack in half of the cases what is inside."""
    rng = random.Random(f"{ending} {seed}")
    if ending == "spacy" and rng.random() < 0.5:
        return zlib.compress(_wounded(zlib.decompress(whole), rng))
    return _wounded(whole, rng)


def _wounded(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 4)):
        data = _wound(data, rng)
    return data


def _wound(data: bytes, rng: random.Random) -> bytes:
    place, length = rng.randrange(len(data) + 1), rng.choice([0, 1, 1, 2, 5, 40])
    before, taken, after = data[:place], data[place : place + length], data[place + length :]
    kind = rng.choice(["replace", "replace", "delete", "flip", "flip", "cut", "repeat"])
    if kind == "flip":
        return before + bytes([rng.randrange(256)]) + data[place + 1 :]
    middle = {"replace": rng.choice(_BITS), "delete": b"", "cut": b"", "repeat": taken + taken}[kind]
    return before + middle + (b"" if kind == "cut" else after)


def documents(path: Path) -> Iterator[Doc]:
    """Read a file by its ending, as a user would."""
    ending = path.suffix[1:]
    if ending == "spacy":
        # Half of them as a corpus reads them, half as a pack.
        if path.stat().st_size % 2:
            yield from stream_docs(path, Vocab(), store_user_data=True)
        else:
            yield from DocBin(store_user_data=True).from_disk(path).get_docs(Vocab())
    else:
        yield from registry.converters.get(ending)(path)
