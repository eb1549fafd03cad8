"""What each kind of plugin gives: one Protocol per kind, and those that say what a product may offer besides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc
    from kernel.text.gold.example import Example


# -- components ----------------------------------------------------------------------------------------------


@runtime_checkable
class PipelineComponent(Protocol):
    """A step of a pipeline; products of `factories`. `COMPONENT_PROTOCOLS` has what else it may offer."""

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document and return it."""


@runtime_checkable
class Loss(Protocol):
    """Compares guesses with the truth; products of `losses`. Thinc's losses are such.

    It may be a `BindableLoss` or an `ExclusiveLoss`, too.
    """

    def __call__(self, guesses: Any, truths: Any) -> tuple[Any, float]:
        """Give the gradient of each guess and the loss.

        Args:
            guesses: Probabilities, float32 (N, L), a row for each thing that gets a label; read only.
            truths: What they should be, (N, L): 1 for a right label and 0 for a wrong one, or anything between.
        """


class BindableLoss(Loss, Protocol):
    """A loss that treats labels differently: a component binds it to its labels before the first batch."""

    def for_labels(self, labels: tuple[str, ...]) -> Loss:
        """Give the loss for labels, in the order of the columns."""


class ExclusiveLoss(Loss, Protocol):
    """A loss for one case only: a component that is made for the other case refuses it."""

    #: True where one label of many is right, False where any number of them is; None for both.
    exclusive: bool | None


# -- data ----------------------------------------------------------------------------------------------------


@runtime_checkable
class Reader(Protocol):
    """Where examples come from; products of `readers`. It may be a `CheckedReader`, too."""

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Read the corpus once, from its beginning."""


class CheckedReader(Reader, Protocol):
    """A reader that stops at what cannot be learnt from: a run that goes on reading asks it before the first step."""

    def check(self, nlp: Any) -> None:
        """Look at everything, or at as much as one cares to wait for, changing nothing.

        Raises:
            DataError: Reading would raise it.
        """


@runtime_checkable
class Augmenter(Protocol):
    """Makes more examples out of one; products of `augmenters`."""

    def __call__(self, nlp: Any, example: Example) -> Iterator[Example]:
        """Yield the example, its variants, or both."""


@runtime_checkable
class Batcher(Protocol):
    """Groups a stream of items into lists; products of `batchers`."""

    def __call__(self, items: Iterable[Any]) -> Iterator[list[Any]]:
        """Yield batches that hold every item once, in order, unless it documents what it drops."""


@runtime_checkable
class Converter(Protocol):
    """Reads a foreign format; the targets of `converters` themselves."""

    def __call__(self, path: Path, **options: Any) -> Iterator[Doc]:
        """Yield the documents of a file."""


class RecognisingConverter(Converter, Protocol):
    """A converter that knows its files: asked by `kernel convert` where a file's ending names no converter."""

    def recognises(self, head: list[str]) -> bool:
        """Whether these lines begin a file of the format."""


# -- texts ---------------------------------------------------------------------------------------------------


@runtime_checkable
class TokenizerFunction(Protocol):
    """Turns a text into a document; what products of `tokenizers` return for an nlp object."""

    def __call__(self, text: str) -> Doc:
        """Split a text without losing a character."""


@runtime_checkable
class Matcher(Protocol):
    """Finds places in documents by rules; instances of the targets of `matchers`, each made of a vocabulary."""

    def add(
        self,
        key: str,
        patterns: list[Any],
        *,
        on_match: Callable[[Any, Any, int, list[Any]], Any] | None = None,
    ) -> None:
        """Add patterns under a key; a wrong one is a KernelError that names its place.

        Args:
            key: Names the rule.
            patterns: What it looks for, as the matcher defines it.
            on_match: Called for each match with matcher, document, place of the match in the list, and all matches.
        """

    def remove(self, key: str) -> None:
        """Forget the patterns under a key; a KernelError where there are none."""

    def __contains__(self, key: object) -> bool:
        """Whether there are patterns under a key."""

    def __len__(self) -> int:
        """Give the number of keys."""

    def __call__(self, doclike: Any) -> list[Any]:
        """Give the matches in a document or span, each a tuple that begins with the number of its key."""


# -- training ------------------------------------------------------------------------------------------------


class LogStep(Protocol):
    """Reports one step; what a logger returns first. It may be a `ResumableLogStep`, too."""

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Take the step's facts, or None between two evaluations."""


class ResumableLogStep(LogStep, Protocol):
    """Reports that go on after a killed run, with no line twice and none missing."""

    def state(self) -> Any:
        """Give plain data for a checkpoint; called whenever one is written."""

    def restore(self, state: Any) -> None:
        """Go on from there; called before the first step of a run that goes on."""


class Logger(Protocol):
    """Watches a run; products of `loggers`."""

    def __call__(
        self, nlp: Any, stdout: IO[str] = ..., stderr: IO[str] = ...
    ) -> tuple[LogStep, Callable[..., None]]:
        """Begin to watch; return the function that reports a step and the one that ends.

        The one that ends is told why, as a mapping with "code", "reason" and "step", if it takes an argument.
        """


class StrictLogger(Logger, Protocol):
    """A logger whose failure may end the run; else it is told once and the run goes on.

    A block says so with `strict = true`, which the kernel writes on what the factory returns.
    """

    #: Whether it does.
    strict: bool


class Updater(Protocol):
    """Turns gradients into parameters; products of `updaters`."""

    def apply(self, nlp: Any, optimizer: Any, *, exclude: Collection[str] = ()) -> None:
        """Make one step with the gradients collected so far, but not for the components in `exclude`."""


class Launcher(Protocol):
    """Decides who runs the training; products of `launchers`."""

    def __call__(self, worker: Callable[[], Any]) -> Any:
        """Run the worker, in one process or in many, and return its result."""


class Callback(Protocol):
    """Shapes the nlp object or its class at one station of its life; products of `callbacks`."""

    def __call__(self, nlp: Any, *args: Any) -> Any:
        """Take the object and, where the station asks for it, return it."""


class ScoringFunction(Protocol):
    """Rates predictions; products of `scorers`."""

    def __call__(self, examples: Iterable[Example], **options: Any) -> dict[str, Any]:
        """Return scores between 0 and 1 by name."""


# -- tools ---------------------------------------------------------------------------------------------------


class Recommendation(Protocol):
    """Proposes a component's block of a new config; the targets of `recommendations` themselves."""

    def __call__(self, component: str, lang: str, optimize: str, gpu: bool) -> Mapping[str, Any]:
        """Return the block; with "requires", the components it needs before it, and "sections", values elsewhere."""


class DataCheck(Protocol):
    """Looks over a corpus for a component; the targets of `data_checks` themselves."""

    def __call__(self, nlp: Any, train: Iterable[Example], dev: Iterable[Example]) -> Iterator[str]:
        """Yield what is worth telling, one sentence each."""
