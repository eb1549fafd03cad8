"""What a pipeline is composed of: factories to declare, components to add, find, replace and switch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from kernel.config import Config
from kernel.contracts import FactoryMeta
from kernel.contracts.capabilities import labels_of, offers_name
from kernel.pipeline.components import analysis, component_factory, factories, listeners, sourcing
from kernel.pipeline.components.pipes import DisabledPipes, Pipes, select
from kernel.pipeline.run.failures import ErrorHandler, check_handler, hand_over, raise_error
from kernel.registry import registry
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab

Names = str | Iterable[str]


class ComponentList:
    """The components of a pipeline and the factories that make them; half of `Language`."""

    lang: ClassVar[str] = ""
    vocab: Vocab

    def __init__(self) -> None:
        self._pipes = Pipes()
        #: Called with what a component fails on, where that has no handler of its own.
        self.default_error_handler: ErrorHandler = raise_error

    @property
    def config(self) -> Config:
        """The config that the components have their blocks in."""
        raise NotImplementedError

    # -- factories -------------------------------------------------------------------------------------------

    @classmethod
    def factory(
        cls,
        name: str,
        *,
        default_config: Mapping[str, Any] | None = None,
        assigns: Iterable[str] = (),
        requires: Iterable[str] = (),
        retokenizes: bool = False,
        default_score_weights: Mapping[str, float | None] | None = None,
        func: Callable[..., Any] | None = None,
    ) -> Any:
        """Declare a function that makes a component; the decorator for a user's own code.

        Args:
            name: What configs call it.
            default_config: Settings that a user may leave out.
            assigns: Attributes that the component sets, such as `token.tag`.
            requires: Attributes that must be set before.
            retokenizes: Whether it changes the tokens.
            default_score_weights: Score names to shares of the pipeline's score; None hides a score.
            func: The function, where this is not used as a decorator.
        """
        facts: dict[str, Any] = {
            "default_config": default_config,
            "assigns": assigns,
            "requires": requires,
            "retokenizes": retokenizes,
            "default_score_weights": default_score_weights,
        }
        if func is not None:
            return factories.register_factory(name, func, lang=cls.lang, **facts)
        return lambda target: factories.register_factory(name, target, lang=cls.lang, **facts)

    @classmethod
    def component(
        cls,
        name: str,
        *,
        assigns: Iterable[str] = (),
        requires: Iterable[str] = (),
        retokenizes: bool = False,
        func: Callable[[Doc], Doc] | None = None,
    ) -> Any:
        """Declare a function from doc to doc, which needs no settings, as a component."""
        facts: dict[str, Any] = {"assigns": assigns, "requires": requires, "retokenizes": retokenizes}
        if func is not None:
            return factories.register_component(name, func, lang=cls.lang, **facts)
        return lambda target: factories.register_component(name, target, lang=cls.lang, **facts)

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

    def get_pipe_meta(self, name: str) -> FactoryMeta:
        """Give what the factory of a component states."""
        return self._pipes.get(name).meta

    def get_pipe_config(self, name: str) -> Config:
        """Give the block of a component."""
        return Config(self._pipes.get(name).config, is_interpolated=False)

    # -- components ------------------------------------------------------------------------------------------

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

    def analyze_pipes(self, *, keys: Sequence[str] = analysis.KEYS, pretty: bool = False) -> dict[str, Any]:
        """Gather what the components state about themselves, and what one needs and none before it sets.

        Args:
            keys: Which facts: "assigns", "requires", "scores", "retokenizes".
            pretty: Whether to print it as a table.

        Returns:
            `summary`: facts by component; `problems`: unmet requirements by component; `attrs`: who assigns and who
            requires each attribute.
        """
        found = analysis.analyze(self._pipes, keys)
        if pretty:
            print(analysis.as_text(found, keys))
        return found

    def create_pipe(
        self,
        factory_name: str,
        name: str | None = None,
        *,
        config: Mapping[str, Any] | None = None,
        raw_config: Mapping[str, Any] | None = None,
        validate: bool = True,
    ) -> Any:
        """Make a component without adding it; arguments as in `add_pipe`."""
        return component_factory.new_pipe(self, factory_name, name, config, raw_config, validate).component

    def create_pipe_from_source(
        self, source_name: str, source: ComponentList, *, name: str
    ) -> tuple[Any, str]:
        """Copy a component of another pipeline without adding it.

        Args:
            source_name: The component's name there.
            source: The other pipeline.
            name: The component's name here.

        Returns:
            The component and the name of its factory.
        """
        pipe = sourcing.sourced_pipe(self, source, source_name, name)
        sourcing.check_vectors([pipe], self.vocab.vectors)
        return pipe.component, pipe.meta.name

    def add_pipe(
        self,
        factory_name: str,
        name: str | None = None,
        *,
        before: str | int | None = None,
        after: str | int | None = None,
        first: bool | None = None,
        last: bool | None = None,
        source: ComponentList | None = None,
        config: Mapping[str, Any] | None = None,
        raw_config: Mapping[str, Any] | None = None,
        validate: bool = True,
    ) -> Any:
        """Make a component and add it to the pipeline.

        Args:
            factory_name: The factory; with `source`, the component's name there.
            name: The component's name here; the factory's when None.
            before: The name or index of the component that follows it.
            after: The name or index of the component that it follows.
            first: Whether it comes first.
            last: Whether it comes last, as it does when no place is given.
            source: A pipeline to copy the component from, with its weights.
            config: Settings over the factory's defaults.
            raw_config: The block as it is to be saved, variables kept; `config` when None.
            validate: Whether the settings are checked against the factory.

        Returns:
            The component.
        """
        component_factory.check_factory_name(factory_name)
        name = factory_name if name is None else name
        self._pipes.check_new(name)
        if source is None:
            pipe = component_factory.new_pipe(self, factory_name, name, config, raw_config, validate)
        else:
            pipe = sourcing.sourced_pipe(self, source, factory_name, name)
            sourcing.check_vectors([pipe], self.vocab.vectors)
        self._pipes.insert(pipe, before=before, after=after, first=first, last=last)
        sourcing.connect(self._pipes)
        return pipe.component

    def replace_pipe(
        self, name: str, factory_name: str, *, config: Mapping[str, Any] | None = None, validate: bool = True
    ) -> Any:
        """Put a new component in the place of one, under the same name."""
        self._pipes.get(name)
        pipe = component_factory.new_pipe(self, factory_name, name, config, None, validate)
        self._pipes.replace(name, pipe)
        return pipe.component

    def replace_listeners(self, tok2vec_name: str, pipe_name: str, listeners: Iterable[str]) -> None:
        """Give a component its own copy of the shared layers that it listens to, weights included.

        The component predicts as before, and then no longer changes with the shared one, which may be removed.

        Args:
            tok2vec_name: The shared component.
            pipe_name: The component that listens.
            listeners: The blocks of its listening layers, such as "model.tok2vec".
        """
        sourcing.replace_listeners(self, tok2vec_name, pipe_name, list(listeners))

    def rename_pipe(self, old_name: str, new_name: str) -> None:
        """Give a component another name."""
        listening = [
            name
            for name, upstream, real in listeners.all_listening(self._pipes)
            if upstream == real == old_name
        ]
        self._pipes.rename(old_name, new_name)
        for name in listening:
            listeners.point(self._pipes.get(name), old_name, new_name)
        component = self.get_pipe(new_name)
        if offers_name(component):
            component.name = new_name
        block = self.config["initialize"].get("components", {})
        if old_name in block:
            block[new_name] = block.pop(old_name)

    def remove_pipe(self, name: str) -> tuple[str, Any]:
        """Take a component out and return its name and the component."""
        pipe = self._pipes.remove(name)
        self.config["initialize"].get("components", {}).pop(name, None)
        return pipe.name, pipe.component

    def disable_pipe(self, name: str) -> None:
        """Keep a component out of use until it is enabled."""
        self._pipes.check_known([name])
        self._pipes.disabled.add(name)

    def enable_pipe(self, name: str) -> None:
        """Put a disabled component to use again."""
        self._pipes.check_known([name])
        self._pipes.disabled.discard(name)

    def disable_pipes(self, *names: Names) -> DisabledPipes:
        """Leave components out of use, until the end of a `with` block or `restore()`; `select_pipes` says the same."""
        listed = [one for name in names for one in ([name] if isinstance(name, str) else name)]
        return self.select_pipes(disable=listed)

    def select_pipes(self, *, disable: Names | None = None, enable: Names | None = None) -> DisabledPipes:
        """Use some of the components, until the end of a `with` block or `restore()`.

        Args:
            disable: These are out of use.
            enable: All but these are out of use.
        """
        return DisabledPipes(self._pipes, select(self._pipes, enable, disable))

    def set_error_handler(self, error_handler: ErrorHandler) -> None:
        """Say what to do with documents that a component fails on, for all components that are here or come later.

        `nlp.pipe` goes on without them where the handler returns; `nlp(text)` gives the document to the next component.

        Args:
            error_handler: Takes the component's name, the component, the documents that it was to annotate together,
                and the error.
        """
        check_handler(error_handler)
        self.default_error_handler = error_handler
        hand_over(error_handler, [component for _, component in self.components])
