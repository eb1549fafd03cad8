"""Finds the PetroGold treebank and splits it by document.

The treebank is UD Portuguese-PetroGold as the distribution dante-corpora carries it: 19 theses and reports on
oil geology. Its package imports pandas, which its files do not need: the file is found without importing it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from pathlib import Path

DISTRIBUTION = "dante-corpora"
FILE = "dante/data/petrogold/annotated.conllu"
SPLITS = ("train", "dev", "test")

#: The smallest share of the sentences that dev and test are to have, each.
HELD_OUT_SHARE = 0.1


def treebank() -> Path:
    """Find the treebank among the installed files."""
    found = [path for path in importlib.metadata.files(DISTRIBUTION) or () if path.as_posix() == FILE]
    if not found:
        raise FileNotFoundError(f"{DISTRIBUTION}: has no file {FILE}")
    return Path(str(found[0].locate()))


def sentences(text: str) -> Iterator[tuple[str, str]]:
    """Give each sentence with the name of its document.

    A sentence is called DOCUMENT-NUMBER, as in `247-20140910-MONOGRAFIA_0-1`.
    """
    marker = "# sent_id = "
    for block in text.strip().split("\n\n"):
        name = next(line for line in block.split("\n") if line.startswith(marker))
        yield name.removeprefix(marker).rpartition("-")[0], block


def assign(sizes: Mapping[str, int]) -> dict[str, str]:
    """Give every document a split, from nothing but the names and sizes of the documents.

    In the order of the hashes of their names, documents fill dev, then test; the others are for training.

    Args:
        sizes: The number of sentences of each document.
    """
    wanted = HELD_OUT_SHARE * sum(sizes.values())
    filled = {"dev": 0, "test": 0}
    splits = {}
    for name in sorted(sizes, key=lambda name: hashlib.sha256(name.encode()).digest()):
        split = next((split for split, size in filled.items() if size < wanted), "train")
        splits[name] = split
        if split != "train":
            filled[split] += sizes[name]
    return splits


def write_splits(folder: Path, limit: int | None = None) -> dict[str, Path]:
    """Write train.conllu, dev.conllu and test.conllu into a folder.

    Args:
        folder: Made if it is not there.
        limit: How many sentences of each split to keep; all when None.
    """
    by_document: dict[str, list[str]] = {}
    for document, block in sentences(treebank().read_text(encoding="utf-8")):
        by_document.setdefault(document, []).append(block)
    splits = assign({document: len(blocks) for document, blocks in by_document.items()})

    folder.mkdir(parents=True, exist_ok=True)
    paths = {split: folder / f"{split}.conllu" for split in SPLITS}
    for split, path in paths.items():
        documents = [document for document in by_document if splits[document] == split]
        blocks = [block for document in documents for block in by_document[document]][:limit]
        path.write_text("".join(f"{block}\n\n" for block in blocks), encoding="utf-8")
        print(f"{split:5}  {len(documents):2} documents  {len(blocks):5,} sentences  {path}")
    return paths
