"""The command line as a person uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def call_kernel(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `kernel` in a folder, with none of the caller's own settings.

    Args:
        folder: The working directory.
        arguments: The words of the command line.
        environment: Variables to set.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KERNEL_")}
    return subprocess.run(
        [sys.executable, "-m", "kernel", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
