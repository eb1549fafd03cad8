"""The `Language` class: the public interface of a pipeline, which delegates to the modules of this package."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from kernel.config import Config, Plan
from kernel.config.code import Code
from kernel.contracts import FactoryMeta
from kernel.contracts.capabilities import labels_of
from kernel.errors import ConfigError, DataError
from kernel.pipeline import builder, evaluation, learning
from kernel.pipeline.components import editing, factories
from kernel.pipeline.components.pipeline_config import PipelineConfig
from kernel.pipeline.components.pipes import Pipes
from kernel.pipeline.run import predict
from kernel.pipeline.run.failures import ErrorHandler, raise_error
from kernel.pipeline.saving import meta, restoring, saving
from kernel.registry import registry
from kernel.text.doc.doc import Doc
from kernel.text.tokenizer.language_defaults import Defaults
from kernel.text.vocab.vocab import Vocab

L = TypeVar("L", bound="Language")
Names = str | Iterable[str]
Settings = Mapping[str, Mapping[str, Any]]


class Language:
    """A pipeline: a tokenizer and the components that annotate its documents.

    Attributes:
        lang: The language's code.
        Defaults: The rules of the language.
        vocab: The vocabulary that all documents share.
        tokenizer: Converts a text to a document.
        batch_size: Default number of documents per batch.
        max_length: Maximum length of a text in characters; longer texts are refused.
        path: Where the pipeline was loaded from, or None.
        code: The user's own files that it was trained or loaded with.
    """

    lang: ClassVar[str] = ""
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
        self._pipes = Pipes()
        #: Called when a component without its own error handler fails.
        self.default_error_handler: ErrorHandler = raise_error
        self.vocab = builder.language_vocab(type(self), vocab, create_vectors)
        self.max_length = max_length
        self.batch_size = batch_size
        self.path: os.PathLike[str] | None = None
        self.code: Sequence[Code] = ()
        self._meta: dict[str, Any] = dict(meta or {})
        self._settings: PipelineConfig | None = None
        self._optimizer: Any = None
        create = create_tokenizer or builder.language_tokenizer(type(self))
        self.tokenizer: Any = create(self)

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any] | Plan,
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
            config: The config, of which [nlp] and [components] are used; or a plan, already complete and checked.
            vocab: A vocabulary to share; True for a new one.
            disable: Components to create but disable.
            enable: Components to enable; if given, all others are disabled.
            exclude: Components not to create.
            meta: Initial values of `nlp.meta`.
            auto_fill: Whether to fill in defaults for missing values.
            validate: Whether to check the whole config first.

        Raises:
            ConfigError: The config is wrong; the message lists all mistakes.
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
        """The current config of the pipeline, with variables; changes to it are kept."""
        if self._settings is None:
            self._settings = PipelineConfig(builder.default_config(type(self)))
        return self._settings.current(self.lang, self._pipes)

    @config.setter
    def config(self, value: Mapping[str, Any]) -> None:
        self._settings = PipelineConfig(value)

    @property
    def meta(self) -> dict[str, Any]:
        """The content of `meta.json`: language, name, versions, labels, scores; changes to it are kept."""
        return meta.write_meta(self._meta, self)

    @meta.setter
    def meta(self, value: Mapping[str, Any]) -> None:
        self._meta = dict(value)

    # -- components ------------------------------------------------------------------------------------------

    factory = classmethod(factories.declare_factory)
    component = classmethod(factories.declare_component)

    @classmethod
    def has_factory(cls, name: str) -> bool:
        """Return whether a factory of this name is registered."""
        return registry.has("factories", factories.factory_name(cls.lang, name))

    @classmethod
    def get_factory_meta(cls, name: str) -> FactoryMeta:
        """Return what a factory declares about itself."""
        return factories.find_meta(cls.lang, name)

    @classmethod
    def set_factory_meta(cls, name: str, value: FactoryMeta) -> None:
        """Replace what a factory declares about itself.

        Args:
            name: The factory's name.
            value: The new declaration.
        """
        factories.set_meta(cls.lang, name, value)

    @classmethod
    def get_factory_name(cls, name: str) -> str:
        """Return the name of this language's own variant of a factory."""
        return factories.own_name(cls.lang, name)

    @property
    def pipeline(self) -> list[tuple[str, Callable[..., Any]]]:
        """The enabled components with their names, in order."""
        return self._pipes.active()

    @property
    def pipe_names(self) -> list[str]:
        """The names of the enabled components."""
        return [name for name, _ in self._pipes.active()]

    @property
    def components(self) -> list[tuple[str, Callable[..., Any]]]:
        """All components with their names, including disabled ones."""
        return [(pipe.name, pipe.component) for pipe in self._pipes]

    @property
    def component_names(self) -> list[str]:
        """The names of all components."""
        return self._pipes.names

    @property
    def disabled(self) -> list[str]:
        """The names of the disabled components."""
        return [name for name in self._pipes.names if name in self._pipes.disabled]

    @property
    def factory_names(self) -> list[str]:
        """The names of all registered factories."""
        return list(registry.factories.names())

    @property
    def pipe_factories(self) -> dict[str, str]:
        """The factory of each component."""
        return {pipe.name: pipe.meta.name for pipe in self._pipes}

    @property
    def pipe_labels(self) -> dict[str, list[str]]:
        """The labels of each component that has any."""
        labels_by_name = {name: labels_of(component) for name, component in self.components}
        return {name: list(labels) for name, labels in labels_by_name.items() if labels is not None}

    def has_pipe(self, name: str) -> bool:
        """Return whether a component of this name is enabled."""
        return name in self.pipe_names

    def get_pipe(self, name: str) -> Any:
        """Return a component by name, even if disabled."""
        return self._pipes.get(name).component

    get_pipe_meta = editing.get_pipe_meta
    get_pipe_config = editing.get_pipe_config
    analyze_pipes = editing.analyze_pipes
    create_pipe = editing.create_pipe
    create_pipe_from_source = editing.create_pipe_from_source
    add_pipe = editing.add_pipe
    replace_pipe = editing.replace_pipe
    replace_listeners = editing.replace_listeners
    rename_pipe = editing.rename_pipe
    remove_pipe = editing.remove_pipe
    disable_pipe = editing.disable_pipe
    enable_pipe = editing.enable_pipe
    disable_pipes = editing.disable_pipes
    select_pipes = editing.select_pipes
    set_error_handler = editing.set_error_handler

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
            text: The text, or a document.
            disable: Components to skip.
            component_cfg: Additional arguments, by component.
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
            texts: Texts, or documents.
            as_tuples: Whether `texts` are (text, context) pairs; then (doc, context) pairs are returned.
            batch_size: Documents per batch; by default `nlp.batch_size`. Batches of long documents are smaller.
            disable: Components to skip.
            component_cfg: Additional arguments, by component.
            n_process: Number of processes; must be 1.
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
        """Forget the words and strings added inside a `with` block at its end; see `Vocab.memory_zone`."""
        with self.vocab.memory_zone(mem):
            yield

    # -- learning --------------------------------------------------------------------------------------------

    update = learning.update
    rehearse = learning.rehearse
    initialize = learning.initialize
    begin_training = learning.begin_training
    resume_training = learning.resume_training
    create_optimizer = learning.create_optimizer
    use_params = learning.use_params
    evaluate = evaluation.evaluate

    # -- saving ----------------------------------------------------------------------------------------------

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Save the pipeline to a folder, completely or not at all.

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
        """Load a saved pipeline with the same components into this one; `verify` as in `kernel.load`."""
        restoring.from_disk(self, path, exclude=exclude, overrides=overrides, verify=verify)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize the pipeline to bytes."""
        return saving.to_bytes(self, exclude=exclude)

    def from_bytes(self: L, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> L:
        """Load what `to_bytes` returned for a pipeline with the same components into this one."""
        restoring.from_bytes(self, bytes_data, exclude=exclude)
        return self
