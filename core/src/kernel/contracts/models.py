"""What a model and its layers may offer to components, the pipeline and saving: attributes and shims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

#: A layer, the name of one of its parameters, and the parameter's shape.
ParamShape = tuple[Any, str, tuple[int, ...]]


class ModelAttrs(TypedDict, total=False):
    """The entries of `model.attrs` that the kernel and components use; all others are private to the layer.

    Plain values are saved with the model and restored when it is loaded.
    """

    # -- any layer, during initialization --

    #: Called by `TrainableComponent.sample` with the layer and all training documents, before shapes are inferred.
    read_corpus: Callable[[Any, Iterable[Doc]], None]
    #: Called by textcat with the layer and batches of documents with their categories, once the model has its shapes.
    read_categories: Callable[[Any, Iterable[tuple[list[Doc], Any]]], None]

    # -- a component's model --

    #: Called by `add_label` with the model and the new number of labels; a model without it has a fixed output.
    resize_output: Callable[[Any, int], Any]
    #: Called by the parser's factory instead of its own component class, for models that do not score actions.
    parser_component: Callable[..., Any]
    #: Called by tagger and morphologizer with model, documents and component name; returns each token's best label.
    predict_labels: Callable[[Any, list[Doc], str], Any]
    #: Read by textcat: False if the model predicts exactly one label.
    multi_label: bool

    # -- any layer, in the pipeline --

    #: The shared component that the layer listens to, or "*" for the nearest before it; renaming and copying change it.
    upstream: str

    # -- any layer, when saving and loading --

    #: Called with the layer; returns the shapes of its parameters and those of layers inside it, to check files.
    param_shapes: Callable[[Any], Iterable[ParamShape]]
    #: Names and types of the parameters that are not float32.
    param_dtypes: tuple[tuple[str, str], ...]
    #: Names of the plain attributes that a file must not change, such as those that determine shapes.
    fixed_attrs: tuple[str, ...]


class SavedShim(Protocol):
    """A layer's state in another framework that is saved with the model; other shims are saved only for PyTorch."""

    def state_tensors(self) -> Mapping[str, Any]:
        """Return the state as NumPy arrays by name."""

    def load_state_tensors(self, tensors: Mapping[str, Any]) -> None:
        """Restore what `state_tensors` returned."""
