"""What a component of a pipeline may offer besides annotating a document: one Protocol for each thing asked of it.

A component needs none of them: what it lacks is left out, or done in the plain way that the Protocol names. The
classes in `kernel.pipeline` have them all. `capabilities.py` has the functions that ask.
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
#: Gives the training examples; may be called several times.
GetExamples = Callable[[], "Iterable[Example]"]

# -- what it is ----------------------------------------------------------------------------------------------


class HasModel(Protocol):
    """A component with a Thinc model, which a run steps, averages and writes into checkpoints.

    It is searched for layers that listen to other components, too.
    """

    model: Any


class HasName(Protocol):
    """A component that knows its name, which `nlp.rename_pipe` changes."""

    name: str


# -- prediction ----------------------------------------------------------------------------------------------


class Batched(Protocol):
    """A component that annotates batches, for `nlp.pipe`, evaluations and updates; others get one document at a time.

    `[components.NAME]` settings of one call, `component_cfg`, come as more keyword arguments.
    """

    def pipe(self, stream: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        """Yield the documents in order; a batch of the pipeline at a time, so `batch_size` is its length."""


class HandlesErrors(Protocol):
    """A component that knows what to do where it fails: told by `nlp.set_error_handler`, asked for every batch."""

    def set_error_handler(self, error_handler: OnError) -> None:
        """Take the handler of the pipeline."""

    def get_error_handler(self) -> OnError:
        """Give the handler in force."""


class Sharing(Protocol):
    """A component that puts its output on the tape of a batch for others to build on, such as tok2vec."""

    #: Whether it does.
    shares_output: bool

    def predict(self, docs: Sequence[Doc]) -> Any:
        """Put the output on the tape in force; called where it does not learn and somebody listens to it."""


class Labelled(Protocol):
    """A component with labels: for `nlp.pipe_labels`, `kernel init labels`, and the diagnosis of a run."""

    @property
    def labels(self) -> Iterable[str]:
        """The labels that it can give."""

    @property
    def label_data(self) -> Any:
        """What its `initialize` takes as `labels`: `kernel init labels` writes it as JSON; None for nothing."""


# -- training ------------------------------------------------------------------------------------------------


class Initialized(Protocol):
    """A component that gets ready with the training data: called by `nlp.initialize`, once before the first step."""

    def initialize(self, get_examples: GetExamples, *, nlp: Any) -> None:
        """Find labels, infer shapes, make the first parameters.

        `[initialize.components.NAME]` comes as more keyword arguments, held against the signature.
        """


class Trainable(Protocol):
    """A component that learns: called by the loop for every batch, unless it is frozen."""

    def update(self, examples: Sequence[Example], *, drop: float, sgd: Any, losses: dict[str, float]) -> Any:
        """Leave gradients in the model and add to its loss, `losses[name]`; the loop gives no `sgd`."""


class Stepped(Protocol):
    """A component that keeps the gradients of its updates until the optimizer's step, after all components."""

    #: Whether it has weights to learn; others are not stepped, and count as learning nothing.
    is_trainable: bool

    def finish_update(self, sgd: Any) -> None:
        """Let the optimizer step every parameter that has a gradient."""


class Rehearsed(Protocol):
    """A component that learns not to forget what it knew when training was resumed: called by `nlp.rehearse`."""

    #: A copy of its model from then, which `nlp.resume_training` sets.
    rehearsal_model: Any

    def rehearse(
        self, examples: Sequence[Example], *, drop: float, sgd: Any, losses: dict[str, float]
    ) -> Any:
        """Leave gradients towards what the copy predicts, as `update` does towards the truth."""


class Averaged(Protocol):
    """A component that can run with the optimizer's averages: for each evaluation and each saving of a training."""

    def use_params(self, params: Mapping[tuple[int, str], Any]) -> AbstractContextManager[None]:
        """Make a block in which parameters, by layer id and name, have other values."""


class Calibrated(Protocol):
    """A component that learns how sure its predictions may be: called at every evaluation of a training."""

    def calibrate(self, examples: Sequence[Example]) -> None:
        """Look at predictions beside the truth; neither they nor the examples change."""


class Scored(Protocol):
    """A component that rates its predictions: called by `nlp.evaluate`, and so by every evaluation of a training."""

    def score(self, examples: Iterable[Example]) -> Mapping[str, Any]:
        """Give scores by name; options of `nlp.evaluate` come as more keyword arguments."""


# -- saving --------------------------------------------------------------------------------------------------


class SavedToDisk(Protocol):
    """A component that saves what its config does not say: `nlp.to_disk` and `kernel.load` give it a folder."""

    def to_disk(self, path: Path) -> Any:
        """Write into a folder of its name, which may not be there yet."""

    def from_disk(self, path: Path) -> Any:
        """Read what `to_disk` wrote; one with weights is called only where the folder is there."""


class SavedToBytes(Protocol):
    """A component that is saved as bytes: by `nlp.to_bytes`, for copies, and in checkpoints where it has no model."""

    def to_bytes(self) -> bytes:
        """Give what `to_disk` writes; the same bytes as long as it is the same."""

    def from_bytes(self, data: bytes) -> Any:
        """Read what `to_bytes` gave."""


#: Everything that a component may offer, a Protocol each.
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
