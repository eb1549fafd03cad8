"""The checks of the kinds that are one function each: what is right passes, what is wrong is named."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from thinc.api import Adam, Linear, Model, NumpyOps, Optimizer, with_array

import kernel
from kernel import hookspecs, testing
from kernel.errors import DataError
from kernel.hookspecs import KINDS
from kernel.pipeline.run.ops import KernelNumpyOps
from kernel.registry import registry
from kernel.scorer import Scorer
from kernel.testing.models import learner
from kernel.testing.runs.distributions import table_module, write_distribution
from kernel.training import Example
from kernel.training.launch import local_launcher
from kernel.training.loop.updater import OptimizerUpdater
from kernel.vectors import Vectors

RNG = np.random.default_rng(1)


def fails(message: str) -> Any:
    """A check that fails, with this in its message."""
    return pytest.raises(AssertionError, match=message)


@pytest.fixture
def nlp() -> kernel.Language:
    return kernel.blank("xx")


def examples(nlp: Any) -> list[Example]:
    return list(learner.examples(nlp, 2))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "misc"])
def test_every_kind_names_a_check_of_its_own(kind: str) -> None:
    spec = getattr(hookspecs, f"register_{kind}").__doc__
    name = re.findall(r"Check +kernel[.]testing[.](\w+)", spec)[0]

    assert name in testing.__all__
    assert name != "check_names"


# -- augmenters ----------------------------------------------------------------------------------------------


def upper(nlp: Any, example: Example) -> Iterator[Example]:
    text = example.text.upper() if random.random() < 0.5 else example.text
    yield Example.from_dict(nlp.make_doc(text), {"tags": [token.tag_ for token in example.reference]})


def spoiling(nlp: Any, example: Example) -> Iterator[Example]:
    example.reference.cats = {"SPOILT": 1.0}
    yield example


def unsteady(nlp: Any, example: Example) -> Iterator[Example]:
    for _ in range(next(COUNTER)):
        yield example


COUNTER = iter(range(100))


def test_check_augmenter(nlp: kernel.Language) -> None:
    assert [one.text.lower() for one in testing.check_augmenter(upper, nlp, examples(nlp))] == ["a", "aa aaa"]
    with fails("it changes the example it is given"):
        testing.check_augmenter(spoiling, nlp, examples(nlp))
    with fails("the same seed gives different examples"):
        testing.check_augmenter(unsteady, nlp, examples(nlp))


# -- vectors, lookups and matchers ----------------------------------------------------------------------------


def with_vectors(vocab: Any) -> Any:
    vectors = Vectors(strings=vocab.strings, shape=(2, 3))
    vectors.add("cat", vector=np.ones(3, dtype="f"))
    return vectors


def test_check_vectors() -> None:
    assert testing.check_vectors(with_vectors, "cat").shape == (2, 3)
    with fails(r"words without a vector: \['dog'\]"):
        testing.check_vectors(with_vectors, "cat", "dog")
    with fails("it does not return Vectors: dict"):
        testing.check_vectors(lambda vocab: {})


class Finder:
    """A matcher of single words, each thing that can be wrong with one as an attribute."""

    number = True
    calling = True

    def __init__(self, vocab: Any) -> None:
        self.strings = vocab.strings
        self.rules: dict[str, Any] = {}

    def __contains__(self, key: object) -> bool:
        return key in self.rules

    def __len__(self) -> int:
        return len(self.rules)

    def add(self, key: str, patterns: list[Any], *, on_match: Any = None) -> None:
        if not isinstance(patterns, list):
            raise DataError(f"expected a list, got {patterns!r}")
        self.strings.add(key)
        self.rules[key] = patterns, on_match

    def remove(self, key: str) -> None:
        if key not in self.rules:
            raise DataError(f"no such key, got {key!r}")
        del self.rules[key]

    def __call__(self, doclike: Any) -> list[Any]:
        words = [token.text for token in doclike]
        found = []
        for key, (patterns, on_match) in self.rules.items():
            places = [i for i, word in enumerate(words) if word in patterns]
            found = [(self.strings[key] if self.number else key, i, i + 1) for i in places]
            for i in range(len(found) if self.calling else 0):
                on_match(self, doclike.doc, i, found)
        return found


class NamesForNumbers(Finder):
    number = False


class Silent(Finder):
    calling = False


class Marking(Finder):
    def __call__(self, doclike: Any) -> list[Any]:
        if self.rules:
            doclike.doc.cats["MARKED"] = 1.0
        return super().__call__(doclike)


def test_check_matcher(nlp: kernel.Language) -> None:
    def check(make: Any, patterns: Any = ("sing",)) -> list[Any]:
        return testing.check_matcher(make, list(patterns), nlp("we sing songs"))

    assert [match[1:] for match in check(Finder)] == [(1, 2)]
    with fails("it makes no Matcher: dict"):
        check(lambda vocab: {})
    with fails("it finds none of the patterns"):
        check(Finder, ["dance"])
    with fails("matches do not begin with the number of their key"):
        check(NamesForNumbers)
    with fails("on_match is not called once a match"):
        check(Silent)
    with fails("matching changes the document"):
        check(Marking)


def test_check_lookup() -> None:
    assert testing.check_lookup(lambda: {"went": "go"}) == {"went": "go"}
    with fails("keys are not strings"):
        testing.check_lookup(lambda: {1: "go"})  # type: ignore[dict-item]
    with fails("the table is empty"):
        testing.check_lookup(dict)


# -- data checks, scorers ------------------------------------------------------------------------------------


def count(nlp: Any, train: Any, dev: Any) -> Iterator[str]:
    yield f"{len(list(train))} documents to train on"


def test_check_data_check(nlp: kernel.Language) -> None:
    said = testing.check_data_check(count, nlp, examples(nlp), examples(nlp))

    assert said == ["2 documents to train on"]
    with fails("messages must be non-empty strings of one line"):
        testing.check_data_check(lambda nlp, train, dev: iter(["a\nb"]), nlp, examples(nlp), [])


def test_check_scorer(nlp: kernel.Language) -> None:
    def scorer(given: Any, **options: Any) -> dict[str, Any]:
        return Scorer.score_token_attr(given, "tag", **options)

    assert testing.check_scorer(scorer, examples(nlp), perfect=["tag_acc"])["tag_acc"] == 0.0
    with fails("many is not between 0 and 1: 2"):
        testing.check_scorer(lambda given, **_: {"many": len(list(given))}, examples(nlp))
    with fails("scores of perfect predictions are not 1: {'flat': 0.5}"):
        testing.check_scorer(lambda given, **_: {"flat": 0.5}, examples(nlp), perfect=["flat"])


# -- arrays --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["glorot_uniform_init.v1", "normal_init.v1", "zero_init.v1"])
def test_initializers_of_thinc_pass(name: str) -> None:
    testing.check_initializer(registry.initializers.get(name)())


def test_check_initializer() -> None:
    with fails("it returns float64, not float32"):
        testing.check_initializer(lambda ops, shape: np.zeros(shape))
    with fails("on a device it returns a NumPy array"):
        testing.check_initializer(lambda ops, shape: np.zeros(shape, dtype="f"))
    with fails("the same seed gives different arrays"):
        testing.check_initializer(lambda ops, shape: np.full(shape, next(COUNTER), dtype="f"))


def test_check_loss() -> None:
    testing.check_loss(registry.losses.get("L2Distance.v1")())

    def backwards(guesses: Any, truths: Any) -> Any:
        return truths - guesses, float(((guesses - truths) ** 2).sum())

    with fails("the gradient of the correct label must be negative"):
        testing.check_loss(backwards)


class Halving(KernelNumpyOps):
    """Multiplies wrongly."""

    name = "halving"

    def gemm(self, *args: Any, **kwargs: Any) -> Any:
        """Half of the product."""
        return super().gemm(*args, **kwargs) / 2


def test_check_ops() -> None:
    testing.check_ops(NumpyOps)
    testing.check_ops(KernelNumpyOps)
    with fails("the result differs"):
        testing.check_ops(Halving)


# -- the run -------------------------------------------------------------------------------------------------


def test_check_optimizer() -> None:
    testing.check_optimizer(lambda: Adam(0.05))
    testing.check_optimizer(lambda: registry.optimizers.get("Adam.v1")(learn_rate=0.05))
    with fails("of the distance is left"):
        testing.check_optimizer(lambda: Adam(1e-7))
    with fails("it is not a Thinc Optimizer: dict"):
        testing.check_optimizer(dict)


class Up(Optimizer):
    """Keeps the gradient."""

    def __call__(self, key: Any, weights: Any, gradient: Any, *, lr_scale: float = 1.0) -> Any:
        """Step and give the gradient back."""
        return weights - 0.1 * gradient, gradient


def test_a_gradient_that_is_given_back_is_found() -> None:
    with fails("it does not clear the gradient"):
        testing.check_optimizer(lambda: Up(0.1))


class Twice(OptimizerUpdater):
    """Does not care what is excluded."""

    def apply(self, nlp: Any, optimizer: Any, *, exclude: Any = ()) -> None:
        """Step everything."""
        super().apply(nlp, optimizer)


class Idle:
    """Does nothing."""

    def apply(self, nlp: Any, optimizer: Any, *, exclude: Any = ()) -> None:
        """Do nothing."""


def test_check_updater() -> None:
    testing.check_updater(OptimizerUpdater)
    with fails("it changes components that are excluded"):
        testing.check_updater(Twice)
    with fails("it does not change the weights"):
        testing.check_updater(Idle)


def test_check_launcher() -> None:
    assert testing.check_launcher(local_launcher()) == {"steps": 3}

    def swallowing(worker: Callable[[], Any]) -> Any:
        try:
            return worker()
        except RuntimeError:
            return None

    with fails("it swallows the failure of a worker"):
        testing.check_launcher(swallowing)
    with fails("it returns None instead of the worker's result"):
        testing.check_launcher(lambda worker: None)


# -- architectures, costs ------------------------------------------------------------------------------------


def silent_numpy() -> Any:
    """A model that takes its arrays to NumPy, which works on the CPU alone."""

    def forward(model: Any, X: Any, is_train: bool) -> Any:
        return np.tanh(X), lambda dY: dY * (1 - np.tanh(X) ** 2)

    return Model("tanh", forward)


def test_check_architecture() -> None:
    batch = RNG.normal(size=(6, 4)).astype("f")

    testing.check_architecture(lambda: Linear(3), batch)
    testing.check_architecture(lambda: with_array(Linear(3), pad=1), [batch[:2], batch[2:]])
    testing.check_architecture(silent_numpy, batch, on_device=False)
    with fails("it fails on a device, TypeError: .*; compute with model.ops and model.ops.xp"):
        testing.check_architecture(silent_numpy, batch)


def test_two_models_of_one_seed_that_differ_are_found() -> None:
    def make() -> Any:
        return Linear(3, init_W=lambda ops, shape: ops.alloc(shape) + next(COUNTER))

    with fails("the same seed gives different models"):
        testing.check_architecture(make, RNG.normal(size=(6, 4)).astype("f"))


@pytest.mark.parametrize(
    ("plugin", "message"),
    [
        (table_module(misc={"acme.X.v1": "acme_light.code:f"}), ""),
        (
            "import numpy\n" + table_module(misc={"acme.X.v1": "acme_light.code:f"}),
            "listing it imports numpy",
        ),
        (
            "import acme_light.code\n" + table_module(misc={"acme.X.v1": "acme_light.code:f"}),
            "listing it imports its code",
        ),
    ],
)
def test_what_a_listing_imports_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plugin: str, message: str
) -> None:
    write_distribution(tmp_path, "light", plugin, modules={"code": "def f():\n    '''Make.'''\n"})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delenv("KERNEL_PLUGINS", raising=False)

    if message:
        with fails(message):
            testing.check_import_cost("light", "acme_light")
    else:
        testing.check_import_cost("light", "acme_light")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("from kernel.tokens import Doc\nfrom kernel.limits import Count\nimport kernel\n", ""),
        ("from kernel.text.base import messages\n", ""),
        ("from kernel.text.doc.doc import Doc\n", r"code\.py imports kernel\.text\.doc\.doc: not public"),
        ("import kernel.pipeline.builder\n", r"code\.py imports kernel\.pipeline\.builder: not public"),
        (
            "def f():\n    from kernel.pipeline import builder\n",
            r"imports kernel\.pipeline\.builder: not public",
        ),
        ("from kernel.nowhere import anything\n", r"imports kernel\.nowhere: not public"),
    ],
)
def test_what_a_plugin_imports_that_is_not_public_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str
) -> None:
    package = tmp_path / "acme_imports"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "code.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)

    if message:
        with fails(message):
            testing.check_imports("acme_imports")
    else:
        testing.check_imports("acme_imports")


def test_a_package_that_is_not_there_is_no_plugin() -> None:
    with fails("no package of this name can be imported, got 'acme_nowhere'"):
        testing.check_imports("acme_nowhere")
