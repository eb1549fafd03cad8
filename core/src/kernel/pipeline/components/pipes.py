"""The ordered list of a pipeline's components, by name, some of them disabled."""

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
        source: Returns the source pipeline, or None once it was garbage collected.
        name: The component's name there.
        path: The `source` in the config; empty if it was copied in code.
        vectors: Fingerprint of the word vectors it was trained with; empty for none.
    """

    source: Callable[[], Any]
    name: str
    path: str = ""
    vectors: str = ""


@dataclass(frozen=True)
class Pipe:
    """A component in a pipeline.

    Args:
        name: Its name in the pipeline.
        component: Takes a document and returns it.
        meta: What its factory declares.
        config: Its config block, with variables.
        origin: Where it was copied from; None if it was created here.
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
        """Return the names and components in use, in order."""
        return [(pipe.name, pipe.component) for pipe in self._pipes if pipe.name not in self.disabled]

    def get(self, name: str) -> Pipe:
        """Return a component by name, even if disabled.

        Raises:
            UnknownName: No component has this name.
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
        """Insert a component; at most one position may be given, the default is last.

        Args:
            pipe: The component.
            before: The name or index of the component to insert it before.
            after: The name or index of the component to insert it after.
            first: Whether to insert it first.
            last: Whether to insert it last.
        """
        self.check_new(pipe.name)
        self._pipes.insert(self._insert_index(pipe.name, before, after, first, last), pipe)
        self._taken[folded(pipe.name)] = pipe.name

    def remove(self, name: str) -> Pipe:
        """Remove a component and return it."""
        self.disabled.discard(name)
        pipe = self._pipes.pop(self._index(name))
        del self._taken[folded(name)]
        return pipe

    def rename(self, old: str, new: str) -> None:
        """Rename a component, in the same position."""
        index = self._index(old)
        self.check_new(new, but=old if new != old else None)
        self._pipes[index] = replace(self._pipes[index], name=new)
        del self._taken[folded(old)]
        self._taken[folded(new)] = new
        if old in self.disabled:
            self.disabled = self.disabled - {old} | {new}

    def replace(self, name: str, pipe: Pipe) -> None:
        """Replace a component by another one, in the same position."""
        self._pipes[self._index(name)] = pipe

    def check_known(self, names: Iterable[str]) -> None:
        """Check that every name is that of a component."""
        for name in names:
            self._index(name)

    def check_new(self, name: str, *, but: str | None = None) -> None:
        """Check that a name is valid and free.

        Args:
            name: The name.
            but: The name of the component that is being renamed.

        Raises:
            ConfigError: It cannot be the name of a folder, or is taken.
        """
        taken = {key: other for key, other in self._taken.items() if other != but} if but else self._taken
        if what := misnomer(name, taken):
            raise ConfigError(f"pipeline: {what}")

    def _index(self, name: str) -> int:
        for index, pipe in enumerate(self._pipes):
            if pipe.name == name:
                return index
        names = f"available: {', '.join(self.names)}" if self._pipes else "the pipeline is empty"
        advice = did_you_mean(str(name), self.names) or f"; {names}"
        raise UnknownName(f"pipeline: unknown component {name!r}{advice}")

    def _insert_index(
        self,
        name: str,
        before: str | int | None,
        after: str | int | None,
        first: bool | None,
        last: bool | None,
    ) -> int:
        positions = {"before": before, "after": after, "first": first or None, "last": last or None}
        positions = {key: value for key, value in positions.items() if value is not None}
        if len(positions) > 1:
            raise ConfigError(
                f"pipeline: expected one position for {name!r}, got {positions}; use one of first, last, before, after"
            )
        if first:
            return 0
        if before is not None:
            return self._index_of(before, name)
        if after is not None:
            return self._index_of(after, name) + 1
        return len(self._pipes)

    def _index_of(self, neighbour: str | int, name: str) -> int:
        if isinstance(neighbour, str):
            return self._index(neighbour)
        if isinstance(neighbour, bool) or not 0 <= neighbour < len(self._pipes):
            raise ConfigError(
                f"pipeline: {name!r} cannot be inserted there, got index {neighbour!r}; "
                f"use the name of a component, or 0 to {len(self._pipes) - 1}"
            )
        return neighbour


class DisabledPipes(list[str]):
    """The components disabled by one call; `restore()` or the end of a `with` block enables them again."""

    def __init__(self, pipes: Pipes, names: Iterable[str]) -> None:
        super().__init__(names)
        self._pipes = pipes
        pipes.disabled |= set(self)

    def __enter__(self) -> DisabledPipes:
        return self

    def __exit__(self, *error: object) -> None:
        self.restore()

    def restore(self) -> None:
        """Enable the components that the call disabled."""
        self._pipes.disabled -= set(self)
        self.clear()


def select(
    pipes: Pipes, enable: str | Iterable[str] | None = None, disable: str | Iterable[str] | None = None
) -> list[str]:
    """Return the components that a selection disables, without those already disabled.

    Args:
        pipes: The pipeline.
        enable: The only components to keep; None for all but `disable`.
        disable: The components to disable; None for all but `enable`.
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
