"""What is read of spacy-lookups-data, shown with a small package in its place."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kernel.errors import DataError
from kernel.testing.data.lookups import check_lookup
from pkg_lookups import tables
from pkg_lookups.plugin import register_lookups


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the files of a stand-in, which is installed for the test."""
    package = ModuleType("spacy_lookups_data")
    package.get_file = lambda name: tmp_path / name  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spacy_lookups_data", package)
    return tmp_path


def put(folder: Path, name: str, content: str) -> None:
    (folder / name).write_bytes(gzip.compress(content.encode("utf-8")))


def test_a_registered_name_reads_the_file_of_its_table(data: Path) -> None:
    put(data, "grc_lemma_lookup.json.gz", '{"ἄνθρωποι": "ἄνθρωπος"}')
    assert register_lookups()["grc.lemma_lookup"] == "pkg_lookups.tables:grc_lemma_lookup"

    assert check_lookup(tables.grc_lemma_lookup) == {"ἄνθρωποι": "ἄνθρωπος"}


def test_what_is_called_like_no_table_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = tables.nothing


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy_lookups_data", None)

    with pytest.raises(
        DataError, match=r"'en\.lexeme_norm' is in .* not installed; pip install spacy-lookups-data"
    ):
        tables.en_lexeme_norm()


@pytest.mark.parametrize(
    "content", [b"", b"{}", gzip.compress(b"{"), gzip.compress(b"[1]"), gzip.compress(b"\xff")]
)
def test_a_file_that_is_damaged_is_named(data: Path, content: bytes) -> None:
    (data / "en_lexeme_norm.json.gz").write_bytes(content)

    with pytest.raises(DataError, match=r"en_lexeme_norm\.json\.gz: cannot be read, got .*; reinstall"):
        tables.en_lexeme_norm()


def test_a_file_that_is_missing_is_named(data: Path) -> None:
    with pytest.raises(DataError, match=r"en_lexeme_norm\.json\.gz: cannot be read"):
        tables.en_lexeme_norm()
