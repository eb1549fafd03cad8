"""What an object offers: one function for each question that the kernel asks before it calls something optional."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from kernel.contracts import components, models, optimizers, products

# -- components, and the tokenizer where it has the same -----------------------------------------------------


def model_of(component: object) -> Any:
    """The Thinc model of a component; None where it has none."""
    return getattr(component, "model", None)


def layers_of(component: object) -> Iterable[Any]:
    """The layers of a component's model, itself first; none where it has no model of Thinc's kind."""
    model = model_of(component)
    return model.walk() if hasattr(model, "walk") else ()


def offers_name(component: object) -> TypeGuard[components.HasName]:
    """Whether a component knows its name."""
    return hasattr(component, "name")


def offers_pipe(component: object) -> TypeGuard[components.Batched]:
    """Whether a component annotates batches itself."""
    return hasattr(component, "pipe")


def offers_error_handler(component: object) -> TypeGuard[components.HandlesErrors]:
    """Whether a component takes an error handler."""
    return hasattr(component, "set_error_handler")


def error_handler_of(component: object, otherwise: components.OnError) -> components.OnError:
    """The error handler of a component; another one where it knows none."""
    get = getattr(component, "get_error_handler", None)
    handler: components.OnError = otherwise if get is None else get()
    return handler


def shares_output(component: object) -> TypeGuard[components.Sharing]:
    """Whether a component puts its output on the tape for others."""
    return bool(getattr(component, "shares_output", False))


def labels_of(component: object) -> Iterable[str] | None:
    """The labels of a component; None where it does not say."""
    labels: Iterable[str] | None = getattr(component, "labels", None)
    return labels


def label_data_of(component: object) -> Any:
    """What a component's `initialize` takes as `labels`; None where there is nothing."""
    return getattr(component, "label_data", None)


def offers_initialize(component: object) -> TypeGuard[components.Initialized]:
    """Whether a component, or the tokenizer, wants to see the training data first."""
    return hasattr(component, "initialize")


def offers_update(component: object) -> TypeGuard[components.Trainable]:
    """Whether a component learns from batches."""
    return hasattr(component, "update")


def is_trainable(component: object) -> bool:
    """Whether a component says that it has weights to learn."""
    return bool(getattr(component, "is_trainable", False))


def is_stepped(component: object) -> TypeGuard[components.Stepped]:
    """Whether a component has weights, and gradients for the optimizer."""
    return is_trainable(component) and hasattr(component, "finish_update")


def offers_rehearse(component: object) -> TypeGuard[components.Rehearsed]:
    """Whether a component can rehearse what it knew."""
    return hasattr(component, "rehearse")


def rehearsal_model_of(component: object) -> Any:
    """The copy of a component's model from when training was resumed; None where there is none."""
    return getattr(component, "rehearsal_model", None)


def offers_use_params(component: object) -> TypeGuard[components.Averaged]:
    """Whether a component can run with other parameters."""
    return hasattr(component, "use_params")


def offers_calibrate(component: object) -> TypeGuard[components.Calibrated]:
    """Whether a component calibrates its scores."""
    return hasattr(component, "calibrate")


def offers_score(component: object) -> TypeGuard[components.Scored]:
    """Whether a component, or the tokenizer, rates its predictions."""
    return hasattr(component, "score")


def offers_to_disk(component: object) -> TypeGuard[components.SavedToDisk]:
    """Whether a component, or the tokenizer, has something to write into a folder."""
    return hasattr(component, "to_disk")


def offers_from_disk(component: object) -> TypeGuard[components.SavedToDisk]:
    """Whether a component, or the tokenizer, reads a folder."""
    return hasattr(component, "from_disk")


def offers_to_bytes(component: object) -> TypeGuard[components.SavedToBytes]:
    """Whether a component, or the tokenizer, can be written as bytes."""
    return hasattr(component, "to_bytes")


def offers_from_bytes(component: object) -> TypeGuard[components.SavedToBytes]:
    """Whether a component can be read from bytes."""
    return hasattr(component, "from_bytes")


# -- layers --------------------------------------------------------------------------------------------------


def attrs_of(layer: Any) -> models.ModelAttrs:
    """The attributes of a layer, of which the pipeline and saving know some."""
    attrs: models.ModelAttrs = layer.attrs
    return attrs


def offers_state_tensors(shim: object) -> TypeGuard[models.SavedShim]:
    """Whether the state of a shim can be had as arrays."""
    return hasattr(shim, "state_tensors")


def offers_load_state_tensors(shim: object) -> TypeGuard[models.SavedShim]:
    """Whether a shim takes its state as arrays."""
    return hasattr(shim, "load_state_tensors")


# -- optimizers ----------------------------------------------------------------------------------------------


def averages_of(optimizer: object) -> Mapping[tuple[int, str], Any] | None:
    """The averages that an optimizer keeps; None where it keeps none."""
    averages: Mapping[tuple[int, str], Any] | None = getattr(optimizer, "averages", None)
    return averages


def learn_rate_of(optimizer: object) -> float | None:
    """The rate of an optimizer's next step; None where it does not say."""
    rate: float | None = getattr(optimizer, "learn_rate", None)
    return rate


def updates_of(optimizer: object) -> dict[tuple[int, str], int]:
    """How often an optimizer has stepped each parameter; nothing where it does not count."""
    updates: dict[tuple[int, str], int] = getattr(optimizer, "nr_update", {})
    return updates


def schedules_of(optimizer: object) -> dict[str, Any]:
    """The schedules of an optimizer by the name of the rate; none where it has none."""
    return getattr(optimizer, "schedules", None) or {}


def groups_of(optimizer: object) -> Sequence[Any]:
    """The groups of parameters that an optimizer steps at rates of their own."""
    groups: Sequence[Any] = getattr(optimizer, "groups", ())
    return groups


def offers_bind(optimizer: object) -> TypeGuard[optimizers.Grouped]:
    """Whether an optimizer wants to know whose parameters it steps."""
    return hasattr(optimizer, "bind")


def offers_rows_behind(optimizer: object) -> TypeGuard[optimizers.Deferring]:
    """Whether an optimizer leaves rows of tables behind."""
    return hasattr(optimizer, "rows_behind")


# -- what else a product may offer ---------------------------------------------------------------------------


def offers_check(reader: object) -> TypeGuard[products.CheckedReader]:
    """Whether a reader can say beforehand what would stop it."""
    return getattr(reader, "check", None) is not None


def offers_recognises(converter: object) -> TypeGuard[products.RecognisingConverter]:
    """Whether a converter knows files of its format by their beginning."""
    return getattr(converter, "recognises", None) is not None


def offers_for_labels(loss: object) -> TypeGuard[products.BindableLoss]:
    """Whether a loss treats labels differently."""
    return getattr(loss, "for_labels", None) is not None


def exclusive_of(loss: object) -> bool | None:
    """Whether a loss is for one right label of many, True, or for any number, False; None where it is for both."""
    exclusive: bool | None = getattr(loss, "exclusive", None)
    return exclusive


def is_strict(logger: object) -> bool:
    """Whether the failure of a logger ends the run."""
    return bool(getattr(logger, "strict", False))


def offers_state(log_step: object) -> TypeGuard[products.ResumableLogStep]:
    """Whether a logger has something to know when the run goes on in another process."""
    return getattr(log_step, "state", None) is not None
