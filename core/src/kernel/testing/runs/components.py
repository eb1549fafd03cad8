"""The check of components."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kernel.contracts import FactoryMeta, stated_meta
from kernel.contracts.capabilities import (
    is_stepped,
    is_trainable,
    layers_of,
    model_of,
    offers_pipe,
    offers_to_bytes,
)
from kernel.testing.runs.offered import check_offered, check_signatures

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc
    from kernel.text.gold.example import Example


def check_component(
    factory: str,
    get_examples: Callable[[Any], Sequence[Example]],
    *,
    config: Mapping[str, Any] | None = None,
    before: Sequence[str] = (),
    lang: str = "xx",
    steps: int = 20,
) -> Any:
    """Check a component in a pipeline: its metadata, what it offers, small batches, training, scores, saving.

    Everything in `kernel.contracts.COMPONENT_PROTOCOLS` that it has is called as the kernel calls it.


    Args:
        factory: The name of its factory.
        get_examples: Creates at least two examples for an nlp object; called for each part of the check.
        config: Its settings, as in a config.
        before: Factories of the components that it needs before it.
        lang: The pipeline's language.
        steps: Number of updates after which the loss of a trainable component must be lower.

    Returns:
        The trained pipeline, for further assertions.
    """

    def build() -> Any:
        return _pipeline(factory, config, before, lang)

    meta = _check_metadata(factory)
    nlp = build()
    component = nlp.get_pipe(factory)
    check_signatures(component)
    nlp.initialize(lambda: get_examples(nlp))
    _check_small_batches(nlp, component)
    if is_trainable(component):
        _check_learning(nlp, factory, get_examples, steps)
    _check_batching(nlp, get_examples)
    _check_scores(nlp, get_examples, meta.default_score_weights)
    _check_saving(nlp, build, get_examples)
    check_offered(nlp, factory, build, get_examples)
    return nlp


def check_on_device(
    factory: str,
    get_examples: Callable[[Any], Sequence[Example]],
    *,
    config: Mapping[str, Any] | None = None,
    before: Sequence[str] = (),
    lang: str = "xx",
    steps: int = 5,
    tolerance: float = 1e-4,
) -> None:
    """Check that a component with a model gives the same results on a fake GPU as on the CPU.

    Its arrays there are `kernel.testing.models.devices.DeviceArray`, which NumPy cannot touch.

    Args:
        factory: The name of its factory.
        get_examples: Creates examples for an nlp object.
        config: Its settings, as in a config.
        before: Factories of the components that it needs before it.
        lang: The pipeline's language.
        steps: Number of updates on the CPU before the comparison.
        tolerance: Maximum difference of losses and gradients, relative to the largest.
    """
    from kernel.pipeline.run.seeding import fix_random_seed
    from kernel.testing.models.devices import DeviceArray, on_a_device

    cpu = _pipeline(factory, config, before, lang)
    optimizer = cpu.initialize(lambda: get_examples(cpu))
    for _ in range(steps):
        cpu.update(get_examples(cpu), sgd=optimizer)
    fix_random_seed(0)
    expected_loss = cpu.update(get_examples(cpu), sgd=False)[factory]
    texts = [example.reference.text for example in get_examples(cpu)]
    with on_a_device():
        nlp = _pipeline(factory, config, before, lang)
        nlp.initialize(lambda: get_examples(nlp))
        nlp.from_bytes(cpu.to_bytes())
        annotations = [_annotation(doc) for doc in nlp.pipe(texts)]
        fix_random_seed(0)
        loss = nlp.update(get_examples(nlp), sgd=False)[factory]
    expected = [_annotation(doc) for doc in cpu.pipe(texts)]
    assert _alike(annotations, expected), "the annotation differs on the device"
    assert math.isclose(loss, expected_loss, rel_tol=tolerance), f"loss {loss:.6g}, not {expected_loss:.6g}"
    gradients, expected_gradients = _gradients(nlp), _gradients(cpu)
    assert any(expected.any() for expected in expected_gradients.values()), "it has no gradients"
    for name, right in expected_gradients.items():
        gradient = gradients.get(name)
        if gradient is None:
            assert not right.any(), f"{name}: there is no gradient on the device"
            continue
        assert isinstance(gradient, DeviceArray), f"{name}: the gradient is not on the device"
        error = abs(gradient.get() - right).max()
        assert error <= tolerance * max(1.0, abs(right).max()), f"{name}: the gradient is off by {error:.2g}"


def _gradients(nlp: Any) -> dict[str, Any]:
    return {
        f"{pipe}, layer {number} ({node.name}), {name}": node.get_grad(name)
        for pipe, component in nlp.pipeline
        for number, node in enumerate(layers_of(component))
        for name in node.param_names
        if node.has_grad(name)
    }


def _pipeline(factory: str, config: Mapping[str, Any] | None, before: Sequence[str], lang: str) -> Any:
    import kernel

    nlp = kernel.blank(lang)
    for name in before:
        nlp.add_pipe(name)
    nlp.add_pipe(factory, config=dict(config or {}))
    return nlp


def _check_metadata(factory: str) -> Any:
    from kernel.plugins.describe import faults
    from kernel.registry import registry

    function = registry.factories.get(factory)
    meta = stated_meta(function)
    assert isinstance(meta, FactoryMeta), (
        f"{factory}: decorate the function with @kernel.contracts.factory(...)"
    )
    assert meta.name == factory, f"{factory}: the decorator has the name {meta.name!r}"
    wrong = faults(registry.factories.entry(factory))
    assert not wrong, "; ".join(wrong)
    return meta


def _check_small_batches(nlp: Any, component: Any) -> None:
    from kernel.text.doc.doc import Doc

    assert list(nlp.pipe([])) == [], "an empty stream gives documents"
    for words in ([], ["word"]):
        doc = Doc(nlp.vocab, words=words)
        assert component(doc) is doc, f"for {len(words)} tokens it returns another document"
        assert [token.text for token in doc] == words, f"it changes the words of {words}"
    mixed = [Doc(nlp.vocab, words=words) for words in (["a", "b"], [], ["c"])]
    if offers_pipe(component):
        assert list(component.pipe(iter(mixed), batch_size=2)) == mixed, "pipe loses or reorders documents"


def _check_learning(
    nlp: Any, factory: str, get_examples: Callable[[Any], Sequence[Example]], steps: int
) -> None:
    component = nlp.get_pipe(factory)
    before = _weights(component)
    nlp.update(get_examples(nlp), sgd=False)
    if is_stepped(component):
        assert _weights(component) == before, "update changes weights although sgd is False"
    for _, pipe in nlp.pipeline:
        _forget_gradients(pipe)
    optimizer = nlp.create_optimizer()
    losses = []
    for _ in range(steps):
        sums: dict[str, float] = {}
        nlp.update(get_examples(nlp), sgd=optimizer, losses=sums)
        losses.append(float(sums.get(factory, 0.0)))
    assert all(math.isfinite(loss) for loss in losses), f"a loss is not finite: {losses}"
    # A component that only serves others, such as a shared embedding, has no loss.
    if losses[0] > 0.0:
        assert min(losses[1:]) < losses[0], f"it does not learn: loss {losses[0]:.4g} to {losses[-1]:.4g}"
        assert _weights(component) != before, "update does not change its weights"


def _weights(component: Any) -> bytes:
    from kernel.pipeline.saving.weights import model_to_bytes

    model = model_of(component)
    if model is not None:
        return model_to_bytes(model)
    assert offers_to_bytes(component), (
        "it learns, and has neither a model nor to_bytes() to keep what it learnt"
    )
    return component.to_bytes()


def _forget_gradients(component: Any) -> None:
    for node in layers_of(component):
        for name in node.param_names:
            if node.has_grad(name):
                node.set_grad(name, node.get_grad(name) * 0.0)


def _check_batching(nlp: Any, get_examples: Callable[[Any], Sequence[Example]]) -> None:
    texts = [example.reference.text for example in get_examples(nlp)]
    single = [_annotation(nlp(text)) for text in texts]
    batched = [_annotation(doc) for doc in nlp.pipe(texts, batch_size=len(texts))]
    assert _alike(single, batched), "the annotation of a single document differs from that in a batch"


def _check_scores(
    nlp: Any, get_examples: Callable[[Any], Sequence[Example]], weights: Mapping[str, float | None]
) -> None:
    scores = nlp.evaluate(get_examples(nlp))
    # A weight of 0 or None marks an optional score; the others are combined to the pipeline's final score.
    missing = [name for name, weight in weights.items() if weight and name not in scores]
    assert not missing, f"it does not return scores that have a weight: {missing}"


def _check_saving(
    nlp: Any, build: Callable[[], Any], get_examples: Callable[[Any], Sequence[Example]]
) -> None:
    import kernel

    texts = [example.reference.text for example in get_examples(nlp)]
    expected = [_annotation(nlp(text)) for text in texts]
    copy = build().from_bytes(nlp.to_bytes())
    assert [_annotation(copy(text)) for text in texts] == expected, "it differs after to_bytes and from_bytes"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pipeline"
        nlp.to_disk(path)
        loaded = kernel.load(path)
        assert [_annotation(loaded(text)) for text in texts] == expected, (
            "it differs after saving and loading"
        )
        pickled = [file.name for file in path.rglob("*") if file.suffix in (".pkl", ".pickle")]
        assert not pickled, f"it saves pickles: {pickled}"


def _alike(left: Any, right: Any) -> bool:
    """Compare annotations; scores may differ by rounding, which depends on the batch size."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-4, abs_tol=1e-5)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_alike(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_alike, left, right))
    return bool(left == right)


def _annotation(doc: Doc) -> dict[str, Any]:
    annotation: dict[str, Any] = doc.to_json()
    return annotation
