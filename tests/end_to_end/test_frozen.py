"""Frozen components: they take part in training and evaluation and come out as they went in, or the run fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small import LISTENER, SENTENCES, TOK2VEC, sentences, train_on

import kernel
from kernel.errors import ConfigError, FrozenChanged
from kernel.language import Language
from kernel.tokens import DocBin
from kernel.training import train

OWN = {"model": {"tok2vec": TOK2VEC}}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nlp = kernel.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    nlp.add_pipe("tagger", config={"model": {"tok2vec": LISTENER}})
    learned = sentences(nlp)
    train_on(nlp, learned)
    folder = tmp_path_factory.mktemp("frozen")
    nlp.to_disk(folder / "model")
    DocBin(docs=[eg.reference for eg in learned]).to_disk(folder / "data.spacy")
    return folder


@pytest.fixture
def run(source: Path, tmp_path: Path) -> Callable[..., Language]:
    """Train for a few steps; keyword arguments go into [training]."""

    def run(components: dict[str, Any], *, resume: bool = False, **training: Any) -> Language:
        data = str(source / "data.spacy")
        config = {
            "nlp": {"lang": "xx", "pipeline": list(components)},
            "components": components,
            "paths": {"train": data, "dev": data},
            "training": {"max_steps": 6, "eval_frequency": 2, **training},
        }
        return train(config, tmp_path / "out", resume=resume)

    return run


def both(source: Path) -> dict[str, Any]:
    path = str(source / "model")
    return {
        "tok2vec": {"source": path},
        "tagger": {"source": path},
        "morphologizer": dict(factory="morphologizer", **OWN),
    }


def test_what_is_frozen_comes_out_byte_identical(
    run: Callable[..., Language], source: Path, tmp_path: Path
) -> None:
    before = kernel.load(source / "model")

    run(both(source), frozen_components=["tok2vec", "tagger"])

    after = kernel.load(tmp_path / "out" / "model-last")
    for name in ("tok2vec", "tagger"):
        for file in sorted((source / "model" / name).iterdir()):
            assert file.read_bytes() == (tmp_path / "out" / "model-last" / name / file.name).read_bytes()
    texts = [text for text, _ in SENTENCES]
    predicted = [[token.tag_ for token in doc] for nlp in (before, after) for doc in nlp.pipe(texts)]
    assert predicted[:3] == predicted[3:]


def test_a_new_component_can_learn_from_a_frozen_shared_layer(
    run: Callable[..., Language], source: Path
) -> None:
    components = both(source)
    components["morphologizer"]["model"] = {"tok2vec": LISTENER}

    nlp = run(components, frozen_components=["tok2vec", "tagger"])

    assert nlp.get_pipe("tok2vec").to_bytes() == kernel.load(source / "model").get_pipe("tok2vec").to_bytes()
    assert [token.tag_ for token in nlp("we sing songs")] == SENTENCES[0][1]


def test_a_run_with_frozen_components_goes_on_to_the_same_bytes(
    run: Callable[..., Language], source: Path, tmp_path: Path
) -> None:
    frozen = ["tok2vec", "tagger"]
    whole = run(both(source), frozen_components=frozen)
    shutil.rmtree(tmp_path / "out")

    run(both(source), frozen_components=frozen, max_steps=4)
    halves = run(both(source), frozen_components=frozen, resume=True)

    for name in halves.pipe_names:
        assert halves.get_pipe(name).to_bytes() == whole.get_pipe(name).to_bytes()


def test_frozen_components_are_scored(
    run: Callable[..., Language], source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nlp = run(both(source), frozen_components=["tok2vec", "tagger"])

    assert nlp.meta["performance"]["tag_acc"] == 1.0
    assert "Frozen components: tok2vec, tagger" in capsys.readouterr().out


def test_annotations_of_a_frozen_component_can_be_seen_by_those_that_learn(
    run: Callable[..., Language], source: Path
) -> None:
    seen: list[list[str]] = []

    class Watching:
        is_trainable = False

        def __call__(self, doc: Any) -> Any:
            return doc

        def update(self, given: Any, **options: Any) -> Any:
            seen.extend([token.tag_ for token in eg.predicted] for eg in given)
            return options["losses"]

    Language.factory("toy_watching", func=lambda nlp, name: Watching())
    components = {**both(source), "watching": {"factory": "toy_watching"}}
    frozen = ["tok2vec", "tagger"]

    run(components, frozen_components=frozen, annotating_components=["tagger"])

    assert seen
    assert all(tags in [gold for _, gold in SENTENCES] for tags in seen)


def test_a_frozen_listener_of_a_layer_that_learns_is_refused(
    run: Callable[..., Language], source: Path
) -> None:
    with pytest.raises(
        ConfigError, match=r"'tagger' listens to 'tok2vec', which learns.*replace_listeners = "
    ):
        run(both(source), frozen_components=["tagger"])


def test_freezing_what_was_never_trained_is_refused(
    run: Callable[..., Language], source: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"frozen_components: 'morphologizer' was never trained"):
        run(both(source), frozen_components=["morphologizer"])
    assert not any((tmp_path / "out").glob("model-*"))


@kernel.registry.callbacks("toy.push.v1")
def push() -> Callable[..., None]:
    def change(nlp: Language, info: dict[str, int]) -> None:
        if info["step"] == 3:
            nlp.get_pipe("tagger").model.get_ref("output").get_param("b")[0] += 1.0

    return change


def test_a_run_that_changes_what_is_frozen_fails_and_saves_nothing_of_it(
    run: Callable[..., Language], source: Path, tmp_path: Path
) -> None:
    original = (source / "model" / "tagger" / "model.safetensors").read_bytes()

    with pytest.raises(FrozenChanged, match=r"weights of 'tagger' changed during training .* at step 4"):
        run(
            both(source), frozen_components=["tok2vec", "tagger"], before_update={"@callbacks": "toy.push.v1"}
        )

    saved = [path.read_bytes() for path in (tmp_path / "out").glob("model-*/tagger/model.safetensors")]
    assert saved
    assert all(weights == original for weights in saved)


@kernel.registry.callbacks("toy.rename.v1")
def other_labels() -> Callable[..., None]:
    def change(nlp: Language, info: dict[str, int]) -> None:
        Language.factory("toy_frozen", func=lambda nlp, name: Careless(nlp, "B"))

    return change


class Careless:
    """A component whose bytes do not say all that it predicts by."""

    def __init__(self, nlp: Language, tag: str) -> None:
        self.nlp, self.tag = nlp, tag

    def __call__(self, doc: Any) -> Any:
        doc.set_column("TAG", [self.nlp.vocab.strings.add(self.tag)] * len(doc))
        return doc

    def to_bytes(self) -> bytes:
        return b""

    def from_bytes(self, data: bytes) -> Careless:
        return self

    def to_disk(self, path: Any, **options: Any) -> None:
        pass


def test_a_run_after_which_something_frozen_predicts_otherwise_fails(run: Callable[..., Language]) -> None:
    Language.factory("toy_frozen", func=lambda nlp, name: Careless(nlp, "A"))
    components = {"odd": {"factory": "toy_frozen"}, "morphologizer": {"factory": "morphologizer", **OWN}}

    with pytest.raises(
        FrozenChanged, match=r"predictions of 'odd' changed during training .* on 3 documents"
    ):
        run(components, frozen_components=["odd"], before_update={"@callbacks": "toy.rename.v1"})
