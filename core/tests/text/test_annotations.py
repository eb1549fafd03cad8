"""Annotations of other types than there are: refused by their key."""

from typing import Any

import pytest

from kernel import Doc, Example, Vocab
from kernel.errors import DataError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"morphs": [3]}, "morph: expected features as text or by field, got 3"),
        ({"morphs": [["Number"]]}, r"morph: expected features as text or by field, got \['Number'\]"),
        ({"morphs": [{"Number": 1}]}, r"morph: expected features as text or by field, got \{'Number': 1\}"),
        ({"cats": {"A": float("nan")}}, "cats: expected a finite number for 'A', got nan"),
        ({"cats": {"A": 10**400}}, "cats: expected a finite number for 'A', got 1000"),
        ({"text": 3}, "text: expected a string, got 3"),
        ({"token_annotation": 3}, "token_annotation: expected a dictionary, got 3"),
        ({"doc_annotation": [1]}, r"doc_annotation: expected a dictionary, got \[1\]"),
        ({"words": 3}, "words: expected values such as Example.from_dict takes, got 3"),
        ({"words": [3]}, "words: "),
        ({"heads": [[0]]}, "heads: "),
        ({"heads": [2**63]}, "heads: "),
        ({"sent_starts": [[1]]}, "sent_starts: "),
        ({"sent_starts": [{}]}, "sent_starts: "),
        ({"entities": 3}, "entities: "),
        ({"entities": [[0]]}, "entities: "),
        ({"entities": [[0, {}, "X"]]}, "entities: "),
        ({"entities": [["0", 1, "X"]]}, "entities: "),
        ({"entities": [[0, 1, {}]]}, "entities: "),
        ({"links": [1]}, "links: "),
        ({"links": {"x": 1}}, "links: "),
        ({"spans": {"sc": 3}}, "spans"),
        ({"spans": {"sc": [[0]]}}, "spans"),
        ({"spans": {"sc": [["0", 1]]}}, "spans"),
        ({"spans": {"sc": [[0, 1, {}]]}}, "spans"),
        ({"tags": [["X"]]}, "tag"),
        ({"lemmas": [3]}, "lemma"),
        ({"deps": 3}, "deps"),
    ],
)
def test_a_value_of_another_type_is_named_by_its_key(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=f"^{message}"):
        Example.from_dict(Doc(Vocab(), words=["a"]), given)
