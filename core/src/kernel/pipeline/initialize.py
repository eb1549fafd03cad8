"""Initialize a pipeline by its [initialize] block: words and vectors, then labels and models of the components."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

from kernel.config.resolve import resolve
from kernel.config.rules.signatures import Signature, signature
from kernel.config.rules.typing_rules import fits, name_of
from kernel.contracts.capabilities import model_of, offers_initialize, shares_output
from kernel.errors import ConfigError, DataError, ModelError, did_you_mean
from kernel.pipeline.components.pipeline_config import values_of
from kernel.pipeline.components.sourcing import check_vectors
from kernel.pipeline.components.trainable import TrainableComponent
from kernel.pipeline.run.activity import Pipeline, training
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.vocab.lookups import Lookups
from kernel.text.vocab.vocab_data import add_vocab_data

GetExamples = Callable[[], Iterable[Example]]

#: Arguments of a component's `initialize` besides its settings.
_ARGUMENTS = ("get_examples", "nlp")
#: Keys of [initialize] that no code reads yet; a value there must not be ignored silently.
_UNREAD = ("init_tok2vec",)


def initialize(nlp: Any, get_examples: GetExamples | None = None) -> None:
    """Initialize the labels, shapes and parameters of every enabled component.

    Args:
        nlp: The pipeline.
        get_examples: Returns the training examples; by default one empty example.
    """
    get = get_examples if get_examples is not None else _one_example(nlp)
    validate_get_examples(get, "nlp.initialize")
    block = resolve(values_of(nlp), "initialize")
    for key in _UNREAD:
        if block.get(key) is not None:
            raise ConfigError(
                f"[initialize] {key}: not supported by this version, got {block[key]!r}; set it to null"
            )
    _call_back(block, "before_init", nlp)
    _fill_vocab(nlp, block)
    check_vectors(nlp._pipes, nlp.vocab.vectors)
    settings = block.get("tokenizer") or {}
    if offers_initialize(nlp.tokenizer):
        nlp.tokenizer.initialize(get, nlp=nlp, **_checked(nlp.tokenizer.initialize, settings, "tokenizer"))
    elif settings:
        raise ConfigError(
            f"[initialize.tokenizer]: the tokenizer takes no settings, got {list(settings)}; remove them"
        )
    with training(nlp.pipeline):
        for name, component in nlp.pipeline:
            settings = (block.get("components") or {}).get(name) or {}
            with _enough_memory(name):
                _initialize_component(nlp, name, component, get, settings)
    _call_back(block, "after_init", nlp)


@contextmanager
def _enough_memory(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        reason = " ".join(str(error).split()) or "no memory is left"
        raise ModelError(
            f"[components.{name}]: its weights do not fit into memory, got {reason!r}; make its layers or tables "
            "smaller"
        ) from error


def validate_get_examples(get_examples: object, method: str) -> None:
    """Check that an argument is a function that returns examples, looking only at the first one.

    Args:
        get_examples: The argument.
        method: The name of the method, for the message.

    Raises:
        DataError: It is not a function, or returns something else.
    """
    if not callable(get_examples):
        raise DataError(
            f"{method}: get_examples must be a function that returns the examples, got {get_examples!r:.80}; "
            "wrap them: lambda: examples"
        )
    examples = get_examples()
    if not isinstance(examples, Iterable):
        raise DataError(f"{method}: get_examples() must return Example objects, got {examples!r:.80}")
    for first in islice(examples, 1):
        if not isinstance(first, Example):
            raise DataError(
                f"{method}: get_examples() must return Example objects, got {first!r:.80}; "
                "make them with Example.from_dict(nlp.make_doc(text), annotations)"
            )


def remember_models(pipeline: Pipeline) -> None:
    """Copy the current models of components that can rehearse, and of components that share their output."""
    components = [component for _, component in pipeline]
    methods = [getattr(type(component), "rehearse", None) for component in components]
    can_rehearse = [method is not None and method is not TrainableComponent.rehearse for method in methods]
    for component, can in zip(components, can_rehearse, strict=True):
        if can or (any(can_rehearse) and shares_output(component)):
            component.rehearsal_model = deepcopy(model_of(component))  # type: ignore[attr-defined]


def _one_example(nlp: Any) -> GetExamples:
    doc = Doc(nlp.vocab, words=["x", "y", "z"])
    example = Example.from_dict(doc, {})
    return lambda: [example]


def _call_back(block: Mapping[str, Any], station: str, nlp: Any) -> None:
    callback = block.get(station)
    if callback is not None:
        callback(nlp)


def _fill_vocab(nlp: Any, block: Mapping[str, Any]) -> None:
    lookups = block.get("lookups")
    if lookups is not None:
        if not isinstance(lookups, Lookups):
            raise ConfigError(
                f"[initialize] lookups: expected Lookups, got {lookups!r}; name a function with @misc"
            )
        nlp.vocab.lookups = lookups
    if block.get("vocab_data") is not None:
        add_vocab_data(nlp.vocab, block["vocab_data"])
    if block.get("vectors") is not None:
        _load_vectors(nlp, Path(block["vectors"]))


def _load_vectors(nlp: Any, path: Path) -> None:
    """Load vectors from a saved pipeline, or from a folder of saved vectors."""
    for folder in (path / "vocab", path):
        if folder.is_dir():
            nlp.vocab.vectors.from_disk(folder)
            strings = folder / "strings.json"
            if strings.is_file():
                for string in type(nlp.vocab.strings)().from_disk(strings):
                    nlp.vocab.strings.add(string)
        if nlp.vocab.vectors.size:
            return
    raise ConfigError(
        f"[initialize] vectors: no vectors found, got {str(path)!r}; use the folder of a pipeline with vectors"
    )


def _initialize_component(
    nlp: Any, name: str, component: Any, get_examples: GetExamples, settings: Mapping[str, Any]
) -> None:
    if offers_initialize(component):
        checked = _checked(component.initialize, settings, f"components.{name}")
        component.initialize(get_examples, nlp=nlp, **checked)
    elif settings:
        raise ConfigError(
            f"[initialize.components.{name}]: the component takes no settings, got {list(settings)}; remove them"
        )


def _checked(function: Callable[..., Any], settings: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    """Check settings against the signature of an `initialize` method, and return them."""
    expected: Signature = signature(function, without=_ARGUMENTS)
    address = f"[initialize.{section}]"
    for key, value in settings.items():
        if key in expected.parameters:
            annotation = expected.parameters[key].annotation
            if not fits(value, annotation):
                raise ConfigError(f"{address} {key}: expected {name_of(annotation)}, got {value!r:.80}")
        elif not expected.open:
            advice = did_you_mean(key, expected.parameters) or "; remove it"
            raise ConfigError(f"{address} {key}: no such setting, got {value!r:.80}{advice}")
    for key, parameter in expected.parameters.items():
        if parameter.required and key not in settings:
            raise ConfigError(f"{address} {key}: required, got nothing; add it")
    return settings
