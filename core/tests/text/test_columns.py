"""Features of a batch: what one gather gives is what each document gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.doc.columns import features
from kernel.tokens import Doc
from kernel.vocab import Vocab

NAMES = ["NORM", "PREFIX", "SUFFIX", "SHAPE", "TAG", "HEAD", "IS_ALPHA", "SPACY"]


@given(st.lists(st.lists(st.sampled_from(["Tea", "tea", "42", "x."]), max_size=6), max_size=6), st.data())
def test_a_batch_is_its_documents_one_after_the_other(batch: list[list[str]], data: st.DataObject) -> None:
    vocab = Vocab()
    docs = [Doc(vocab, words) for words in batch]
    for doc in docs:
        if data.draw(st.booleans()):
            doc.set_column("TAG", np.arange(len(doc)))
        if data.draw(st.booleans()):
            doc.set_column("NORM", np.arange(len(doc)) % 2)

    together = features(docs, NAMES)

    each = [doc.features(NAMES) for doc in docs]
    assert together.tolist() == [row for rows in each for row in rows.tolist()]


def test_features_of_no_documents_are_empty() -> None:
    assert features([], NAMES).shape == (0, len(NAMES))


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(DataError, match="got 'LOWWER'; did you mean 'LOWER'"):
        Doc(Vocab(), ["a"]).features(["LOWWER"])


def test_a_dropped_column_was_never_set() -> None:
    doc = Doc(Vocab(), ["a"], tags=["X"])

    doc.drop_column("TAG")

    assert not doc.has_annotation("TAG")
    assert doc.column("TAG").tolist() == [0]


def test_new_spaces_move_the_tokens() -> None:
    doc = Doc(Vocab(), ["a", "b"], [True, False])
    assert [token.idx for token in doc] == [0, 2]

    doc.set_column("SPACY", [False, False])

    assert [token.idx for token in doc] == [0, 1]
    assert doc.text == "ab"


def test_large_numbers_are_kept_exactly() -> None:
    doc = Doc(Vocab(), ["a", "b"])

    doc.set_column("TAG", [2**64 - 3, 1])

    assert doc.column("TAG").tolist() == [2**64 - 3, 1]


def test_a_number_that_is_too_large_is_an_error() -> None:
    with pytest.raises(DataError, match="doc: TAG holds uint64 numbers"):
        Doc(Vocab(), ["a", "b"]).set_column("TAG", [2**64, 1])
