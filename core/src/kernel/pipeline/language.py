"""The pipeline as people hold it: a thin front over the modules of this room."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, ClassVar, TypeVar

from kernel.config import Config
from kernel.config.code import Code
from kernel.contracts.capabilities import offers_use_params
from kernel.errors import ConfigError, DataError
from kernel.pipeline import builder, evaluation, initialize
from kernel.pipeline.components.component_list import ComponentList, Names
from kernel.pipeline.run import predict, update
from kernel.pipeline.run.activity import training
from kernel.pipeline.saving import meta, restoring, saving
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.tokenizer.language_defaults import Defaults
from kernel.text.vocab.vocab import Vocab

L = TypeVar("L", bound="Language")
Settings = Mapping[str, Mapping[str, Any]]


class Language(ComponentList):
    """A tokenizer and the components that annotate what it makes.

    Attributes:
        lang: The language's code.
        Defaults: The rules of the language.
        vocab: The vocabulary that all documents share.
        tokenizer: Turns a text into a document.
        batch_size: Documents per batch where nobody says otherwise.
        max_length: The longest text in characters; longer ones are refused.
        path: Where the pipeline was loaded from, or None.
        code: The user's own files that it was trained or loaded with.
    """

    Defaults: ClassVar[type[Defaults]] = Defaults

    def __init__(
        self,
        vocab: Vocab | bool = True,
        *,
        max_length: int = 10**6,
        meta: Mapping[str, Any] | None = None,
        create_tokenizer: Callable[[Any], Callable[[str], Doc]] | None = None,
        create_vectors: Callable[[Vocab], Any] | None = None,
        batch_size: int = 1000,
    ) -> None:
        super().__init__()
        self.vocab = builder.language_vocab(type(self), vocab, create_vectors)
        self.max_length = max_length
        self.batch_size = batch_size
        self.path: os.PathLike[str] | None = None
        self.code: Sequence[Code] = ()
        self._meta: dict[str, Any] = dict(meta or {})
        self._config: Config | None = None
        self._scored: set[str] = set()
        self._optimizer: Any = None
        create = create_tokenizer or builder.language_tokenizer(type(self))
        self.tokenizer: Any = create(self)

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        *,
        vocab: Vocab | bool = True,
        disable: Names = (),
        enable: Names = (),
        exclude: Names = (),
        meta: Mapping[str, Any] | None = None,
        auto_fill: bool = True,
        validate: bool = True,
    ) -> Language:
        """Build a pipeline from a config.

        Args:
            config: The config; its [nlp] and [components] are used.
            vocab: A vocabulary to share; True for a new one.
            disable: Components that are built and stay out of use until enabled.
            enable: If given, all others are disabled.
            exclude: Components that are not built.
            meta: Facts for `nlp.meta`.
            auto_fill: Whether what is left out takes its default.
            validate: Whether the whole config is checked first.

        Raises:
            ConfigError: Everything that is wrong with the config.
        """
        nlp: Language = builder.from_config(
            cls,
            config,
            vocab=vocab,
            disable=disable,
            enable=enable,
            exclude=exclude,
            meta=meta,
            auto_fill=auto_fill,
            validate=validate,
        )
        return nlp

    # -- config and meta -------------------------------------------------------------------------------------

    @property
    def config(self) -> Config:
        """The config of the pipeline as it is now, variables kept; changes to it stay."""
        if self._config is None:
            self._config = builder.default_config(type(self))
        return builder.write_components(self._config, self.lang, self._pipes, self._scored)

    @config.setter
    def config(self, value: Mapping[str, Any]) -> None:
        self._config = builder.own_config(value)
        # What a component counts is known once its factory is: those of other pipelines join as they are added.
        self._scored = {name for name, block in value.get("components", {}).items() if "factory" in block}

    @property
    def meta(self) -> dict[str, Any]:
        """What `meta.json` says: language, name, versions, labels, scores; changes to it stay."""
        return meta.write_meta(self._meta, self)

    @meta.setter
    def meta(self, value: Mapping[str, Any]) -> None:
        self._meta = dict(value)

    # -- prediction ------------------------------------------------------------------------------------------

    def make_doc(self, text: str) -> Doc:
        """Tokenize a text."""
        if len(text) > self.max_length:
            raise DataError(
                f"text: longer than nlp.max_length allows, got {len(text)} characters and a limit of "
                f"{self.max_length}; split it, or raise nlp.max_length if memory suffices"
            )
        doc: Doc = self.tokenizer(text)
        return doc

    def __call__(
        self, text: str | Doc, *, disable: Iterable[str] = (), component_cfg: Settings | None = None
    ) -> Doc:
        """Tokenize and annotate one text.

        Args:
            text: The text, or a document that was made already.
            disable: Components to leave out.
            component_cfg: More arguments, by component.
        """
        return predict.annotate_doc(
            self._without(disable), self._as_doc(text), component_cfg or {}, self.default_error_handler
        )

    def pipe(
        self,
        texts: Iterable[Any],
        *,
        as_tuples: bool = False,
        batch_size: int | None = None,
        disable: Iterable[str] = (),
        component_cfg: Settings | None = None,
        n_process: int = 1,
    ) -> Iterator[Any]:
        """Tokenize and annotate a stream of texts, in order; see `set_error_handler` for those that fail.

        Args:
            texts: Texts, or documents that were made already.
            as_tuples: Whether `texts` are (text, context) pairs; (doc, context) pairs come out.
            batch_size: Documents per batch; `nlp.batch_size` when None. Long ones make smaller batches.
            disable: Components to leave out.
            component_cfg: More arguments, by component.
            n_process: Processes to work in; there is one.
        """
        if n_process != 1:
            raise ConfigError(
                f"nlp.pipe: n_process must be 1, got {n_process!r}; larger batches use all cores"
            )
        pairs = predict.as_pairs(texts) if as_tuples else ((text, None) for text in texts)
        items = ((self._as_doc(text), context) for text, context in pairs)
        size = self.batch_size if batch_size is None else batch_size
        stream = predict.annotate_stream(
            self._without(disable), items, component_cfg or {}, size, self.default_error_handler
        )
        return stream if as_tuples else (doc for doc, _ in stream)

    def _as_doc(self, text: str | Doc) -> Doc:
        if isinstance(text, str):
            return self.make_doc(text)
        if isinstance(text, Doc):
            return text
        raise DataError(f"nlp: expected a text or a Doc, got {text!r:.80}")

    def _without(self, disable: Iterable[str]) -> list[tuple[str, Callable[..., Any]]]:
        off = {disable} if isinstance(disable, str) else set(disable)
        return [(name, component) for name, component in self._pipes.active() if name not in off]

    @contextmanager
    def memory_zone(self, mem: object = None) -> Iterator[None]:
        """A block after which the words and strings that were new in it are forgotten; see `Vocab.memory_zone`."""
        with self.vocab.memory_zone(mem):
            yield

    # -- learning --------------------------------------------------------------------------------------------

    def update(
        self,
        examples: Sequence[Example],
        _: None = None,
        *,
        drop: float = 0.0,
        sgd: Any = None,
        losses: dict[str, float] | None = None,
        component_cfg: Settings | None = None,
        exclude: Iterable[str] = (),
        annotates: Iterable[str] = (),
    ) -> dict[str, float]:
        """Learn from a batch of examples.

        Args:
            examples: The batch.
            drop: The share of features to drop, 0 to 1.
            sgd: The optimizer; made on first use when None. False leaves the gradients in the models.
            losses: Where each component adds its loss.
            component_cfg: More arguments of `update`, by component.
            exclude: The components that do not learn.
            annotates: The components whose predictions the later ones see.

        Returns:
            The losses.
        """
        if _ is not None:
            update.validate_examples(list(zip(examples, _, strict=False)), "nlp.update")
        losses = update.accumulate(
            self.pipeline,
            examples,
            drop=drop,
            losses=losses,
            exclude=set(exclude),
            annotates=set(annotates),
            component_cfg=component_cfg,
        )
        if sgd is not False:
            update.apply_gradients(self.pipeline, self._optimizer_or(sgd), set(exclude))
        return losses

    def rehearse(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Any = None,
        losses: dict[str, float] | None = None,
        component_cfg: Settings | None = None,
        exclude: Iterable[str] = (),
    ) -> dict[str, float]:
        """Keep models from forgetting what they knew when `resume_training` was called."""
        losses = update.rehearse(
            self.pipeline,
            examples,
            drop=drop,
            losses=losses,
            exclude=set(exclude),
            component_cfg=component_cfg,
        )
        if sgd is not False:
            update.apply_gradients(self.pipeline, self._optimizer_or(sgd), set(exclude))
        return losses

    def _optimizer_or(self, sgd: Any) -> Any:
        if sgd is not None:
            return sgd
        if self._optimizer is None:
            self._optimizer = self.create_optimizer()
        return self._optimizer

    def initialize(
        self, get_examples: Callable[[], Iterable[Example]] | None = None, *, sgd: Any = None
    ) -> Any:
        """Give every component its labels, its shapes and its first parameters.

        Args:
            get_examples: Gives the training examples; called several times.
            sgd: The optimizer; made from [training.optimizer] when None.

        Returns:
            The optimizer.
        """
        initialize.initialize(self, get_examples)
        self._optimizer = sgd if sgd is not None else self.create_optimizer()
        return self._optimizer

    def begin_training(
        self, get_examples: Callable[[], Iterable[Example]] | None = None, *, sgd: Any = None
    ) -> Any:
        """Do what `initialize` does, under its older name."""
        return self.initialize(get_examples, sgd=sgd)

    def resume_training(self, *, sgd: Any = None) -> Any:
        """Go on training a trained pipeline: notes what it knows, for `rehearse`.

        Returns:
            The optimizer.
        """
        initialize.remember_models(self.pipeline)
        self._optimizer = sgd if sgd is not None else self.create_optimizer()
        return self._optimizer

    def create_optimizer(self) -> Any:
        """Make the optimizer of [training.optimizer]."""
        return builder.optimizer(self)

    @contextmanager
    def use_params(self, params: Mapping[tuple[int, str], Any] | None) -> Iterator[None]:
        """Run a block with other parameters, such as an optimizer's averages; None changes nothing.

        Raises:
            ModelError: Another thread is predicting with one of the components, or training it.
        """
        contexts: list[AbstractContextManager[None]] = [
            component.use_params(params or {})
            for _, component in self.pipeline
            if offers_use_params(component)
        ]
        with ExitStack() as stack:
            if params:
                stack.enter_context(training(self.pipeline))
            for context in contexts:
                stack.enter_context(context)
            yield

    def evaluate(
        self,
        examples: Iterable[Example],
        *,
        batch_size: int | None = None,
        scorer: Any = None,
        component_cfg: Settings | None = None,
        scorer_cfg: Mapping[str, Any] | None = None,
        per_component: bool = False,
    ) -> dict[str, Any]:
        """Predict examples and score the predictions.

        Args:
            examples: With the gold standard; their predicted side stays as it is.
            batch_size: Documents per batch; `nlp.batch_size` when None.
            scorer: A Scorer; the one that asks each component when None.
            component_cfg: More arguments of prediction, by component.
            scorer_cfg: Arguments for the Scorer.
            per_component: Whether scores are grouped by component.

        Returns:
            Scores from 0 to 1 by name, and `speed` in words per second.
        """
        return evaluation.evaluate(
            self,
            examples,
            batch_size=batch_size,
            scorer=scorer,
            component_cfg=component_cfg,
            scorer_cfg=scorer_cfg,
            per_component=per_component,
        )

    # -- saving ----------------------------------------------------------------------------------------------

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Save the pipeline into a folder, which appears whole or not at all.

        Args:
            path: The folder.
            exclude: Parts to leave out: names of components, "vocab", "tokenizer", "meta", "config", "code".
        """
        saving.to_disk(self, path, exclude=exclude)

    def from_disk(
        self: L,
        path: str | os.PathLike[str],
        *,
        exclude: Iterable[str] = (),
        overrides: Mapping[str, Any] | None = None,
        verify: bool = True,
    ) -> L:
        """Read a saved pipeline into this one, which has the same components; `verify` as in `kernel.load`."""
        restoring.from_disk(self, path, exclude=exclude, overrides=overrides, verify=verify)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Give the saved pipeline as bytes."""
        return saving.to_bytes(self, exclude=exclude)

    def from_bytes(self: L, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> L:
        """Read what `to_bytes` gave into this pipeline, which has the same components."""
        restoring.from_bytes(self, bytes_data, exclude=exclude)
        return self
