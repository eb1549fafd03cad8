"""Optional capabilities of a component besides annotating a document, one Protocol for each.

A component needs none of them: what it lacks is skipped, or done in the default way that the Protocol describes. The
classes in `kernel.pipeline` have all of them. `capabilities.py` has the functions that test for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc
    from kernel.text.gold.example import Example

#: Takes the component's name, the component, the documents that it failed on, and the error; see
#: `kernel.pipeline.run.failures`.
OnError = Callable[[str, Any, "list[Doc]", Exception], Any]
#: Returns the training examples; may be called several times.
GetExamples = Callable[[], "Iterable[Example]"]

# -- identity ----------------------------------------------------------------------------------------------


class HasModel(Protocol):
    """A component with a Thinc model, which a run trains, averages and saves in checkpoints.

    The model is also searched for layers that listen to other components.
    """

    model: Any


class HasName(Protocol):
    """A component with a name, which `nlp.rename_pipe` changes."""

    name: str


# -- prediction ----------------------------------------------------------------------------------------------


class Batched(Protocol):
    """A component that annotates batches, for `nlp.pipe`, evaluation and updates; others get one document at a time.

    The `component_cfg` of a call is passed as additional keyword arguments.
    """

    def pipe(self, stream: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        """Yield the documents in order; called with one batch of the pipeline, whose length is `batch_size`."""


class HandlesErrors(Protocol):
    """A component with its own error handler: set by `nlp.set_error_handler`, read for every batch."""

    def set_error_handler(self, error_handler: OnError) -> None:
        """Set the error handler."""

    def get_error_handler(self) -> OnError:
        """Return the current error handler."""


class Sharing(Protocol):
    """A component that puts its output on the tape of a batch for other components, such as tok2vec."""

    #: Whether it shares its output.
    shares_output: bool

    def predict(self, docs: Sequence[Doc]) -> Any:
        """Put the output on the current tape; called if the component does not learn but another listens to it."""


class Labelled(Protocol):
    """A component with labels, used by `nlp.pipe_labels`, `kernel init labels` and the diagnosis of a run."""

    @property
    def labels(self) -> Iterable[str]:
        """The labels that it can predict."""

    @property
    def label_data(self) -> Any:
        """What its `initialize` accepts as `labels`, which `kernel init labels` writes as JSON; None for nothing."""


# -- training ------------------------------------------------------------------------------------------------


class Initialized(Protocol):
    """A component that is initialized with the training data, by `nlp.initialize` before the first step."""

    def initialize(self, get_examples: GetExamples, *, nlp: Any) -> None:
        """Collect labels, infer shapes and initialize parameters.

        The settings in `[initialize.components.NAME]` are checked against the signature and passed as additional
        keyword arguments.
        """


class Trainable(Protocol):
    """A component that learns from every batch of the training loop, unless it is frozen."""

    def update(self, examples: Sequence[Example], *, drop: float, sgd: Any, losses: dict[str, float]) -> Any:
        """Accumulate gradients in the model and add to the loss `losses[name]`; in the training loop `sgd` is None."""


class Stepped(Protocol):
    """A component whose gradients are kept until the optimizer's step, after the updates of all components."""

    #: Whether it has trainable weights; other components are not stepped, and count as not learning.
    is_trainable: bool

    def finish_update(self, sgd: Any) -> None:
        """Let the optimizer step every parameter that has a gradient."""


class Rehearsed(Protocol):
    """A component that can train against forgetting what it had learnt when training was resumed: `nlp.rehearse`."""

    #: A copy of its model from that time, set by `nlp.resume_training`.
    rehearsal_model: Any

    def rehearse(
        self, examples: Sequence[Example], *, drop: float, sgd: Any, losses: dict[str, float]
    ) -> Any:
        """Accumulate gradients towards the copy's predictions, as `update` does towards the truth."""


class Averaged(Protocol):
    """A component that can run with the optimizer's averages, for evaluation and saving during training."""

    def use_params(self, params: Mapping[tuple[int, str], Any]) -> AbstractContextManager[None]:
        """Return a context manager in which parameters, by layer id and name, have other values."""


class Calibrated(Protocol):
    """A component that calibrates the confidence of its predictions, at every evaluation during training."""

    def calibrate(self, examples: Sequence[Example]) -> None:
        """Calibrate on predictions with gold annotation; must not change the predictions or the examples."""


class Scored(Protocol):
    """A component that scores its predictions, in `nlp.evaluate` and so at every evaluation during training."""

    def score(self, examples: Iterable[Example]) -> Mapping[str, Any]:
        """Return scores by name; options of `nlp.evaluate` are passed as additional keyword arguments."""


# -- saving --------------------------------------------------------------------------------------------------


class SavedToDisk(Protocol):
    """A component that saves what its config does not contain, in a folder for `nlp.to_disk` and `kernel.load`."""

    def to_disk(self, path: Path) -> Any:
        """Save to a folder with the component's name, which may not exist yet."""

    def from_disk(self, path: Path) -> Any:
        """Load what `to_disk` saved; for components with weights, called only if the folder exists."""


class SavedToBytes(Protocol):
    """A component that is serialized to bytes: by `nlp.to_bytes`, for copies, and in checkpoints if it has no model."""

    def to_bytes(self) -> bytes:
        """Serialize what `to_disk` saves; equal state must give equal bytes."""

    def from_bytes(self, data: bytes) -> Any:
        """Load what `to_bytes` returned."""


#: The Protocols of all optional capabilities of a component.
COMPONENT_PROTOCOLS: tuple[type, ...] = (
    HasModel,
    HasName,
    Batched,
    HandlesErrors,
    Sharing,
    Labelled,
    Initialized,
    Trainable,
    Stepped,
    Rehearsed,
    Averaged,
    Calibrated,
    Scored,
    SavedToDisk,
    SavedToBytes,
)
