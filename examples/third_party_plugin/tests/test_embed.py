"""The embedding: the contract, and that a misspelt word is near the right one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from kernel.errors import ModelError
from kernel.testing import check_architecture, check_import_cost, check_imports, check_names
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_tok2vec.embed import MultiHashEmbed

from acme_ngrams.embed import ngram_embed
from acme_ngrams.pieces import Pieces


def embedding(width: int = 8, **settings: int) -> Any:
    words = MultiHashEmbed(width, ["NORM", "SHAPE"], [50, 20])
    return ngram_embed(width, words, **settings)


@pytest.fixture
def docs() -> list[Doc]:
    vocab = Vocab()
    return [Doc(vocab, words=["the", "cat", "the"]), Doc(vocab, words=[]), Doc(vocab, words=["Ünïcode", "!"])]


def test_its_name_is_in_order() -> None:
    assert check_names("acme_ngrams") == [("architectures", "acme.NgramEmbed.v1")]


def test_listing_it_imports_none_of_its_code() -> None:
    check_import_cost("acme_ngrams", "acme_ngrams")


def test_it_imports_what_is_public() -> None:
    check_imports("acme_ngrams")


def test_the_embedding_keeps_the_contract(docs: list[Doc]) -> None:
    check_architecture(lambda: embedding(rows=60), [docs[0], docs[2]])


def test_an_empty_document_among_others_is_embedded(docs: list[Doc]) -> None:
    model = embedding()
    model.initialize()

    assert [Y.shape for Y in model.predict(docs)] == [(3, 8), (0, 8), (2, 8)]


def test_a_misspelt_word_shares_pieces_with_the_right_one() -> None:
    right, wrong, other = (
        set(Pieces(10**6, 3, 5).cut(word).tolist()) for word in ("wonderful", "wonderfull", "rivers")
    )

    assert len(right & wrong) > 0.6 * len(right)
    assert not right & other


def test_a_word_is_cut_once_for_a_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces, vocab = Pieces(100, 3, 5), Vocab()
    key = vocab.strings.add("cat")
    rows, lengths = pieces(vocab, [key, key])
    monkeypatch.setattr(Pieces, "cut", lambda self, word: pytest.fail(f"{word} is cut again"))

    again, _ = pieces(vocab, [key, key])

    assert lengths.tolist() == [len(rows) // 2] * 2
    assert np.array_equal(rows, again)


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ModelError, match="longest must be at least shortest, 4, got 3"):
        embedding(shortest=4, longest=3)
    with pytest.raises(ModelError, match="words must be 9 wide, got 8; give both one width"):
        ngram_embed(9, MultiHashEmbed(8, ["NORM"], [10]))
