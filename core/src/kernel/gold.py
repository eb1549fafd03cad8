"""The module of spaCy 2's training API; importing from it raises an error that names the replacement."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module 'kernel.gold' has no attribute {name!r}")
    advice = (
        "write Example.from_dict(nlp.make_doc(text), annotations), and nlp.update([example])"
        if name == "GoldParse"
        else f"try from kernel.training import {name}"
    )
    # Not an AttributeError: `from kernel.gold import ...` would replace its message.
    raise ImportError(f"kernel.gold: {name} does not exist; {advice}")
