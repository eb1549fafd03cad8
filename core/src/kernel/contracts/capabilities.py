"""Functions that test what an object offers, called by the kernel before it uses an optional capability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from kernel.contracts import components, models, optimizers, products

# -- components, and the tokenizer if it offers the same -----------------------------------------------------


def model_of(component: object) -> Any:
    """Return the Thinc model of a component; None if it has none."""
    return getattr(component, "model", None)


def layers_of(component: object) -> Iterable[Any]:
    """Return the layers of a component's model, the model first; empty if it has no Thinc model."""
    model = model_of(component)
    return model.walk() if hasattr(model, "walk") else ()


def offers_name(component: object) -> TypeGuard[components.HasName]:
    """Return whether a component has a name."""
    return hasattr(component, "name")


def offers_pipe(component: object) -> TypeGuard[components.Batched]:
    """Return whether a component annotates batches."""
    return hasattr(component, "pipe")


def offers_error_handler(component: object) -> TypeGuard[components.HandlesErrors]:
    """Return whether a component accepts an error handler."""
    return hasattr(component, "set_error_handler")


def error_handler_of(component: object, otherwise: components.OnError) -> components.OnError:
    """Return the error handler of a component; `otherwise` if it has none."""
    get = getattr(component, "get_error_handler", None)
    handler: components.OnError = otherwise if get is None else get()
    return handler


def shares_output(component: object) -> TypeGuard[components.Sharing]:
    """Return whether a component puts its output on the tape for others."""
    return bool(getattr(component, "shares_output", False))


def labels_of(component: object) -> Iterable[str] | None:
    """Return the labels of a component; None if it has no such attribute."""
    labels: Iterable[str] | None = getattr(component, "labels", None)
    return labels


def label_data_of(component: object) -> Any:
    """Return what a component's `initialize` accepts as `labels`; None if nothing."""
    return getattr(component, "label_data", None)


def offers_initialize(component: object) -> TypeGuard[components.Initialized]:
    """Return whether a component, or the tokenizer, has to be initialized with the training data."""
    return hasattr(component, "initialize")


def offers_update(component: object) -> TypeGuard[components.Trainable]:
    """Return whether a component learns from batches."""
    return hasattr(component, "update")


def is_trainable(component: object) -> bool:
    """Return whether a component declares trainable weights."""
    return bool(getattr(component, "is_trainable", False))


def is_stepped(component: object) -> TypeGuard[components.Stepped]:
    """Return whether a component has trainable weights, and gradients for the optimizer."""
    return is_trainable(component) and hasattr(component, "finish_update")


def offers_rehearse(component: object) -> TypeGuard[components.Rehearsed]:
    """Return whether a component can rehearse what it has learnt."""
    return hasattr(component, "rehearse")


def rehearsal_model_of(component: object) -> Any:
    """Return the copy of a component's model from the time training was resumed; None if there is none."""
    return getattr(component, "rehearsal_model", None)


def offers_use_params(component: object) -> TypeGuard[components.Averaged]:
    """Return whether a component can run with other parameters."""
    return hasattr(component, "use_params")


def offers_calibrate(component: object) -> TypeGuard[components.Calibrated]:
    """Return whether a component calibrates its scores."""
    return hasattr(component, "calibrate")


def offers_score(component: object) -> TypeGuard[components.Scored]:
    """Return whether a component, or the tokenizer, scores its predictions."""
    return hasattr(component, "score")


def offers_to_disk(component: object) -> TypeGuard[components.SavedToDisk]:
    """Return whether a component, or the tokenizer, can be saved to a folder."""
    return hasattr(component, "to_disk")


def offers_from_disk(component: object) -> TypeGuard[components.SavedToDisk]:
    """Return whether a component, or the tokenizer, can be loaded from a folder."""
    return hasattr(component, "from_disk")


def offers_to_bytes(component: object) -> TypeGuard[components.SavedToBytes]:
    """Return whether a component, or the tokenizer, can be serialized to bytes."""
    return hasattr(component, "to_bytes")


def offers_from_bytes(component: object) -> TypeGuard[components.SavedToBytes]:
    """Return whether a component can be loaded from bytes."""
    return hasattr(component, "from_bytes")


# -- layers --------------------------------------------------------------------------------------------------


def attrs_of(layer: Any) -> models.ModelAttrs:
    """Return the attributes of a layer, some of which the pipeline and saving use."""
    attrs: models.ModelAttrs = layer.attrs
    return attrs


def offers_state_tensors(shim: object) -> TypeGuard[models.SavedShim]:
    """Return whether a shim provides its state as arrays."""
    return hasattr(shim, "state_tensors")


def offers_load_state_tensors(shim: object) -> TypeGuard[models.SavedShim]:
    """Return whether a shim accepts its state as arrays."""
    return hasattr(shim, "load_state_tensors")


# -- optimizers ----------------------------------------------------------------------------------------------


def averages_of(optimizer: object) -> Mapping[tuple[int, str], Any] | None:
    """Return the averages that an optimizer keeps; None if it keeps none."""
    averages: Mapping[tuple[int, str], Any] | None = getattr(optimizer, "averages", None)
    return averages


def learn_rate_of(optimizer: object) -> float | None:
    """Return the learning rate of an optimizer's next step; None if it has no such attribute."""
    rate: float | None = getattr(optimizer, "learn_rate", None)
    return rate


def updates_of(optimizer: object) -> dict[tuple[int, str], int]:
    """Return the number of steps of each parameter; empty if the optimizer does not count them."""
    updates: dict[tuple[int, str], int] = getattr(optimizer, "nr_update", {})
    return updates


def schedules_of(optimizer: object) -> dict[str, Any]:
    """Return the schedules of an optimizer by the name of the rate; empty if it has none."""
    return getattr(optimizer, "schedules", None) or {}


def groups_of(optimizer: object) -> Sequence[Any]:
    """Return the parameter groups of an optimizer that have their own learning rates."""
    groups: Sequence[Any] = getattr(optimizer, "groups", ())
    return groups


def offers_bind(optimizer: object) -> TypeGuard[optimizers.Grouped]:
    """Return whether an optimizer has to know which component each parameter belongs to."""
    return hasattr(optimizer, "bind")


def offers_rows_behind(optimizer: object) -> TypeGuard[optimizers.Deferring]:
    """Return whether an optimizer defers steps on rows of tables."""
    return hasattr(optimizer, "rows_behind")


# -- optional capabilities of other products ---------------------------------------------------------------------------


def offers_check(reader: object) -> TypeGuard[products.CheckedReader]:
    """Return whether a reader can check its data in advance."""
    return getattr(reader, "check", None) is not None


def offers_recognises(converter: object) -> TypeGuard[products.RecognisingConverter]:
    """Return whether a converter recognises files of its format by their first lines."""
    return getattr(converter, "recognises", None) is not None


def offers_for_labels(loss: object) -> TypeGuard[products.BindableLoss]:
    """Return whether a loss treats labels differently."""
    return getattr(loss, "for_labels", None) is not None


def exclusive_of(loss: object) -> bool | None:
    """Return True if a loss is for exactly one right label, False if for any number; None if for both."""
    exclusive: bool | None = getattr(loss, "exclusive", None)
    return exclusive


def is_strict(logger: object) -> bool:
    """Return whether a failure of a logger ends the run."""
    return bool(getattr(logger, "strict", False))


def offers_state(log_step: object) -> TypeGuard[products.ResumableLogStep]:
    """Return whether a logger has state that a resumed run must restore."""
    return getattr(log_step, "state", None) is not None
