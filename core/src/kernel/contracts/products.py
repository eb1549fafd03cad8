"""What each kind of plugin provides: one Protocol per kind, and Protocols of optional capabilities."""

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
    """A component of a pipeline; products of `factories`. `COMPONENT_PROTOCOLS` lists its optional capabilities."""

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document and return it."""


@runtime_checkable
class Loss(Protocol):
    """Compares guesses with the truth; products of `losses`. Thinc's losses qualify.

    It may also be a `BindableLoss` or an `ExclusiveLoss`.
    """

    def __call__(self, guesses: Any, truths: Any) -> tuple[Any, float]:
        """Return the gradient of each guess, and the loss.

        Args:
            guesses: Probabilities, float32 (N, L), one row per labelled item; read-only.
            truths: Target values (N, L): 1 for a right label, 0 for a wrong one, or any value between.
        """


class BindableLoss(Loss, Protocol):
    """A loss that treats labels differently: a component binds it to its labels before the first batch."""

    def for_labels(self, labels: tuple[str, ...]) -> Loss:
        """Return the loss for these labels, in the order of the columns."""


class ExclusiveLoss(Loss, Protocol):
    """A loss for one case only; components for the other case refuse it."""

    #: True if exactly one label is right, False if any number may be; None for both.
    exclusive: bool | None


# -- data ----------------------------------------------------------------------------------------------------


@runtime_checkable
class Reader(Protocol):
    """A source of examples; products of `readers`. It may also be a `CheckedReader`."""

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Read the corpus once, from the beginning."""


class CheckedReader(Reader, Protocol):
    """A reader that stops at invalid data; a run that streams the corpus checks it before the first step."""

    def check(self, nlp: Any) -> None:
        """Check the data, or as much as can be checked in a reasonable time, without changing anything.

        Raises:
            DataError: The error that reading would raise.
        """


@runtime_checkable
class Augmenter(Protocol):
    """Creates variants of examples; products of `augmenters`."""

    def __call__(self, nlp: Any, example: Example) -> Iterator[Example]:
        """Yield the example, its variants, or both."""


@runtime_checkable
class Batcher(Protocol):
    """Groups a stream of items into lists; products of `batchers`."""

    def __call__(self, items: Iterable[Any]) -> Iterator[list[Any]]:
        """Yield batches that contain every item once, in order, except for documented omissions."""


@runtime_checkable
class Converter(Protocol):
    """Reads another format; the targets of `converters` themselves."""

    def __call__(self, path: Path, **options: Any) -> Iterator[Doc]:
        """Yield the documents of a file."""


class RecognisingConverter(Converter, Protocol):
    """A converter that recognises its files, for `kernel convert` if the file extension is not that of a converter."""

    def recognises(self, head: list[str]) -> bool:
        """Return whether these are the first lines of a file of the format."""


# -- texts ---------------------------------------------------------------------------------------------------


@runtime_checkable
class TokenizerFunction(Protocol):
    """Converts a text to a document; what products of `tokenizers` return for an nlp object."""

    def __call__(self, text: str) -> Doc:
        """Tokenize a text without losing a character."""


@runtime_checkable
class Matcher(Protocol):
    """Finds parts of documents by rules; instances of the targets of `matchers`, created with a vocabulary."""

    def add(
        self,
        key: str,
        patterns: list[Any],
        *,
        on_match: Callable[[Any, Any, int, list[Any]], Any] | None = None,
    ) -> None:
        """Add patterns under a key; raises a KernelError that locates the mistake in a wrong pattern.

        Args:
            key: The name of the rule.
            patterns: The patterns, in the matcher's format.
            on_match: Called for each match with the matcher, the document, the index of the match, and all matches.
        """

    def remove(self, key: str) -> None:
        """Remove the patterns under a key; raises a KernelError if there are none."""

    def __contains__(self, key: object) -> bool:
        """Return whether there are patterns under a key."""

    def __len__(self) -> int:
        """Return the number of keys."""

    def __call__(self, doclike: Any) -> list[Any]:
        """Return the matches in a document or span, tuples that start with the number of the key."""


# -- training ------------------------------------------------------------------------------------------------


class LogStep(Protocol):
    """Logs one step; the first value that a logger returns. It may also be a `ResumableLogStep`."""

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Log the data of a step; None between evaluations."""


class ResumableLogStep(LogStep, Protocol):
    """A log that continues when a killed run is resumed, without missing or duplicate lines."""

    def state(self) -> Any:
        """Return plain data for a checkpoint; called whenever one is written."""

    def restore(self, state: Any) -> None:
        """Restore the state; called before the first step of a resumed run."""


class Logger(Protocol):
    """Logs a run; products of `loggers`."""

    def __call__(
        self, nlp: Any, stdout: IO[str] = ..., stderr: IO[str] = ...
    ) -> tuple[LogStep, Callable[..., None]]:
        """Start logging, and return the functions that log a step and that finish the log.

        If the second takes an argument, it gets a mapping of "code", "reason" and "step" that explains the end. A
        logger with a further argument `header` gets the `kernel.training.run.Header` of the run, so that it need not
        read the config.
        """


class StrictLogger(Logger, Protocol):
    """A logger whose failure ends the run if it is strict; otherwise the run continues after one warning.

    It is set by `strict = true` in the logger's block; the kernel sets the attribute on what the factory returns.
    """

    #: Whether a failure ends the run.
    strict: bool


class Updater(Protocol):
    """Applies gradients to parameters; products of `updaters`."""

    def apply(self, nlp: Any, optimizer: Any, *, exclude: Collection[str] = ()) -> None:
        """Make one step with the gradients accumulated so far, except for the components in `exclude`."""


class Launcher(Protocol):
    """Decides in which processes training runs; products of `launchers`."""

    def __call__(self, worker: Callable[[], Any]) -> Any:
        """Run the worker, in one or more processes, and return its result."""


class Callback(Protocol):
    """Changes the nlp object or its class at a certain point; products of `callbacks`."""

    def __call__(self, nlp: Any, *args: Any) -> Any:
        """Receive the object and, where the callback requires it, return it."""


class ScoringFunction(Protocol):
    """Scores predictions; products of `scorers`."""

    def __call__(self, examples: Iterable[Example], **options: Any) -> dict[str, Any]:
        """Return scores between 0 and 1 by name."""


# -- tools ---------------------------------------------------------------------------------------------------


class Recommendation(Protocol):
    """Suggests a component's block for a new config; the targets of `recommendations` themselves."""

    def __call__(self, component: str, lang: str, optimize: str, gpu: bool) -> Mapping[str, Any]:
        """Return the block, with "requires" for components needed before it and "sections" for other values."""


class DataCheck(Protocol):
    """Checks a corpus for a component; the targets of `data_checks` themselves."""

    def __call__(self, nlp: Any, train: Iterable[Example], dev: Iterable[Example]) -> Iterator[str]:
        """Yield remarks, one sentence each."""
