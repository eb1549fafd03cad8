"""What a pipeline says about itself, and the distributions that it needs."""

from __future__ import annotations

from importlib_metadata import version

import kernel
from kernel.pipeline.language import Language
from kernel.pipeline.saving.meta import differences, requirements


def test_a_new_pipeline_has_the_facts_people_know(nlp: Language) -> None:
    assert nlp.meta["lang"] == "plain"
    assert nlp.meta["name"] == "pipeline"
    assert nlp.meta["version"] == "0.0.0"
    assert nlp.meta["vectors"] == {"width": 0, "vectors": 0, "keys": 0, "name": None}
    assert nlp.meta["components"] == []


def test_facts_follow_the_components(nlp: Language) -> None:
    nlp.add_pipe("toy_tagger", name="tagger")
    nlp.disable_pipe("tagger")

    assert nlp.meta["components"] == ["tagger"]
    assert nlp.meta["pipeline"] == []
    assert nlp.meta["disabled"] == ["tagger"]


def test_changes_to_the_facts_stay(nlp: Language) -> None:
    nlp.meta["author"] = "me"

    assert nlp.meta["author"] == "me"


def test_facts_can_be_given_and_replaced(nlp: Language) -> None:
    assert type(nlp)(meta={"name": "mine"}).meta["name"] == "mine"

    nlp.meta = {"version": "1.2.3"}

    assert nlp.meta["version"] == "1.2.3"


def test_the_distributions_behind_a_config_are_listed_once_and_sorted() -> None:
    config = {
        "nlp": {"lang": "xx", "tokenizer": {"@tokenizers": "kernel.Tokenizer.v1"}},
        "training": {"optimizer": {"@optimizers": "Adam.v1"}, "other": {"@loggers": "nobody.gives.this"}},
        "components": {"toy": {"factory": "toy_tagger"}, "source": {"source": "elsewhere"}},
    }

    assert requirements(config) == [f"pkg-kernel=={kernel.__version__}"]


def test_missing_and_differing_distributions_are_told_apart() -> None:
    thinc = version("thinc")

    missing, other = differences([f"thinc=={thinc}", "thinc==0.1", "surely-not-installed==1.0", "numpy"])

    assert missing == ["surely-not-installed==1.0"]
    assert other == [f"thinc==0.1 (installed: {thinc})"]


def test_a_requirement_without_a_name_is_missing() -> None:
    assert differences(["==1.0", ""]) == (["==1.0", ""], [])
