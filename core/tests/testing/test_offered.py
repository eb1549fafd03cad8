"""The check of components tries what one offers, and says which contract it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from thinc.api import Linear, Model, with_array

from kernel.contracts import COMPONENT_PROTOCOLS, factory
from kernel.pipeline import Component, TrainableComponent
from kernel.pipeline.run.tape import current_tape
from kernel.registry import registry
from kernel.testing import check_component
from kernel.testing.runs.offered import check_signatures
from kernel.tokens import Doc
from kernel.training import Example


class Plain:
    """A component that is no subclass of the kernel's: it counts the documents that it has seen labels in."""

    is_trainable = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.found = ["b", "a"]

    def __call__(self, doc: Doc) -> Doc:
        """Say how many labels there are."""
        doc.cats["labels"] = float(len(self.found))
        return doc

    @property
    def labels(self) -> list[str]:
        """The labels."""
        return list(self.found)

    @property
    def label_data(self) -> Any:
        """The labels as data."""
        return list(self.found)

    def initialize(self, get_examples: Any, *, nlp: Any, labels: Any = None) -> None:
        """Take the labels."""
        self.found = list(labels or ["b", "a"])

    def set_error_handler(self, error_handler: Any) -> None:
        """Keep it."""
        self.handler = error_handler

    def get_error_handler(self) -> Any:
        """Give it."""
        return self.handler

    handler: Any = None

    def use_params(self, params: Any) -> Any:
        """Go on without any."""
        return nullcontext()

    def calibrate(self, examples: Any) -> None:
        """Look at the examples."""

    def score(self, examples: Any, **options: Any) -> Any:
        """Give one score."""
        return {"labels": 1.0}

    def to_disk(self, path: Any, **options: Any) -> None:
        """Write nothing."""

    def from_disk(self, path: Any, **options: Any) -> None:
        """Read nothing."""

    def to_bytes(self) -> bytes:
        """Give the labels."""
        return " ".join(self.found).encode()

    def from_bytes(self, data: bytes) -> None:
        """Take the labels."""
        self.found = data.decode().split()


class Learner(TrainableComponent):
    """Gives each document the mean of a score of its tokens."""

    def set_annotations(self, docs: Any, predictions: Any) -> None:
        """Keep the scores."""
        for doc, scores in zip(docs, predictions, strict=True):
            doc.cats["good"] = float(scores.mean()) if len(scores) else 0.0

    def get_loss(self, examples: Any, scores: Any) -> tuple[float, Any]:
        """Compare with 1."""
        gradient = [score - 1.0 for score in scores]
        return sum(float((one**2).sum()) for one in gradient), gradient


def network() -> Model[Any, Any]:
    """A score from the length of each word."""

    def forward(model: Model[Any, Any], docs: Any, is_train: bool) -> Any:
        lengths = [
            model.ops.asarray2f([[float(len(token.text))] for token in doc] or [[0.0]]) for doc in docs
        ]
        return [one[: len(doc)] for one, doc in zip(lengths, docs, strict=True)], lambda gradient: []

    from thinc.api import chain

    return chain(Model("lengths", forward), with_array(Linear(1, 1)))


@pytest.fixture
def register() -> Iterator[Any]:
    """Register what a function makes of a pipeline and a name as a factory until the test ends."""
    table = registry.factories
    before = {name: list(entries) for name, entries in table._entries.items()}

    def add(make: Any) -> None:
        @factory("bad")
        def build(nlp: Any, name: str) -> Any:
            """Make the component."""
            return make(nlp, name)

        table._own.pop("bad", None)
        table.register("bad", func=build)

    yield add
    table._own.pop("bad", None)
    table._entries.clear()
    table._entries.update(before)


def examples(nlp: Any) -> list[Example]:
    return [Example.from_dict(nlp.make_doc(text), {}) for text in ("we sing songs", "you read")]


def plain(**members: Any) -> Any:
    """Make a factory of `Plain` with some members in the place of its own."""
    made = type("Changed", (Plain,), members)
    return lambda nlp, name: made(name)


def learner(**members: Any) -> Any:
    """Make a factory of `Learner` with some members in the place of its own."""
    made = type("Changed", (Learner,), members)
    return lambda nlp, name: made(nlp.vocab, network(), name)


@pytest.mark.parametrize("make", [plain(), learner()], ids=["plain", "learner"])
def test_a_component_that_keeps_what_it_offers_passes(register: Any, make: Any) -> None:
    register(make)

    check_component("bad", examples)


