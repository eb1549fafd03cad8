"""The frameworks that `uv sync` leaves out, for the tests of the plugins that bring them."""

from __future__ import annotations

from typing import Any

import pytest


def framework(module: str) -> Any:
    """Import a framework, or skip the tests of the module that asks."""
    return pytest.importorskip(module, reason=f"needs {module}, which `.ci/heavy` installs")
