"""What is wrong with a config, gathered while it is checked, so that one report names everything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from kernel.config.format.sources import Source, address, place
from kernel.errors import ConfigError, KernelError, UnknownName, cut, did_you_mean, nearest

#: Wrong names that are compared with all others: it takes long, and who has mistaken more needs another kind of help.
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
        self._found: list[_Found] = []
        self._concerned: set[str] = set()
        self._n_advised = 0
        self._only_names = True

    def add(self, section: str, key: str, what: str, *, about: Iterable[str] = ()) -> None:
        """Note one mistake.

        Args:
            section: Dotted path of the section.
            key: Key in it; empty for the section itself.
            what: The message after its address.
            about: Dotted paths that would make it right if they were there.
        """
        self.add_error(section, key, ConfigError(what), about=about)

    def add_error(self, section: str, key: str, error: KernelError, *, about: Iterable[str] = ()) -> None:
        """Note what was raised because of a value, wherever that said it stood.

        Args:
            section: Dotted path of the section.
            key: Key in it; empty for the section itself.
            error: What was raised.
            about: Dotted paths that would make it right if they were there.
        """
        path = f"{section}.{key}" if key else section
        if self.is_spoilt(path):
            return
        error = error.at(address(self.sources, section, key))
        self._note(path, error, cut(str(error)), about)
        self._only_names &= isinstance(error, UnknownName)

    def add_told(self, section: str, error: KernelError) -> None:
        """Note what somebody else has found in a section, in an error that names the place."""
        self._note(section, error, str(error))
        self._only_names = False

    def _note(self, path: str, error: KernelError, message: str, about: Iterable[str] = ()) -> None:
        self._found.append(_Found(self._line(path), message, path, frozenset((path, *about)), error))
        self._concerned.update((path, path.rpartition(".")[0]))

    def concern(self, section: str) -> bool:
        """Whether something is wrong with a section itself or with one of its keys."""
        return section in self._concerned

    def advice(self, name: str, names: Collection[str]) -> str:
        """Phrase the nearest of many names as the end of a message, for the first wrong names of a report.

        Args:
            name: What was written.
            names: What exists.
        """
        self._n_advised += 1
        return did_you_mean(name, names) if self._n_advised <= N_ADVISED else ""

    def _line(self, path: str) -> int:
        found = place(self.sources, path)
        return found.line if found and found.line else 1 << 30

    def spoil(self, paths: Iterable[str]) -> None:
        """Note no more about these dotted paths, nor about what they hold: they are known to be wrong."""
        self._spoilt.update(paths)

    def is_spoilt(self, path: str) -> bool:
        """Whether a dotted path, or a section around it, is known to be wrong already."""
        return _is_in(path, self._spoilt)

    def add_unknown_key(
        self, section: str, key: str, value: Any, known: Iterable[str], noun: str = "key"
    ) -> None:
        """Note a key that nothing reads."""
        known = list(known)
        advice = did_you_mean(key, known) or "; remove it"
        self.mean(*(f"{section}.{near}" for near in nearest(key, known, n=1)))
        self.add(section, key, f"no such {noun}, got {shortened(value)}{advice}")

    def mean(self, *paths: str) -> None:
        """Say what a misspelt name was meant for: that these are missing is not reported, now or later."""
        self._meant.update(paths)

    def trace(self, origins: Mapping[str, str]) -> None:
        """Say where values come from that variables stand for: they are not blamed beside it."""
        self._origins.update(origins)

    def _follows(self, found: _Found, blamed: set[str]) -> bool:
        origin = self._origins.get(found.path, found.path)
        missing = any(_is_in(path, self._meant) for path in found.about if path not in self.sources)
        return missing or (origin != found.path and origin in blamed)

    def messages(self) -> list[str]:
        """Give every message once, in the order of the file."""
        return list(self._reported())

    def _reported(self) -> dict[str, KernelError]:
        blamed = {each.path for each in self._found}
        own = [each for each in self._found if not self._follows(each, blamed)]
        return {each.message: each.error for each in sorted(own, key=lambda each: each.line)}

    def raise_all(self) -> None:
        """Raise one error with every message, if there are any."""
        if self._found:
            reported = self._reported()
            error = (UnknownName if self._only_names else ConfigError)("\n".join(reported))
            error.errors = tuple(reported.values())
            raise error


class _Found(NamedTuple):
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
    """Show a value in a message, cut to a readable length."""
    if isinstance(value, Mapping):
        return "a section"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]}..."
