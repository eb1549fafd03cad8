"""The pipeline as people hold it: a thin front over the modules of this room."""

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
        #: Called with what a component fails on, where that has no handler of its own.
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
            config: The config, of which [nlp] and [components] are used; or a plan, which is filled and checked.
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
        if self._settings is None:
            self._settings = PipelineConfig(builder.default_config(type(self)))
        return self._settings.current(self.lang, self._pipes)

    @config.setter
    def config(self, value: Mapping[str, Any]) -> None:
        self._settings = PipelineConfig(value)

    @property
    def meta(self) -> dict[str, Any]:
        """What `meta.json` says: language, name, versions, labels, scores; changes to it stay."""
        return meta.write_meta(self._meta, self)

    @meta.setter
    def meta(self, value: Mapping[str, Any]) -> None:
        self._meta = dict(value)

    # -- components ------------------------------------------------------------------------------------------

    factory = classmethod(factories.declare_factory)
    component = classmethod(factories.declare_component)

    @classmethod
    def has_factory(cls, name: str) -> bool:
        """Whether somebody gives a factory of this name."""
        return registry.has("factories", factories.factory_name(cls.lang, name))

    @classmethod
    def get_factory_meta(cls, name: str) -> FactoryMeta:
        """Give what a factory states about itself."""
        return factories.find_meta(cls.lang, name)

    @classmethod
    def set_factory_meta(cls, name: str, value: FactoryMeta) -> None:
        """Let a factory state something else about itself.

        Args:
            name: The factory.
            value: What it states.
        """
        factories.set_meta(cls.lang, name, value)

    @classmethod
    def get_factory_name(cls, name: str) -> str:
        """Give the name of this language's own variant of a factory."""
        return factories.own_name(cls.lang, name)

    @property
    def pipeline(self) -> list[tuple[str, Callable[..., Any]]]:
        """The components in use, by name, in order."""
        return self._pipes.active()

    @property
    def pipe_names(self) -> list[str]:
        """The names of the components in use."""
        return [name for name, _ in self._pipes.active()]

    @property
    def components(self) -> list[tuple[str, Callable[..., Any]]]:
        """All components, disabled ones too."""
        return [(pipe.name, pipe.component) for pipe in self._pipes]

    @property
    def component_names(self) -> list[str]:
        """The names of all components."""
        return self._pipes.names

    @property
    def disabled(self) -> list[str]:
        """The names of the components out of use."""
        return [name for name in self._pipes.names if name in self._pipes.disabled]

    @property
    def factory_names(self) -> list[str]:
        """The names of all factories that can be had."""
        return list(registry.factories.names())

    @property
    def pipe_factories(self) -> dict[str, str]:
        """The factory of each component."""
        return {pipe.name: pipe.meta.name for pipe in self._pipes}

    @property
    def pipe_labels(self) -> dict[str, list[str]]:
        """The labels of each component that has any."""
        labels = {name: labels_of(component) for name, component in self.components}
        return {name: list(given) for name, given in labels.items() if given is not None}

    def has_pipe(self, name: str) -> bool:
        """Whether a component of this name is in use."""
        return name in self.pipe_names

    def get_pipe(self, name: str) -> Any:
        """Give a component, a disabled one too."""
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
