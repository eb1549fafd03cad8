"""What each kind of plugin gives: one Protocol per kind, and the facts stated about a component.

Nothing here runs. Types of arrays and documents are named only for the type checker, so that a table can be
listed without NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc
    from kernel.text.gold.example import Example

F = TypeVar("F", bound=Callable[..., Any])


# -- components ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FactoryMeta:
    """What a component's factory states about itself.

    Args:
        name: The factory's name in a config, `factory = "tagger"`.
        default_config: Values of the component's block that the user leaves out.
        assigns: Attributes that the component sets, such as `token.tag`.
        requires: Attributes that must be set before it runs.
        retokenizes: Whether it changes the tokens.
        default_score_weights: Score names to their share in the pipeline's one score; None hides a score.
    """

    name: str
    default_config: Mapping[str, Any] = field(default_factory=dict)
    assigns: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    retokenizes: bool = False
    default_score_weights: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def scores(self) -> tuple[str, ...]:
        """The names of the scores that the component reports."""
        return tuple(self.default_score_weights)


def factory(
    name: str,
    *,
    default_config: Mapping[str, Any] | str | None = None,
    assigns: Iterable[str] = (),
    requires: Iterable[str] = (),
    retokenizes: bool = False,
    default_score_weights: Mapping[str, float | None] | None = None,
) -> Callable[[F], F]:
    """State what a factory makes, in its `__factory__`; a plugin's table registers it.

    Args:
        name: The factory's name in a config.
        default_config: A mapping, or the text of a config.
        assigns: Attributes that the component sets.
        requires: Attributes that must be set before it runs.
        retokenizes: Whether it changes the tokens.
        default_score_weights: Score names to shares of the pipeline's score; None hides a score.
    """
    meta = FactoryMeta(
        name,
        _as_mapping(default_config),
        tuple(assigns),
        tuple(requires),
        retokenizes,
        dict(default_score_weights or {}),
    )

    def state(func: F) -> F:
        func.__factory__ = meta  # type: ignore[attr-defined]
        return func

    return state


def _as_mapping(config: Mapping[str, Any] | str | None) -> Mapping[str, Any]:
    if isinstance(config, str):
        from confection import Config

        return dict(Config().from_str(config))
    return dict(config or {})


@runtime_checkable
class Component(Protocol):
    """A step of a pipeline; products of `factories`."""

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document and return it."""


@runtime_checkable
class Loss(Protocol):
    """Compares guesses with the truth; products of `losses`. Thinc's losses are such.

    One that treats labels differently has a second method, `for_labels(labels) -> Loss`: a component calls it with
    its labels, in the order of the columns, and uses what it gives. One that makes sense only where one label of many
    is right, or only where any number is, says so by an attribute `exclusive`, True or False.
    """

    def __call__(self, guesses: Any, truths: Any) -> tuple[Any, float]:
        """Give the gradient of each guess and the loss.

        Args:
            guesses: Probabilities, float32 (N, L), a row for each thing that gets a label; read only.
            truths: What they should be, (N, L): 1 for a right label and 0 for a wrong one, or anything between.
        """


# -- data ----------------------------------------------------------------------------------------------------


@runtime_checkable
class Reader(Protocol):
    """Where examples come from; products of `readers`.

    One that stops at what cannot be learnt from may also have `check(nlp)`, which looks at everything, or at as
    much as one cares to wait for, and raises the DataError that reading would raise, changing nothing. It is called
    before the first step where reading goes on during the run.
    """

    def __call__(self, nlp: Any) -> Iterator[Example]:
        """Read the corpus once, from its beginning."""


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


# -- texts ---------------------------------------------------------------------------------------------------


@runtime_checkable
class Tokenizer(Protocol):
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
    """Reports one step.

    It may have two more methods, `state()`, which gives plain data for a checkpoint, and `restore(state)`, which is
    called with them before the first step of a run that goes on: a log then has no line twice and none missing.
    """

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Take the step's facts, or None between two evaluations."""


class Logger(Protocol):
    """Watches a run; products of `loggers`."""

    def __call__(
        self, nlp: Any, stdout: IO[str] = ..., stderr: IO[str] = ...
    ) -> tuple[LogStep, Callable[..., None]]:
        """Begin to watch; return the function that reports a step and the one that ends.

        The one that ends is told why, as a mapping with "code", "reason" and "step", if it takes an argument.
        """


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


class Scorer(Protocol):
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
