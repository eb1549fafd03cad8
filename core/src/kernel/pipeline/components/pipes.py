"""The ordered list of components: where one goes, which take part, and all of it by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kernel.config.rules.component_names import folded, misnomer
from kernel.contracts import FactoryMeta
from kernel.errors import ConfigError, UnknownName, did_you_mean


@dataclass(frozen=True)
class Origin:
    """Where a component was copied from.

    Args:
        source: Gives the pipeline, while somebody holds it.
        name: The component's name there.
        path: Where a config takes it from; empty where no config does.
        vectors: Which word vectors it was learnt with; empty for none.
    """

    source: Callable[[], Any]
    name: str
    path: str = ""
    vectors: str = ""


@dataclass(frozen=True)
class Pipe:
    """One component in its place.

    Args:
        name: Its name in the pipeline.
        component: Takes a document and returns it.
        meta: What its factory states.
        config: Its block as the user sees it, variables kept.
        origin: Where it was copied from; None for one that was made here.
    """

    name: str
    component: Callable[..., Any]
    meta: FactoryMeta
    config: dict[str, Any] = field(default_factory=dict)
    origin: Origin | None = None


class Pipes:
    """The components of one pipeline, in order; some may be disabled."""

    def __init__(self) -> None:
        self._pipes: list[Pipe] = []
        self._taken: dict[str, str] = {}
        self.disabled: set[str] = set()

    def __iter__(self) -> Iterator[Pipe]:
        return iter(self._pipes)

    def __len__(self) -> int:
        return len(self._pipes)

    def __contains__(self, name: object) -> bool:
        return any(pipe.name == name for pipe in self._pipes)

    @property
    def names(self) -> list[str]:
        """All names, in order."""
        return [pipe.name for pipe in self._pipes]

    def active(self) -> list[tuple[str, Callable[..., Any]]]:
        """The names and components that take part, in order."""
        return [(pipe.name, pipe.component) for pipe in self._pipes if pipe.name not in self.disabled]

    def get(self, name: str) -> Pipe:
        """Find a component, disabled ones too.

        Raises:
            UnknownName: There is none of this name.
        """
        return self._pipes[self._index(name)]

    def insert(
        self,
        pipe: Pipe,
        *,
        before: str | int | None = None,
        after: str | int | None = None,
        first: bool | None = None,
        last: bool | None = None,
    ) -> None:
        """Put a component into its place; at most one of the places is given, the end is the default.

        Args:
            pipe: The component.
            before: The name or the index of the one that follows it.
            after: The name or the index of the one that it follows.
            first: Whether it comes first.
            last: Whether it comes last.
        """
        self.check_new(pipe.name)
        self._pipes.insert(self._place(pipe.name, before, after, first, last), pipe)
        self._taken[folded(pipe.name)] = pipe.name

    def remove(self, name: str) -> Pipe:
        """Take a component out and return it."""
        self.disabled.discard(name)
        pipe = self._pipes.pop(self._index(name))
        del self._taken[folded(name)]
        return pipe

    def rename(self, old: str, new: str) -> None:
        """Give a component another name, in the same place."""
        index = self._index(old)
        self.check_new(new, but=old if new != old else None)
        self._pipes[index] = replace(self._pipes[index], name=new)
        del self._taken[folded(old)]
        self._taken[folded(new)] = new
        if old in self.disabled:
            self.disabled = self.disabled - {old} | {new}

    def replace(self, name: str, pipe: Pipe) -> None:
        """Put another component in the place of one."""
        self._pipes[self._index(name)] = pipe

    def check_known(self, names: Iterable[str]) -> None:
        """Raise for the first name that no component has."""
        for name in names:
            self._index(name)

    def check_new(self, name: str, *, but: str | None = None) -> None:
        """Raise when a component cannot have this name.

        Args:
            name: The name.
            but: The name of a component that gives its own up for it.

        Raises:
            ConfigError: It is no name of a folder, or taken.
        """
        taken = {key: one for key, one in self._taken.items() if one != but} if but else self._taken
        if what := misnomer(name, taken):
            raise ConfigError(f"pipeline: {what}")

    def _index(self, name: str) -> int:
        for index, pipe in enumerate(self._pipes):
            if pipe.name == name:
                return index
        there_are = f"there are {', '.join(self.names)}" if self._pipes else "the pipeline is empty"
        advice = did_you_mean(str(name), self.names) or f"; {there_are}"
        raise UnknownName(f"pipeline: no component has this name, got {name!r}{advice}")

    def _place(
        self,
        name: str,
        before: str | int | None,
        after: str | int | None,
        first: bool | None,
        last: bool | None,
    ) -> int:
        given = {"before": before, "after": after, "first": first or None, "last": last or None}
        given = {key: value for key, value in given.items() if value is not None}
        if len(given) > 1:
            raise ConfigError(
                f"pipeline: {name!r} can have one place only, got {given}; give one of first, last, before, after"
            )
        if first:
            return 0
        if before is not None:
            return self._position(before, name)
        if after is not None:
            return self._position(after, name) + 1
        return len(self._pipes)

    def _position(self, place: str | int, name: str) -> int:
        if isinstance(place, str):
            return self._index(place)
        if isinstance(place, bool) or not 0 <= place < len(self._pipes):
            raise ConfigError(
                f"pipeline: {name!r} has no such place, got index {place!r}; "
                f"expected the name of a component, or 0 to {len(self._pipes) - 1}"
            )
        return place


class DisabledPipes(list[str]):
    """The components that one call disabled; `restore()` or the end of a `with` block enables them again."""

    def __init__(self, pipes: Pipes, names: Iterable[str]) -> None:
        super().__init__(names)
        self._pipes = pipes
        pipes.disabled |= set(self)

    def __enter__(self) -> DisabledPipes:
        return self

    def __exit__(self, *error: object) -> None:
        self.restore()

    def restore(self) -> None:
        """Enable again what this call disabled."""
        self._pipes.disabled -= set(self)
        self.clear()


def select(
    pipes: Pipes, enable: str | Iterable[str] | None = None, disable: str | Iterable[str] | None = None
) -> list[str]:
    """Say which components a choice switches off, leaving out those that are off already.

    Args:
        pipes: The pipeline.
        enable: Only these stay on; None: all but `disable`.
        disable: These go off; None: all but `enable`.
    """
    if enable is None and disable is None:
        raise ConfigError("select_pipes: expected enable or disable, got neither; name the components")
    off = set(_names(disable)) if disable is not None else set(pipes.names) - set(_names(enable))
    pipes.check_known([*_names(enable), *_names(disable)])
    if enable is not None and off & set(_names(enable)):
        both = sorted(off & set(_names(enable)))
        raise ConfigError(f"select_pipes: both enabled and disabled, got {', '.join(map(repr, both))}")
    if enable is not None and disable is not None and off != set(pipes.names) - set(_names(enable)):
        rest = sorted(set(pipes.names) - set(_names(enable)) - off)
        raise ConfigError(f"select_pipes: neither enabled nor disabled, got {', '.join(map(repr, rest))}")
    return [name for name in pipes.names if name in off and name not in pipes.disabled]


def _names(names: str | Iterable[str] | None) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)
