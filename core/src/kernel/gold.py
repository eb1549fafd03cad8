"""Tell training code written for spaCy 2 what to import instead."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module 'kernel.gold' has no attribute {name!r}")
    what = (
        "write Example.from_dict(nlp.make_doc(text), annotations), and nlp.update([example])"
        if name == "GoldParse"
        else f"try from kernel.training import {name}"
    )
    # For `from kernel.gold import ...`, Python hides the text of an AttributeError.
    raise ImportError(f"kernel.gold: {name!r} is not available here; {what}")
