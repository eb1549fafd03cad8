"""Symbols and their fixed ids: `from kernel.symbols import NOUN`."""

from __future__ import annotations

from kernel.text.base.symbols import IDS as IDS
from kernel.text.base.symbols import NAMES as NAMES


def __getattr__(name: str) -> int:
    if name not in IDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return IDS[name]
