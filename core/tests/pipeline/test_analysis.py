"""What components say they set and need."""

from __future__ import annotations

import pytest

from kernel.errors import ConfigError
from kernel.pipeline.language import Language


@pytest.fixture
def stated(nlp: Language) -> Language:
    nlp.add_pipe("toy_tagger", name="tagger")
    Language.component(
        "toy_odd", assigns=["doc._.x"], requires=["token.pos"], retokenizes=True, func=lambda doc: doc
    )
    Language.component("toy_user", requires=["doc._.x", "token.tag"], func=lambda doc: doc)
    nlp.add_pipe("toy_odd")
    nlp.add_pipe("toy_user")
    return nlp


def test_it_says_what_components_set_need_and_lack(stated: Language) -> None:
    found = stated.analyze_pipes()

    assert found["summary"]["toy_odd"] == {
        "assigns": ["doc._.x"],
        "requires": ["token.pos"],
        "scores": [],
        "retokenizes": True,
    }
    assert found["summary"]["tagger"]["scores"] == ["tag_acc", "tag_micro_p"]
    assert found["problems"] == {"tagger": [], "toy_odd": ["token.pos"], "toy_user": []}
    assert found["attrs"]["doc._.x"] == {"assigns": ["toy_odd"], "requires": ["toy_user"]}


def test_what_is_set_later_does_not_help(nlp: Language) -> None:
    Language.component("toy_early", requires=["token.tag"], func=lambda doc: doc)
    nlp.add_pipe("toy_early")
    nlp.add_pipe("toy_tagger", name="tagger")

    assert nlp.analyze_pipes()["problems"]["toy_early"] == ["token.tag"]


def test_facts_can_be_chosen_and_a_wrong_one_is_named(stated: Language) -> None:
    assert stated.analyze_pipes(keys=["assigns"])["summary"]["tagger"] == {"assigns": ["token.tag"]}
    with pytest.raises(ConfigError, match="no such key, got 'asigns'; did you mean 'assigns'"):
        stated.analyze_pipes(keys=["asigns"])


def test_it_is_printed_as_a_table(stated: Language, capsys: pytest.CaptureFixture[str]) -> None:
    stated.analyze_pipes(pretty=True)
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].split() == ["#", "Component", "Assigns", "Requires", "Scores", "Retokenizes"]
    assert lines[2].split() == ["0", "tagger", "token.tag", "tag_acc", "False"]
    assert lines[-1] == "! 'toy_odd' requires what no earlier component sets: token.pos"
