"""What is wrong with a config, gathered while it is checked, so that one report names everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kernel.config.sources import Source, describe, place
from kernel.errors import ConfigError, UnknownName, did_you_mean


class Mistakes:
    """The messages of one check, in the order of the file.

    Args:
        sources: The place of each section and key, as far as known.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._spoilt: set[str] = set()
        self._found: list[tuple[int, str]] = []
        self._only_names = True

    def add(self, section: str, key: str, what: str, *, unknown_name: bool = False) -> None:
        """Note one mistake.

        Args:
            section: Dotted path of the section.
            key: Key in it; empty for the section itself.
            what: The message after its address.
            unknown_name: Whether it is a name that nobody registers.
        """
        path = f"{section}.{key}" if key else section
        if self.is_spoilt(path):
            return
        found = place(self._sources, path)
        message = f"{describe(self._sources, section, key)} {what}"
        self._found.append((found.line if found and found.line else 1 << 30, message))
        self._only_names &= unknown_name

    def spoil(self, paths: Iterable[str]) -> None:
        """Note no more about these dotted paths, nor about what they hold: they are known to be wrong."""
        self._spoilt.update(paths)

    def is_spoilt(self, path: str) -> bool:
        """Whether a dotted path, or a section around it, is known to be wrong already."""
        while path and path not in self._spoilt:
            path = path.rpartition(".")[0]
        return bool(path)

    def add_unknown_key(
        self, section: str, key: str, value: Any, known: Iterable[str], noun: str = "key"
    ) -> None:
        """Note a key that nothing reads."""
        advice = did_you_mean(key, known) or "; remove it"
        self.add(section, key, f"no such {noun}, got {shortened(value)}{advice}")

    def raise_all(self) -> None:
        """Raise one error with every message, if there are any."""
        if self._found:
            lines = [message for _, message in sorted(self._found, key=lambda item: item[0])]
            error = UnknownName if self._only_names else ConfigError
            raise error("\n".join(dict.fromkeys(lines)))


def shortened(value: Any) -> str:
    """Show a value in a message, cut to a readable length."""
    if isinstance(value, Mapping):
        return "a section"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]}..."
