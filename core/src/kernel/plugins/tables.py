"""Tables of names to functions, one per kind, each function imported on first use.

`kernel.plugins.manager` fills the tables; `kernel.registry` offers them to configs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from typing import Any, TypeVar, overload

from kernel.errors import NameTaken, PluginError, PluginImportError, UnknownName, did_you_mean
from kernel.plugins.sandbox import ForeignError, run_foreign

F = TypeVar("F", bound=Callable[..., Any])

#: Suggests how to get an unknown name: (kind, name) -> the end of a message, or "".
Advice = Callable[[str, str], str]


@dataclass(frozen=True, order=True)
class Owner:
    """Where a name comes from: a plugin of a distribution, or one of the user's files.

    Args:
        plugin: The entry point's name; empty for a file.
        distribution: The name that `pip` knows it by; empty for a file.
        version: The distribution's version; empty for a file.
        file: The file, or the module of an interactive session, that registered the name by decorator.
    """

    plugin: str = ""
    distribution: str = ""
    version: str = ""
    file: str = ""

    def __str__(self) -> str:
        return self.file or f"{self.distribution} {self.version}".rstrip()


class Entry:
    """One name of one kind: its target, its owner and, once resolved, its function."""

    def __init__(self, kind: str, name: str, target: str, owner: Owner, function: Any = None) -> None:
        self.kind = kind
        self.name = name
        self.target = target
        self.owner = owner
        self._function = function

    def __repr__(self) -> str:
        return f"Entry({self.kind!r}, {self.name!r}, {self.target!r}, {str(self.owner)!r})"

    def resolve(self) -> Any:
        """Import the function behind the name.

        Raises:
            PluginImportError: The module cannot be imported, exits, or lacks the attribute.
        """
        if self._function is None:
            self._function = self._load()
        return self._function

    def _load(self) -> Any:
        module, _, path = self.target.partition(":")
        try:
            return run_foreign(lambda: reduce(getattr, path.split("."), import_module(module)))
        except ForeignError as exc:
            raise PluginImportError(
                f"{self.name!r} of {self.owner} cannot be loaded from {self.target!r}",
                where=self.kind,
                got=one_line(exc.raised),
                advice=f"repair or reinstall {self.owner.distribution}",
            ) from exc.raised


#: The entries of each name: one for every owner.
Entries = dict[str, list[Entry]]


class NameTable:
    """All names of one kind; also the decorator that adds to it.

    Args:
        kind: The kind.
        advice: Suggests what to do about a name that is not in the table.
        own: The names registered by decorator; other tables of the kind may share them.
    """

    def __init__(self, kind: str, advice: Advice | None = None, own: Entries | None = None) -> None:
        self.kind = kind
        self._advice = advice
        self._entries: Entries = {}
        self._own: Entries = {} if own is None else own

    def __repr__(self) -> str:
        return f"<table of {len(self)} {self.kind}>"

    def __len__(self) -> int:
        return len(self.names())

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._entries or name in self._own

    def names(self) -> list[str]:
        """Return all names, sorted, without importing anything."""
        return sorted({*self._entries, *self._own})

    def entries(self, name: str) -> list[Entry]:
        """Return the entries of a name, sorted by owner: one, unless the name is in conflict."""
        entries = [*self._entries.get(name, ()), *self._own.get(name, ())]
        return sorted(entries, key=lambda entry: entry.owner)

    def add(self, name: str, target: str, owner: Owner) -> None:
        """Add a name with its lazy `"module:attribute"` target."""
        self._entries.setdefault(name, []).append(Entry(self.kind, name, target, owner))

    @overload
    def register(self, name: str, *, func: F) -> F: ...
    @overload
    def register(self, name: str) -> Callable[[F], F]: ...
    def register(self, name: str, *, func: Any = None) -> Any:
        """Register a function under a name: `@table.register("x.v1")` or `table.register("x.v1", func=x)`.

        A file that is loaded again replaces its own names. A name that another owner registered stays, and
        the conflict is reported when the name is used.
        """
        if not isinstance(name, str):
            raise PluginError(
                f"{self.kind}: expected a name, got {name!r}; write @registry.{self.kind}('name.v1')"
            )
        if func is None:
            return lambda function: self.register(name, func=function)
        owner = Owner(file=origin(func))
        target = f"{getattr(func, '__module__', '')}:{getattr(func, '__qualname__', type(func).__name__)}"
        others = [entry for entry in self._own.get(name, ()) if entry.owner != owner]
        self._own[name] = [*others, Entry(self.kind, name, target, owner, func)]
        return func

    def __call__(self, name: str, func: Any = None) -> Any:
        return self.register(name, func=func) if func is not None else self.register(name)

    def entry(self, name: str) -> Entry:
        """Return the one entry of a name, without importing it.

        Raises:
            UnknownName: No plugin or file registers the name.
            NameTaken: More than one does.
        """
        if not isinstance(name, str):
            got = f"{name!r:.80}"
            raise UnknownName("expected a name", where=self.kind, got=got, advice="write it in quotes")
        entries = self.entries(name)
        if not entries:
            advice = self._advice(self.kind, name) if self._advice else ""
            advice = advice or did_you_mean(name, self.names()) or self.contents()
            error = UnknownName(f"unknown name {name!r:.200}", where=self.kind, advice=advice)
            error.name = name
            raise error
        if len(entries) > 1:
            raise NameTaken(_conflict(entries), where=self.kind)
        return entries[0]

    def get(self, name: str) -> Any:
        """Import and return the function behind a name."""
        return self.entry(name).resolve()

    def get_all(self) -> dict[str, Any]:
        """Import and return every function, by name."""
        return {name: self.get(name) for name in self.names()}

    def contents(self) -> str:
        """Phrase the names in the table as the end of a message."""
        names = self.names()
        if not names:
            return f"; no {self.kind} are installed"
        more = f" and {len(names) - 8} more" if len(names) > 8 else ""
        return f"; available: {', '.join(names[:8])}{more}"


def conflict(entries: list[Entry]) -> str:
    """Explain which owners register the same name of a kind, and how to resolve that."""
    return f"{entries[0].kind}: {_conflict(entries)}"


def _conflict(entries: list[Entry]) -> str:
    first, *rest = entries
    owners = " and ".join(str(entry.owner) for entry in entries)
    others = [entry.owner for entry in rest if entry.owner.plugin not in ("", "kernel")]
    if not others:
        return f"{first.name!r} is registered by {owners}; rename one"
    other = others[-1]
    # Two distributions may use the same plugin name.
    is_unique = sum(entry.owner.plugin == other.plugin for entry in entries) == 1
    name = other.plugin if is_unique else other.distribution
    in_config = "" if first.kind == "commands" else f'write [plugins] deny = ["{name}"] in the config, or '
    return (
        f"{first.name!r} is registered by {owners}; {in_config}set KERNEL_PLUGINS=-{name}, or uninstall one"
    )


def one_line(exc: BaseException) -> str:
    """Format an exception as its type and message on one short line."""
    message = " ".join(str(exc).split())
    message = message if len(message) <= 160 else message[:157] + "..."
    return f"{type(exc).__name__}: {message}" if message else type(exc).__name__


def origin(func: Any) -> str:
    """Return the file that defines a function or class; its module where there is no such file."""
    module = getattr(func, "__module__", None) or "__main__"
    code = getattr(func, "__code__", None)
    file = code.co_filename if code else getattr(sys.modules.get(module), "__file__", None)
    return module if not file or file.startswith("<") or module == "__main__" else file
