"""What a component offers besides annotating documents: called as the kernel calls it, and tried once."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kernel.contracts import COMPONENT_PROTOCOLS
from kernel.contracts import capabilities as asked

if TYPE_CHECKING:
    from kernel.training import Example

#: Gives examples for a pipeline.
Examples = Callable[[Any], Sequence["Example"]]

#: Methods of which one is no use without the other.
_TOGETHER = (
    ("to_disk", "from_disk"),
    ("to_bytes", "from_bytes"),
    ("set_error_handler", "get_error_handler"),
)


def check_signatures(component: object) -> None:
    """Check that each method of `COMPONENT_PROTOCOLS` that a component has can be called as the kernel calls it.

    Args:
        component: The component, as its factory makes it.
    """
    for protocol in COMPONENT_PROTOCOLS:
        for name, written in vars(protocol).items():
            if inspect.isfunction(written) and not name.startswith("_") and hasattr(component, name):
                _check_signature(protocol, written, getattr(component, name))
    for pair in _TOGETHER:
        there = [name for name in pair if hasattr(component, name)]
        assert len(there) != 1, f"it has {there[0]}() and not {(set(pair) - set(there)).pop()}()"
    if asked.is_trainable(component):
        assert asked.offers_update(component), "its is_trainable is true, and it has no update()"
    if asked.shares_output(component):
        assert hasattr(component, "predict"), "its shares_output is true, and it has no predict()"


def _check_signature(protocol: type, written: Callable[..., Any], method: Any) -> None:
    name, contract = written.__name__, f"kernel.contracts.{protocol.__name__}"
    assert callable(method), f"its {name} is a {type(method).__name__}, expected a method; see {contract}"
    _, *parameters = inspect.signature(written).parameters.values()
    by_name = [one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY]
    in_order = [one.name for one in parameters if one.name not in by_name]
    try:
        given = inspect.signature(method)
    except ValueError:  # made in C, which says nothing
        return
    try:
        given.bind(*in_order, **dict.fromkeys(by_name))
    except TypeError as error:
        called = ", ".join([*in_order, *(f"{one}=..." for one in by_name)])
        raise AssertionError(
            f"the kernel calls {name}({called}), and it takes {given}: {error}; see {contract}"
        ) from error


def check_offered(nlp: Any, name: str, build: Callable[[], Any], get_examples: Examples) -> None:
    """Try everything that a component offers once, in a pipeline that is trained; it is left as it was.

    Args:
        nlp: The pipeline.
        name: The component's name.
        build: Makes the same pipeline anew, not initialized.
        get_examples: Makes examples for a pipeline.
    """
    component = nlp.get_pipe(name)
    if asked.offers_name(component):
        assert component.name == name, f"its name is {component.name!r}, in the pipeline it is {name!r}"
    if asked.offers_to_bytes(component):
        assert component.to_bytes() == component.to_bytes(), "to_bytes gives other bytes the second time"
    _check_labels(component, name, build, get_examples)
    _check_error_handler(component)
    _check_sharing(nlp, component, name, get_examples)
    _check_params(nlp, component, get_examples)
    _check_scores_of(nlp, component, get_examples)
    _check_calibration(nlp, name, build, get_examples)
    _check_rehearsal(nlp, name, build, get_examples)


def _check_labels(component: Any, name: str, build: Callable[[], Any], get_examples: Examples) -> None:
    labels, data = asked.labels_of(component), asked.label_data_of(component)
    if labels is None:
        return
    listed = list(labels)
    assert all(isinstance(label, str) for label in listed), f"its labels are no texts: {listed[:4]}"
    assert len(set(listed)) == len(listed), "its labels are not distinct"
    if data is None:
        return
    try:
        read = json.loads(json.dumps(data))
    except (TypeError, ValueError) as error:
        raise AssertionError(f"its label_data cannot be written as JSON: {error}") from error
    assert asked.offers_initialize(component), "it has label_data, and no initialize() that takes labels"
    try:
        inspect.signature(component.initialize).bind(None, nlp=None, labels=read)
    except TypeError as error:
        raise AssertionError(f"it has label_data, and initialize() does not take labels: {error}") from error
    nlp = build()
    nlp.config["initialize"]["components"] = {name: {"labels": read}}
    nlp.initialize(lambda: get_examples(nlp))
    found = list(nlp.get_pipe(name).labels)
    assert found == listed, (
        f"initialized with its label_data it has other labels: {found[:4]}, not {listed[:4]}"
    )


def _check_error_handler(component: Any) -> None:
    if not asked.offers_error_handler(component):
        return
    before, handler = component.get_error_handler(), _let_go
    component.set_error_handler(handler)
    found = component.get_error_handler()
    component.set_error_handler(before)
    assert found is handler, "get_error_handler gives another handler than the one that was set"


def _let_go(name: str, component: Any, docs: list[Any], error: Exception) -> None:
    """Go on without the documents."""


def _check_sharing(nlp: Any, component: Any, name: str, get_examples: Examples) -> None:
    from kernel.pipeline.run.tape import Tape

    if asked.shares_output(component):
        with Tape() as tape:
            component.predict([example.predicted for example in get_examples(nlp)])
        assert name in tape, (
            "its shares_output is true, and predict() puts nothing on the tape under its name"
        )


def _check_params(nlp: Any, component: Any, get_examples: Examples) -> None:
    if not asked.offers_use_params(component):
        return
    others = {
        (node.id, param): node.get_param(param) * 0
        for node in asked.layers_of(component)
        for param in node.param_names
        if node.has_param(param)
    }
    texts = [example.reference.text for example in get_examples(nlp)]
    before = [nlp(text).to_json() for text in texts]
    with component.use_params(others):
        held = {key: _param(component, key) for key in others}
        assert all(not array.any() for array in held.values()), "inside use_params it has its own parameters"
    assert [nlp(text).to_json() for text in texts] == before, "after use_params it annotates otherwise"


def _param(component: Any, key: tuple[int, str]) -> Any:
    return next(node.get_param(key[1]) for node in asked.layers_of(component) if node.id == key[0])


def _check_scores_of(nlp: Any, component: Any, get_examples: Examples) -> None:
    if asked.offers_score(component):
        found = component.score(list(_predicted(nlp, get_examples)))
        assert isinstance(found, Mapping), (
            f"score() gives a {type(found).__name__}, expected names to numbers"
        )
        wrong = [key for key in found if not isinstance(key, str)]
        assert not wrong, f"score() gives scores whose names are no texts: {wrong}"


def _check_calibration(nlp: Any, name: str, build: Callable[[], Any], get_examples: Examples) -> None:
    if not asked.offers_calibrate(nlp.get_pipe(name)):
        return
    copy = build().from_bytes(nlp.to_bytes())
    predicted = list(_predicted(copy, get_examples))
    before = [_said(example.predicted) for example in predicted]
    copy.get_pipe(name).calibrate(predicted)
    assert [_said(example.predicted) for example in predicted] == before, "calibrate changes the examples"
    after = [_said(example.predicted) for example in _predicted(copy, get_examples)]
    assert after == before, "calibrate changes what is predicted, beyond how sure it is"


def _predicted(nlp: Any, get_examples: Examples) -> Iterator[Example]:
    from kernel.training import Example

    for example in get_examples(nlp):
        yield Example(nlp(example.reference.text), example.reference)


def _said(doc: Any) -> dict[str, Any]:
    """What a document says, without how sure of a category."""
    said: dict[str, Any] = doc.to_json()
    return {key: value for key, value in said.items() if key != "cats"}


def _check_rehearsal(nlp: Any, name: str, build: Callable[[], Any], get_examples: Examples) -> None:
    if not asked.offers_rehearse(nlp.get_pipe(name)):
        return
    copy = build().from_bytes(nlp.to_bytes())
    optimizer = copy.resume_training()
    losses: dict[str, float] = {}
    copy.rehearse(get_examples(copy), sgd=optimizer, losses=losses)
    wrong = {key: loss for key, loss in losses.items() if not math.isfinite(loss)}
    assert not wrong, f"rehearse gives losses that are not finite: {wrong}"
