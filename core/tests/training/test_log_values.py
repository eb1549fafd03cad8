"""What is sent to servers of others: numbers with one name each, and a config without what was taken out."""

from __future__ import annotations

import numpy as np
import pytest

from kernel.config.format.document import Config
from kernel.errors import ConfigError
from kernel.testing.runs.loggers import step_info
from kernel.training.loggers.log_values import config_without, dotted, numbers

CONFIG = {"paths": {"train": "secret.spacy"}, "training": {"optimizer": {"L2": 0.01}}, "initialize": {}}


def test_numbers_have_one_name_each_and_nothing_else_is_sent():
    scores = {"tag_acc": np.float32(0.5), "ents_per_type": {"PER": {"f": 1}}, "ents_f": None, "note": "x"}

    found = numbers(step_info(score=0.5, losses={"tagger": 2.0}, other_scores=scores))

    assert found == {"score": 0.5, "loss_tagger": 2.0, "tag_acc": 0.5, "ents_per_type.PER.f": 1.0}


def test_values_and_sections_are_taken_out_of_a_copy():
    settings = Config(CONFIG)

    assert config_without(settings, ["paths", "training.optimizer.L2"]) == {
        "training": {"optimizer": {}},
        "initialize": {},
    }
    assert settings == CONFIG


@pytest.mark.parametrize("name", ["path", "paths.dev", "paths.train.x"])
def test_a_name_that_leads_nowhere_is_a_mistake(name):
    with pytest.raises(ConfigError, match=rf"^remove_config_values: unknown value '{name}'"):
        config_without(CONFIG, [name])


def test_every_value_has_its_dotted_name():
    assert dotted(CONFIG) == {"paths.train": "secret.spacy", "training.optimizer.L2": 0.01, "initialize": {}}
