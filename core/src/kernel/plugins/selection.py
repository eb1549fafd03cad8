"""Which of the installed plugins take part.

In a process, whoever speaks first below decides alone:

1. `kernel --plugins a,b COMMAND`, which sets the next one for this command and what it starts;
2. the variable KERNEL_PLUGINS: `a,b` takes only those, `-a,-b` all but those;
3. `kernel plugins disable NAME`, which lasts in this environment until `kernel plugins enable NAME`;
4. nobody: all take part.

A config narrows what is left, for whatever uses that config and nothing else: `[plugins]` with `allow`, only those,
and `deny`, all but those. It cannot bring back what the process leaves out.

A name is that of a plugin or of its distribution. A plugin that is left out is not imported. A config may also say, by
`require`, which distributions it needs: that leaves nothing out, and helps where a name is missing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import PluginError
from kernel.plugins.requirements import canonical

VARIABLE = "KERNEL_PLUGINS"
COMMAND = "`kernel plugins disable`"


@dataclass(frozen=True)
class Choice:
    """A choice of plugins.

    Args:
        text: `a,b` for only those, `-a,-b` for all but those; empty for all.
        source: Who made it, for messages.
        required: Distributions that must be installed, as pip writes them.
    """

    text: str = ""
    source: str = VARIABLE
    required: tuple[str, ...] = ()

    def excludes(self, *names: str) -> bool:
        """Whether a plugin with these names is left out."""
        found = {canonical(name) for name in names}
        return bool(found & self.unwanted) or bool(self.wanted and not found & self.wanted)

    @property
    def wanted(self) -> set[str]:
        """The names that only may take part; empty for no such limit."""
        return {canonical(word) for word in self._words() if not word.startswith("-")}

    @property
    def unwanted(self) -> set[str]:
        """The names that may not take part."""
        return {canonical(word[1:].strip()) for word in self._words() if word.startswith("-")}

    def _words(self) -> list[str]:
        return [word.strip() for word in self.text.split(",") if word.strip()]


def current() -> Choice:
    """The choice that holds in this process."""
    if text := os.environ.get(VARIABLE, "").strip():
        return Choice(text)
    return Choice(",".join(f"-{name}" for name in disabled()), COMMAND)


def disabled() -> list[str]:
    """The plugins that are disabled in this environment."""
    try:
        lines = _file().read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return sorted({canonical(line.strip()) for line in lines if line.strip()})


def disable(names: Iterable[str]) -> None:
    """Leave plugins out from here on."""
    _write({*disabled(), *map(canonical, names)})


def enable(names: Iterable[str]) -> None:
    """Let plugins take part again."""
    _write({*disabled()} - set(map(canonical, names)))


def _file() -> Path:
    # Beside what is installed: another environment has other plugins, and another choice.
    return Path(sys.prefix) / "etc" / "kernel" / "disabled-plugins.txt"


def _write(names: set[str]) -> None:
    file = _file()
    beside = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
        beside.replace(file)
    except OSError as exc:
        raise PluginError(f"{file}: cannot be written, got {exc.strerror}; set {VARIABLE} instead") from exc
