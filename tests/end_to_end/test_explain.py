"""`kernel explain`: who owns, shares and updates which weights, before any data is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import call_kernel
from small import LISTENER, TOK2VEC

import kernel
from kernel import Example
from kernel.training.explain import as_lines, explain

SHARED = {"factory": "tok2vec", "model": TOK2VEC}
TAGGER = {"factory": "tagger", "model": {"tok2vec": LISTENER}}


def listening(**changes: Any) -> dict[str, Any]:
    return {"factory": "tagger", "model": {"tok2vec": {**LISTENER, **changes}}}


def config(components: dict[str, Any], **training: Any) -> dict[str, Any]:
    return {
        "nlp": {"lang": "xx", "pipeline": list(components)},
        "components": components,
        "training": training,
    }


def facts(given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in explain(given)["components"]}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe("tagger", config={"model": {"tok2vec": LISTENER}})
    nlp.initialize(lambda: [Example.from_dict(nlp.make_doc("a b"), {"tags": ["A", "B"]})])
    path = tmp_path_factory.mktemp("explain") / "model"
    nlp.to_disk(path)
    return str(path)


def test_a_shared_layer_is_updated_by_the_losses_of_its_listeners() -> None:
    found = facts(config({"tok2vec": SHARED, "tagger": TAGGER, "other": TAGGER}))

    assert found["tok2vec"]["heard_by"] == found["tok2vec"]["updated_by"] == ["tagger", "other"]
    assert found["tagger"]["listens_to"] == ["tok2vec"]
    assert found["tagger"]["updated_by"] == ["tagger"]
    assert found["tagger"]["state"] == "learns"
    assert found["tagger"]["n_weights"] is None


def test_what_is_sourced_and_frozen_is_updated_by_nobody(source: str) -> None:
    components = {"tok2vec": {"source": source}, "tagger": {"source": source}, "new": TAGGER}
    given = config(components, frozen_components=["tok2vec", "tagger"], annotating_components=["tagger"])
    found = facts(given)

    assert found["tagger"]["source"] == {"path": source, "component": "tagger"}
    assert [found[name]["state"] for name in components] == ["frozen", "frozen", "learns"]
    assert found["tok2vec"]["updated_by"] == found["tagger"]["updated_by"] == []
    assert set(found["tok2vec"]["rates"].values()) == {0.0}
    assert found["tagger"]["n_weights"] == 2 * 16 + 2
    assert found["tagger"]["annotates"]
    assert explain(given)["notes"] == []


def test_a_sourced_component_that_is_not_frozen_goes_on(source: str) -> None:
    found = facts(config({"tok2vec": {"source": source}, "tagger": {"source": source}}))

    assert [one["state"] for one in found.values()] == ["continues", "continues"]


def test_rates_of_groups_stand_at_the_weights() -> None:
    groups = {"still": {"components": ["tok2vec"], "learn_rate": 0.0}}
    optimizer = {"@optimizers": "Adam.v1", "learn_rate": 0.01, "groups": groups}
    found = facts(config({"tok2vec": SHARED, "tagger": TAGGER}, optimizer=optimizer))

    assert set(found["tok2vec"]["rates"].values()) == {0.0}
    assert found["tagger"]["rates"] == {"2/softmax/W": 0.01, "2/softmax/b": 0.01}


@pytest.mark.parametrize(
    ("components", "training", "note"),
    [
        ({"tok2vec": SHARED}, {}, "weights are never updated, because it has no listeners"),
        ({"tagger": TAGGER}, {}, r"\[components.tagger\]: listens to '\*', but no component of that name"),
        (
            {"tok2vec": SHARED, "tagger": TAGGER, "other": listening(upstream="tagger")},
            {},
            r"\[components.other\]: listens to 'tagger', which shares no output; name a component that does",
        ),
        (
            {"tok2vec": SHARED, "tagger": TAGGER, "other": listening(width=12)},
            {},
            r"\[components.other\]: listens to '\*', which has width 16, with width 12; set both",
        ),
        (
            {"tok2vec": SHARED, "tagger": TAGGER},
            {"frozen_components": ["tok2vec"]},
            "'tok2vec' was never trained",
        ),
        (
            {"tok2vec": SHARED, "tagger": TAGGER},
            {
                "optimizer": {
                    "@optimizers": "Adam.v1",
                    "groups": {"x": {"components": ["y"], "learn_rate": 1.0}},
                }
            },
            r"groups\.x\]: no parameter matches it",
        ),
    ],
)
def test_what_will_not_do_what_one_may_expect_is_noted(
    components: dict[str, Any], training: dict[str, Any], note: str
) -> None:
    notes = explain(config(components, **training))["notes"]

    assert len(notes) == 1
    assert re.search(note, notes[0])


def test_a_listener_of_a_disabled_component_is_noted() -> None:
    given = config({"tok2vec": SHARED, "tagger": TAGGER})
    given["nlp"]["disabled"] = ["tok2vec"]

    assert explain(given)["notes"] == [
        "[components.tagger]: listens to '*', but 'tok2vec' is disabled; enable it, or disable 'tagger' too"
    ]


def test_it_is_told_in_sentences() -> None:
    lines = list(as_lines(explain(config({"tok2vec": SHARED, "tagger": TAGGER})), weights=True))

    assert lines[0] == "tok2vec (tok2vec): learns"
    assert "    is updated by the loss of tagger" in lines
    assert "    2/softmax/W  0.001" in lines


def test_the_command_needs_no_data_and_can_print_json(tmp_path: Path) -> None:
    path = tmp_path / "config.cfg"
    kernel.Config(config({"tok2vec": SHARED, "tagger": TAGGER})).to_disk(path)

    told = call_kernel(tmp_path, "explain", str(path))
    shown = call_kernel(tmp_path, "explain", str(path), "--json", "--nlp.disabled", '["tagger"]')

    assert told.returncode == 0
    assert "tagger (tagger): learns" in told.stdout
    states = {one["name"]: one["state"] for one in json.loads(shown.stdout)["components"]}
    assert states == {"tok2vec": "learns", "tagger": "disabled"}
