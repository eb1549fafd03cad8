"""Morphological features."""

import pytest

from kernel.attrs import POS
from kernel.errors import DataError
from kernel.morphology import Morphology
from kernel.strings import StringStore
from kernel.symbols import NOUN
from kernel.tokens import MorphAnalysis
from kernel.vocab import Vocab


@pytest.fixture
def morphology() -> Morphology:
    return Morphology(StringStore())


def test_features_are_stored_in_their_normal_order(morphology: Morphology) -> None:
    key = morphology.add("Number=Sing|Case=Nom,Acc")

    assert morphology.get(key) == "Case=Acc,Nom|Number=Sing"
    assert morphology.add({"Number": "Sing", "Case": "Acc,Nom"}) == key


def test_no_features_differ_from_no_annotation(morphology: Morphology) -> None:
    assert morphology.add(None) == 0
    assert morphology.add("") == morphology.add("_") != 0
    assert morphology.get(morphology.add("")) == morphology.get(0) == ""


def test_an_analysis_is_a_set_of_features() -> None:
    analysis = MorphAnalysis(Vocab(), {"Number": "Sing", "Case": "Acc,Nom"})

    assert list(analysis) == ["Case=Acc", "Case=Nom", "Number=Sing"]
    assert "Number=Sing" in analysis
    assert analysis.get("Case") == ["Acc", "Nom"]
    assert analysis.get("Tense") == []
    assert analysis.to_dict() == {"Case": "Acc,Nom", "Number": "Sing"}
    assert len(analysis) == 3
    assert str(analysis) == analysis.to_json() == "Case=Acc,Nom|Number=Sing"
    assert analysis == MorphAnalysis.from_id(analysis.vocab, analysis.key)


@pytest.mark.parametrize("feats", ["Case", "=Nom", "Case=", "Case=Nom||Number=Sing"])
def test_malformed_features_are_refused(morphology: Morphology, feats: str) -> None:
    with pytest.raises(DataError, match="morph: expected Field=Value"):
        morphology.add(feats)


def test_attributes_are_written_in_one_way() -> None:
    morphology = Vocab().morphology

    assert morphology.normalize_attrs({"pos": "noun", "Case": "Nom,Acc"}) == {POS: NOUN, "Case": "Acc,Nom"}
    assert morphology.normalize_attrs({POS: NOUN}) == {POS: NOUN}
    with pytest.raises(DataError, match="morph: unknown part of speech, got 'NUON'; did you mean 'NOUN'"):
        morphology.normalize_attrs({"POS": "NUON"})
