"""Finds the Japanese entity corpus and splits it by sentence.

The corpus is 500 sentences of Japanese news-like text as the distribution hironsancorpus carries it: one token a line,
columns of a morphological analysis, an IOB2 tag at the end. The file is found without importing the package.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

DISTRIBUTION = "hironsancorpus"
FILE = "hironsan/corpus/iob_sents.txt"
SPLITS = ("train", "dev", "test")

#: The share of the sentences that dev and test get, each.
HELD_OUT_SHARE = 0.15


def corpus() -> Path:
    """Find the corpus among the installed files."""
    found = [path for path in importlib.metadata.files(DISTRIBUTION) or () if path.as_posix() == FILE]
    if not found:
        raise FileNotFoundError(f"{DISTRIBUTION}: has no file {FILE}")
    return Path(str(found[0].locate()))


def sentences(text: str) -> list[str]:
    """Give each sentence as lines of word and tag; words that are only space are left out."""
    blocks = []
    for block in text.strip().split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n")]
        blocks.append("".join(f"{row[0]}\t{row[-1]}\n" for row in rows if row[0].strip()))
    return blocks


def split(blocks: Sequence[str]) -> dict[str, list[str]]:
    """Give every sentence a split by the hash of its text, equal ones the same; the order of the corpus stays."""
    distinct = sorted(set(blocks), key=lambda block: hashlib.sha256(block.encode()).digest())
    n_held_out = round(HELD_OUT_SHARE * len(distinct))
    dev, test = set(distinct[:n_held_out]), set(distinct[n_held_out : 2 * n_held_out])
    parts: dict[str, list[str]] = {name: [] for name in SPLITS}
    for block in blocks:
        parts["dev" if block in dev else "test" if block in test else "train"].append(block)
    return parts


def write_splits(folder: Path, limit: int | None = None) -> dict[str, Path]:
    """Write train.iob, dev.iob and test.iob into a folder.

    Args:
        folder: Made if it is not there.
        limit: How many sentences of each split to keep; all when None.
    """
    parts = split(sentences(corpus().read_text(encoding="utf-8")))
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.iob" for name in SPLITS}
    for name, path in paths.items():
        blocks = parts[name][:limit]
        path.write_text("".join(f"{block}\n" for block in blocks), encoding="utf-8")
        print(f"{name:5}  {len(blocks):3} sentences  {path}")
    return paths
