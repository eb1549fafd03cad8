"""Damaged files: whatever is in them, a result or one `KernelError`, and nothing else."""

from __future__ import annotations

import contextlib
import zlib
from pathlib import Path

import pytest
from damage import damaged as damaged_by_seed
from damage import documents, whole_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import Config
from kernel.config import fill_config
from kernel.errors import KernelError
from kernel.registry import registry
from kernel.tokens import DocBin
from kernel.vocab import Vocab

DATA = Path(__file__).parent / "data"
MANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def damage(draw: st.DrawFn) -> tuple[float, int, bytes]:
    """Where to cut, how much to take out, what to put in."""
    place = draw(st.floats(0, 1, allow_nan=False))
    return place, draw(st.integers(0, 40)), draw(st.binary(max_size=12))


def damaged(whole: bytes, wounds: list[tuple[float, int, bytes]]) -> bytes:
    """Apply damages, one after the other."""
    for place, taken, put in wounds:
        start = int(place * len(whole))
        whole = whole[:start] + put + whole[start + taken :]
    return whole


wounds = st.lists(damage(), min_size=1, max_size=4)


@MANY
@given(wounds=wounds, inside=st.booleans())
def test_a_damaged_corpus_gives_documents_or_one_error(
    walked: Path, tmp_path: Path, wounds: list[tuple[float, int, bytes]], inside: bool
) -> None:
    packed = (walked / "dev.spacy").read_bytes()
    # Damage to the packed bytes rarely gets past zlib; damage inside reaches the reader.
    whole = zlib.compress(damaged(zlib.decompress(packed), wounds)) if inside else damaged(packed, wounds)
    (tmp_path / "damaged.spacy").write_bytes(whole)

    with contextlib.suppress(KernelError):
        for doc in DocBin().from_disk(tmp_path / "damaged.spacy").get_docs(Vocab()):
            assert len(doc.text) >= sum(len(token.text) for token in doc)


@MANY
@given(wounds=wounds)
def test_a_damaged_treebank_gives_documents_or_one_error(
    tmp_path: Path, wounds: list[tuple[float, int, bytes]]
) -> None:
    path = tmp_path / "damaged.conllu"
    path.write_bytes(damaged((DATA / "dev.conllu").read_bytes(), wounds))

    with contextlib.suppress(KernelError):
        for doc in registry.converters.get("conllu")(path):
            assert len(doc) > 0


@MANY
@given(wounds=wounds)
def test_a_damaged_config_is_filled_or_gives_one_error(
    walked: Path, wounds: list[tuple[float, int, bytes]]
) -> None:
    whole = damaged((walked / "base.cfg").read_bytes(), wounds)

    with contextlib.suppress(KernelError):
        filled = fill_config(Config().from_bytes(whole))
        assert filled["training"]["max_steps"] is not None


def test_the_undamaged_files_pass(walked: Path) -> None:
    config = fill_config(Config().from_bytes((walked / "base.cfg").read_bytes()))
    docs = list(DocBin().from_disk(walked / "dev.spacy").get_docs(Vocab()))

    assert config["nlp"]["lang"] == "en"
    assert sum(len(doc) for doc in docs) == pytest.approx(31, abs=2)
    assert len(list(registry.converters.get("conllu")(DATA / "dev.conllu"))) == 4


@pytest.mark.parametrize("ending", ["spacy", "conllu", "iob", "json", "jsonl", "csv"])
def test_every_damaged_file_gives_documents_or_one_line(tmp_path: Path, ending: str) -> None:
    whole = whole_files()[ending]
    path = tmp_path / f"damaged.{ending}"
    for seed in range(40):  # benchmarks/fuzz.py has 10,000
        path.write_bytes(damaged_by_seed(ending, whole, seed))
        message = refusal(path)
        assert "\n" not in message
        assert len(message) < 2000


def refusal(path: Path) -> str:
    """Read a file to its end; the message, or nothing where there are documents."""
    try:
        assert all(len(doc.words) == len(doc) for doc in documents(path))
    except KernelError as error:
        return str(error)
    return ""
