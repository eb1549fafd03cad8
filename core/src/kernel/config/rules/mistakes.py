"""What is wrong with a config, gathered while it is checked, so that one report names everything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from kernel.config.format.sources import Source, describe, place
from kernel.errors import ConfigError, UnknownName, cut, did_you_mean, nearest

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

    def add(
        self, section: str, key: str, what: str, *, unknown_name: bool = False, about: Iterable[str] = ()
    ) -> None:
        """Note one mistake.

        Args:
            section: Dotted path of the section.
            key: Key in it; empty for the section itself.
            what: The message after its address.
            unknown_name: Whether it is a name that nobody registers.
            about: Dotted paths that would make it right if they were there.
        """
        path = f"{section}.{key}" if key else section
        if self.is_spoilt(path):
            return
        message = cut(f"{describe(self.sources, section, key)} {what}")
        self._found.append(_Found(self._line(path), message, path, frozenset((path, *about))))
        self._concerned.update((path, path.rpartition(".")[0]))
        self._only_names &= unknown_name

    def add_told(self, section: str, message: str) -> None:
        """Note what somebody else has found in a section, in a message that names the place."""
        self._found.append(_Found(self._line(section), message, section, frozenset((section,))))
        self._concerned.update((section, section.rpartition(".")[0]))
        self._only_names = False

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
        blamed = {each.path for each in self._found}
        own = [each for each in self._found if not self._follows(each, blamed)]
        return list(dict.fromkeys(each.message for each in sorted(own, key=lambda each: each.line)))

    def raise_all(self) -> None:
        """Raise one error with every message, if there are any."""
        if self._found:
            error = UnknownName if self._only_names else ConfigError
            raise error("\n".join(self.messages()))


class _Found(NamedTuple):
    line: int
    message: str
    path: str
    about: frozenset[str]


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
