"""Attributes that people add."""

from collections.abc import Iterator

import pytest

from kernel.errors import DataError
from kernel.tokens import Doc, Span, Token
from kernel.vocab import Vocab


@pytest.fixture
def doc() -> Doc:
    return Doc(Vocab(), ["a", "b", "c"])


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    for cls in (Doc, Span, Token):
        cls.extensions.clear()


def test_a_default_holds_until_a_value_is_set(doc: Doc) -> None:
    Doc.set_extension("source", default="none")

    assert doc._.source == "none"
    doc._.source = "book"
    assert doc._.source == doc._.get("source") == "book"
    assert doc.copy()._.source == "book"


def test_values_of_tokens_and_spans_stay_with_their_place(doc: Doc) -> None:
    Token.set_extension("weight", default=0)
    Span.set_extension("weight", default=0)

    doc[1]._.weight = 4
    doc[1:3]._.set("weight", 5)

    assert [token._.weight for token in doc] == [0, 4, 0]
    assert (doc[1:3]._.weight, doc[0:3]._.weight) == (5, 0)


def test_a_default_that_can_change_is_not_shared(doc: Doc) -> None:
    Token.set_extension("notes", default=[])

    doc[0]._.notes.append("x")

    assert (doc[0]._.notes, doc[1]._.notes) == (["x"], [])


def test_a_getter_computes_and_a_setter_takes(doc: Doc) -> None:
    Doc.set_extension("n", getter=len, setter=lambda doc, n: doc.user_data.update(n=n))

    doc._.n = 8

    assert doc._.n == 3
    assert doc.user_data["n"] == 8


def test_a_method_gets_the_object(doc: Doc) -> None:
    Doc.set_extension("nth", method=lambda doc, i: doc[i].text)

    assert doc._.nth(2) == "c"


def test_an_unknown_attribute_names_the_nearest(doc: Doc) -> None:
    Doc.set_extension("source", default=1)

    with pytest.raises(AttributeError, match=r"Doc\._\.sourse: no such attribute; did you mean 'source'"):
        _ = doc._.sourse
    assert doc._.has("source")
    assert not doc._.has("sourse")


def test_an_attribute_is_not_replaced_by_accident() -> None:
    Doc.set_extension("source", default=1)

    with pytest.raises(DataError, match="already exists; pass force=True"):
        Doc.set_extension("source", default=2)
    Doc.set_extension("source", default=2, force=True)
    assert Doc.get_extension("source").default == 2
    assert Doc.remove_extension("source").default == 2
    assert not Doc.has_extension("source")


def test_a_computed_attribute_cannot_be_set(doc: Doc) -> None:
    Doc.set_extension("n", getter=len)

    with pytest.raises(AttributeError, match="is computed and has no setter"):
        doc._.n = 1


@pytest.mark.parametrize(
    "how", [{"setter": lambda doc, value: None}, {"method": lambda doc: 1, "getter": lambda doc: 1}]
)
def test_ways_to_get_a_value_must_fit_together(how: dict[str, object]) -> None:
    with pytest.raises(DataError, match=r"Doc\._\.x: "):
        Doc.set_extension("x", **how)  # type: ignore[arg-type]
