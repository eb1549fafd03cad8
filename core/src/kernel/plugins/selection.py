"""Select which of the installed plugins are active.

Precedence in a process, highest first (only the first that is set counts):

1. `kernel --plugins a,b COMMAND`, which sets the next one for this command and its child processes;
2. the variable KERNEL_PLUGINS: `a,b` selects only those, `-a,-b` all but those;
3. `kernel plugins disable NAME`, which lasts in this environment until `kernel plugins enable NAME`;
4. otherwise, all plugins are active.

A config narrows the result further, only for what uses that config: `[plugins]` with `allow`, only those, and `deny`,
all but those. It cannot bring back a plugin that the process excludes.

A name is that of a plugin or of its distribution. An excluded plugin is not imported. With `require`, a config may also
list the distributions it needs: that excludes nothing, and improves the message when a name is missing.
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
        source: Where it was made, for messages.
        required: Distributions that must be installed, as pip writes them.
    """

    text: str = ""
    source: str = VARIABLE
    required: tuple[str, ...] = ()

    def excludes(self, *names: str) -> bool:
        """Return whether a plugin with these names is excluded."""
        aliases = {canonical(name) for name in names}
        return bool(aliases & self.unwanted) or bool(self.wanted and not aliases & self.wanted)

    @property
    def wanted(self) -> set[str]:
        """The only names that may be active; empty for no such limit."""
        return {canonical(word) for word in self._words() if not word.startswith("-")}

    @property
    def unwanted(self) -> set[str]:
        """The names that must not be active."""
        return {canonical(word[1:].strip()) for word in self._words() if word.startswith("-")}

    def _words(self) -> list[str]:
        return [word.strip() for word in self.text.split(",") if word.strip()]


def current() -> Choice:
    """Return the choice that holds in this process."""
    if text := os.environ.get(VARIABLE, "").strip():
        return Choice(text)
    return Choice(",".join(f"-{name}" for name in disabled()), COMMAND)


def disabled() -> list[str]:
    """Return the plugins that are disabled in this environment."""
    try:
        lines = _file().read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return sorted({canonical(line.strip()) for line in lines if line.strip()})


def disable(names: Iterable[str]) -> None:
    """Disable plugins in this environment."""
    _write({*disabled(), *map(canonical, names)})


def enable(names: Iterable[str]) -> None:
    """Enable disabled plugins again."""
    _write({*disabled()} - set(map(canonical, names)))


def _file() -> Path:
    # Inside the environment: another environment has other plugins, and its own choice.
    return Path(sys.prefix) / "etc" / "kernel" / "disabled-plugins.txt"


def _write(names: set[str]) -> None:
    file = _file()
    new_file = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new_file.write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
        new_file.replace(file)
    except OSError as exc:
        raise PluginError(f"{file}: cannot be written, got {exc.strerror}; set {VARIABLE} instead") from exc
