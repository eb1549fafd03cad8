"""The config of a run is made once: filled, checked, its variables replaced, the plugins narrowed to it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel.config import Config, check, fill
from kernel.registry import Registry
from kernel.training import fit
from kernel.training.loop import loop

RELEASE = Path(__file__).parent / "golden" / "0.1.0"


class Evaluating(Exception):
    """Ends a run before its first evaluation."""


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each stage of making a config has been gone through, in the kernel."""
    calls: Counter[str] = Counter()

    def counted(owner: Any, name: str, stage: str) -> None:
        original = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            calls[stage] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    counted(fill, "_filled", "fill")
    counted(check._Check, "run", "check")
    counted(Config, "interpolate", "interpolate")
    counted(Registry, "narrowed", "narrow")
    return calls


def config() -> dict[str, Any]:
    return {
        "paths": {"train": str(RELEASE / "train.spacy"), "dev": str(RELEASE / "dev.spacy")},
        "plugins": {"deny": ["iob"]},
        "nlp": {"lang": "en", "pipeline": ["tagger"]},
        "components": {"tagger": {"factory": "tagger"}},
        "training": {"max_steps": 1},
    }


@pytest.mark.parametrize("is_saved", [True, False])
def test_one_run_makes_its_config_once(
    counts: Counter[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_saved: bool
) -> None:
    def stop(*args: Any) -> None:
        raise Evaluating

    monkeypatch.setattr(loop, "evaluated", stop)
    Config(config(), is_interpolated=False).to_disk(tmp_path / "config.cfg")

    with pytest.raises(Evaluating):
        kernel.train(
            tmp_path / "config.cfg",
            tmp_path / "run" if is_saved else None,
            overrides={"training.max_steps": 1},
        )

    assert counts["fill"] == 1
    assert counts["check"] == 1
    assert counts["interpolate"] == 1
    assert counts["narrow"] <= 2


def test_a_plan_is_not_made_again(counts: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "fit", lambda run, *args, **kwargs: run.nlp)
    plan = kernel.config.make_plan(config())
    counts.clear()

    nlp = kernel.train(plan)

    assert nlp.pipe_names == ["tagger"]
    assert {stage: counts[stage] for stage in ("fill", "check", "interpolate")} == {
        "fill": 0,
        "check": 0,
        "interpolate": 0,
    }
