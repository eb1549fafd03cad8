"""Uninstall a distribution from this environment, by pip or uv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from kernel.errors import PluginError

Runner = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def installer() -> list[str]:
    """Return the command that uninstalls from this environment: pip's, or uv's where there is no pip.

    Raises:
        PluginError: There is neither.
    """
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "uninstall", "--yes"]
    if uv := os.environ.get("UV") or shutil.which("uv"):
        return [uv, "pip", "uninstall", "--python", sys.executable]
    raise PluginError(
        f"plugins uninstall: neither pip nor uv is available for {sys.executable}; "
        "use the tool that installed the plugin, or disable it with `kernel plugins disable`"
    )


def call(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command and capture its output."""
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)


def uninstall(distribution: str, run: Runner = call) -> str:
    """Uninstall a distribution and return the command that did.

    Raises:
        PluginError: The installer failed.
    """
    command = [*installer(), distribution]
    done = run(command)
    output = " ".join(f"{done.stdout}\n{done.stderr}".split())
    if done.returncode:
        raise PluginError(f"plugins uninstall: {' '.join(command)} failed, got {output!r}; run it yourself")
    return " ".join(command)
