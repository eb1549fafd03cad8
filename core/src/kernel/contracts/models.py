"""What a model and its layers may offer to components, to the pipeline and to saving: attributes, and shims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

#: A layer, the name of one of its parameters, and the parameter's shape.
ParamShape = tuple[Any, str, tuple[int, ...]]


class ModelAttrs(TypedDict, total=False):
    """What `model.attrs` may offer to others than the layer itself; every other attribute is the layer's own affair.

    Those that are plain values are saved with the model and are the same when it is loaded.
    """

    # -- of any layer, read while the pipeline is initialized --

    #: Called by `TrainableComponent.sample` with the layer and all training documents, before shapes are inferred.
    read_corpus: Callable[[Any, Iterable[Doc]], None]
    #: Called by textcat with the layer and batches of documents and their categories, once the model has its shapes.
    read_categories: Callable[[Any, Iterable[tuple[list[Doc], Any]]], None]

    # -- of a component's whole model --

    #: Called by `add_label` with the model and the new number of labels; a model without it has a fixed output.
    resize_output: Callable[[Any, int], Any]
    #: Called by the parser's factory in place of its own component's class, for models that do not score actions.
    parser_component: Callable[..., Any]
    #: Called by tagger and morphologizer with model, documents and the component's name: the best label of each token.
    predict_labels: Callable[[Any, list[Doc], str], Any]
    #: Read by textcat: False where the model gives one label at a time.
    multi_label: bool

    # -- of any layer, read by the pipeline --

    #: The shared component that the layer listens to, or "*" for the nearest before; renaming and copying change it.
    upstream: str

    # -- of any layer, read when a model is saved and loaded --

    #: Called with the layer: the shapes that its parameters, and those inside it, must have; a file is held to them.
    param_shapes: Callable[[Any], Iterable[ParamShape]]
    #: Names and types of the parameters that are of another type than float32.
    param_dtypes: tuple[tuple[str, str], ...]
    #: Names of the plain attributes that a file must not change, such as what decides shapes.
    fixed_attrs: tuple[str, ...]


class SavedShim(Protocol):
    """A layer's state in another framework, saved with the model; of those without these only PyTorch's can be."""

    def state_tensors(self) -> Mapping[str, Any]:
        """Give its state as arrays of NumPy by name."""

    def load_state_tensors(self, tensors: Mapping[str, Any]) -> None:
        """Put back what `state_tensors` gave."""
