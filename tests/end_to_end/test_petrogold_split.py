"""The example's split of a treebank into three, by document."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace import ROOT


@pytest.fixture(scope="module")
def data() -> ModuleType:
    """The example's module, which is no part of a package."""
    spec = importlib.util.spec_from_file_location(
        "petrogold_data", ROOT / "examples" / "petrogold" / "data.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_treebank_is_split_by_document(data: ModuleType) -> None:
    sizes: dict[str, int] = {}
    for document, _ in data.sentences(data.treebank().read_text(encoding="utf-8")):
        sizes[document] = sizes.get(document, 0) + 1

    splits = data.assign(sizes)

    counts = {split: sum(sizes[name] for name in sizes if splits[name] == split) for split in data.SPLITS}
    assert counts == {"train": 7038, "dev": 1146, "test": 943}


@given(names=st.lists(st.text(), min_size=20, max_size=40, unique=True))
def test_the_order_of_documents_plays_no_part(data: ModuleType, names: list[str]) -> None:
    there = data.assign(dict.fromkeys(names, 10))
    back = data.assign(dict.fromkeys(reversed(names), 10))

    assert there == back
    assert set(there.values()) == {"train", "dev", "test"}


def test_finding_the_treebank_imports_no_pandas() -> None:
    program = "import sys, data; data.treebank(); print('pandas' in sys.modules or 'dante' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT / "examples" / "petrogold",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )

    assert done.stdout == "False\n"
