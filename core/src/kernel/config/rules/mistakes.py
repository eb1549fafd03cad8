"""The mistakes of a config, collected while it is checked, so that one report lists them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from kernel.config.format.sources import Source, address, place
from kernel.errors import ConfigError, KernelError, UnknownName, cut, did_you_mean, nearest

#: Maximum number of wrong names that are compared with all others, since that is slow.
N_ADVISED = 20


class Mistakes:
    """The messages of one check, in the order of the file.

    Args:
        sources: The place of each section and key, as far as known.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self._spoilt: set[str] = set()
        self._meant: set[str] = set()
        self._origins: dict[str, str] = {}
        self._mistakes: list[_Mistake] = []
        self._concerned: set[str] = set()
        self._n_advised = 0
        self._only_names = True

    def add(self, section: str, key: str, what: str, *, about: Iterable[str] = ()) -> None:
        """Add one mistake.

        Args:
            section: Dotted path of the section.
            key: Key in it; empty for the section itself.
            what: The message after its address.
            about: Dotted paths whose absence is the mistake.
        """
        self.add_error(section, key, ConfigError(what), about=about)

    def add_error(self, section: str, key: str, error: KernelError, *, about: Iterable[str] = ()) -> None:
        """Add an error that was raised because of a value, with the address of that value.

        Args:
            section: Dotted path of the section.
            key: Key in it; empty for the section itself.
            error: The error.
            about: Dotted paths whose absence is the mistake.
        """
        path = f"{section}.{key}" if key else section
        if self.is_spoilt(path):
            return
        error = error.at(address(self.sources, section, key))
        self._note(path, error, cut(str(error)), about)
        self._only_names &= isinstance(error, UnknownName)

    def add_addressed(self, section: str, error: KernelError) -> None:
        """Add an error in a section that has its address already."""
        self._note(section, error, str(error))
        self._only_names = False

    def _note(self, path: str, error: KernelError, message: str, about: Iterable[str] = ()) -> None:
        self._mistakes.append(_Mistake(self._line(path), message, path, frozenset((path, *about)), error))
        self._concerned.update((path, path.rpartition(".")[0]))

    def concern(self, section: str) -> bool:
        """Whether something is wrong with a section itself or with one of its keys."""
        return section in self._concerned

    def advice(self, name: str, names: Collection[str]) -> str:
        """Return the most similar name as the end of a message, for the first wrong names of a report.

        Args:
            name: The wrong name.
            names: The existing names.
        """
        self._n_advised += 1
        return did_you_mean(name, names) if self._n_advised <= N_ADVISED else ""

    def _line(self, path: str) -> int:
        source = place(self.sources, path)
        return source.line if source and source.line else 1 << 30

    def spoil(self, paths: Iterable[str]) -> None:
        """Ignore further mistakes at or below these dotted paths, which are known to be wrong."""
        self._spoilt.update(paths)

    def is_spoilt(self, path: str) -> bool:
        """Whether a dotted path, or a section around it, is known to be wrong already."""
        return _is_in(path, self._spoilt)

    def add_unknown_key(
        self, section: str, key: str, value: Any, known: Iterable[str], noun: str = "key"
    ) -> None:
        """Add the mistake of an unknown key."""
        known = list(known)
        advice = did_you_mean(key, known) or "; remove it"
        self.mean(*(f"{section}.{near}" for near in nearest(key, known, n=1)))
        self.add(section, key, f"no such {noun}, got {shortened(value)}{advice}")

    def mean(self, *paths: str) -> None:
        """Record what a misspelt name was meant to be, so that these paths are not reported as missing."""
        self._meant.update(paths)

    def trace(self, origins: Mapping[str, str]) -> None:
        """Record where variables get their values, so that a mistake there is not reported again for the variable."""
        self._origins.update(origins)

    def _follows(self, mistake: _Mistake, blamed: set[str]) -> bool:
        origin = self._origins.get(mistake.path, mistake.path)
        missing = any(_is_in(path, self._meant) for path in mistake.about if path not in self.sources)
        return missing or (origin != mistake.path and origin in blamed)

    def messages(self) -> list[str]:
        """Return every message once, in the order of the file."""
        return list(self._reported())

    def _reported(self) -> dict[str, KernelError]:
        blamed = {each.path for each in self._mistakes}
        own = [each for each in self._mistakes if not self._follows(each, blamed)]
        return {each.message: each.error for each in sorted(own, key=lambda each: each.line)}

    def raise_all(self) -> None:
        """Raise one error with every message, if there are any."""
        if self._mistakes:
            reported = self._reported()
            error = (UnknownName if self._only_names else ConfigError)("\n".join(reported))
            error.errors = tuple(reported.values())
            raise error


class _Mistake(NamedTuple):
    line: int
    message: str
    path: str
    about: frozenset[str]
    error: KernelError


def _is_in(path: str, paths: set[str]) -> bool:
    """Whether a dotted path, or a section around it, is one of these."""
    while path and path not in paths:
        path = path.rpartition(".")[0]
    return bool(path)


def shortened(value: Any) -> str:
    """Return a value for a message, cut to a readable length."""
    if isinstance(value, Mapping):
        return "a section"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]}..."