def test_a_function_offers_nothing_and_passes(register: Any) -> None:
    register(lambda nlp, name: lambda doc: doc)

    check_component("bad", examples)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"pipe": lambda self, docs: docs},
            r"the kernel calls pipe\(stream, batch_size=\.\.\.\), and it takes",
        ),
        (
            {"update": lambda self, examples: {}},
            r"calls update\(examples, drop=.*see kernel\.contracts\.Trainable",
        ),
        ({"rehearse": lambda self, examples: {}}, r"calls rehearse\(examples, drop="),
        ({"finish_update": lambda self: None}, r"calls finish_update\(sgd\)"),
        ({"initialize": lambda self, get_examples: None}, r"calls initialize\(get_examples, nlp=\.\.\.\)"),
        ({"use_params": lambda self: None}, r"calls use_params\(params\)"),
        ({"calibrate": lambda self: None}, r"calls calibrate\(examples\)"),
        ({"score": lambda self: {}}, r"calls score\(examples\)"),
        ({"to_disk": lambda self: None}, r"calls to_disk\(path\)"),
        ({"from_bytes": lambda self: None}, r"calls from_bytes\(data\)"),
        ({"set_error_handler": lambda self: None}, r"calls set_error_handler\(error_handler\)"),
        ({"predict": lambda self: None}, r"calls predict\(docs\)"),
        (
            {"score": {"accuracy": 1.0}},
            r"its score is a dict, expected a method; see kernel\.contracts\.Scored",
        ),
    ],
)
def test_a_method_that_the_kernel_cannot_call_is_found(members: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_signatures(plain(**members)(None, "bad"))


def test_half_of_what_belongs_together_is_found() -> None:
    class Half:
        def to_bytes(self) -> bytes:
            return b""

    with pytest.raises(AssertionError, match=r"it has to_bytes\(\) and not from_bytes\(\)"):
        check_signatures(Half())
    with pytest.raises(AssertionError, match=r"its is_trainable is true, and it has no update\(\)"):
        check_signatures(plain(is_trainable=True)(None, "bad"))
    with pytest.raises(AssertionError, match=r"its shares_output is true, and it has no predict\(\)"):
        check_signatures(plain(shares_output=True)(None, "bad"))


def renamed(self: Any, name: str) -> None:
    Plain.__init__(self, "other")


def random_bytes(self: Any) -> bytes:
    self.count = getattr(self, "count", 0) + 1
    return str(self.count).encode()


def forgetting_labels(self: Any, get_examples: Any, *, nlp: Any, labels: Any = None) -> None:
    self.found = ["b", "a"] if labels is None else sorted(labels)


def relabelling(self: Any, examples: Any) -> None:
    for example in examples:
        example.predicted[0].lemma_ = "changed"


@contextmanager
def keeping_others(self: Any, params: Any) -> Iterator[None]:
    for node in self.model.walk():
        for name in node.param_names:
            node.set_param(name, params.get((node.id, name), node.get_param(name)))
    yield


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (plain(__init__=renamed), "its name is 'other', in the pipeline it is 'bad'"),
        (plain(to_bytes=random_bytes, from_bytes=lambda self, data: None), "other bytes the second time"),
        (plain(labels=property(lambda self: ["a", "a"])), "its labels are not distinct"),
        (plain(labels=property(lambda self: [1])), "its labels are no texts"),
        (plain(label_data=property(lambda self: {1j})), "label_data cannot be written as JSON"),
        (
            plain(initialize=lambda self, get_examples, *, nlp: None),
            r"it has label_data, and initialize\(\) does not take labels",
        ),
        (plain(initialize=forgetting_labels), r"has other labels: \['a', 'b'\], not \['b', 'a'\]"),
        (plain(get_error_handler=lambda self: None), "gives another handler than the one that was set"),
        (plain(score=lambda self, examples: {1: 1.0}), "scores whose names are no texts"),
        (plain(calibrate=relabelling), "calibrate changes the examples"),
        (learner(shares_output=True), r"predict\(\) puts nothing on the tape under its name"),
        (
            learner(use_params=lambda self, params: nullcontext()),
            "inside use_params it has its own parameters",
        ),
        (learner(use_params=keeping_others), "after use_params it annotates otherwise"),
        (
            learner(rehearse=lambda self, examples, *, drop, sgd, losses: losses.update(bad=float("nan"))),
            "rehearse gives losses that are not finite",
        ),
    ],
)
def test_what_a_component_offers_and_does_not_keep_is_found(register: Any, make: Any, message: str) -> None:
    register(make)

    with pytest.raises(AssertionError, match=message):
        check_component("bad", examples)


def test_a_component_that_shares_its_output_passes(register: Any) -> None:
    class Shared(Learner):
        """Puts its scores on the tape."""

        shares_output = True

        def predict(self, docs: Any) -> Any:
            """Share the scores."""
            scores = super().predict(docs)
            if (tape := current_tape()) is not None:
                tape.put(self.name, docs, scores)
            return scores

    register(lambda nlp, name: Shared(nlp.vocab, network(), name))

    check_component("bad", examples)


@pytest.mark.parametrize("cls", [Component, TrainableComponent])
def test_the_classes_of_the_kernel_have_what_their_contracts_ask_for(cls: type) -> None:
    made = Component() if cls is Component else Learner(None, network())  # type: ignore[arg-type]

    check_signatures(made)
    assert len(COMPONENT_PROTOCOLS) == len({protocol.__name__ for protocol in COMPONENT_PROTOCOLS})
