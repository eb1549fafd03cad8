"""Analyze which attributes the components of a pipeline set and require, and which requirements are unmet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kernel.errors import ConfigError, did_you_mean
from kernel.pipeline.components.pipes import Pipe

KEYS = ("assigns", "requires", "scores", "retokenizes")


def analyze(pipes: Iterable[Pipe], keys: Sequence[str] = KEYS) -> dict[str, Any]:
    """Collect what the components declare; see `Language.analyze_pipes`."""
    for key in keys:
        if key not in KEYS:
            advice = did_you_mean(str(key), KEYS) or f"; the keys are {', '.join(KEYS)}"
            raise ConfigError(f"nlp.analyze_pipes: keys: no such key, got {key!r}{advice}")
    pipes = list(pipes)
    problems: dict[str, list[str]] = {}
    attrs: dict[str, dict[str, list[str]]] = {}
    assigned: set[str] = set()
    for pipe in pipes:
        problems[pipe.name] = [attr for attr in pipe.meta.requires if attr not in assigned]
        assigned.update(pipe.meta.assigns)
        for key in ("assigns", "requires"):
            for attr in getattr(pipe.meta, key):
                attrs.setdefault(attr, {"assigns": [], "requires": []})[key].append(pipe.name)
    summary = {pipe.name: {key: _declared(pipe, key) for key in keys} for pipe in pipes}
    return {"summary": summary, "problems": problems, "attrs": attrs}


def as_text(analysis: Mapping[str, Any], keys: Sequence[str] = KEYS) -> str:
    """Format an analysis as a table, with one line per attribute, followed by its problems."""
    lines = [("#", "Component", *(key.capitalize() for key in keys))]
    for number, (name, declared) in enumerate(analysis["summary"].items()):
        columns = [[str(number)], [name], *(_cell(declared[key]) for key in keys)]
        for row in range(max(map(len, columns))):
            lines.append(tuple(cell[row] if row < len(cell) else "" for cell in columns))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    table = [
        "   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    unmet = [(name, attrs) for name, attrs in analysis["problems"].items() if attrs]
    problems = [
        f"! {name!r} requires what no earlier component sets: {', '.join(attrs)}" for name, attrs in unmet
    ]
    return "\n".join([*table, "", *(problems or ["No problems found."])])


def _declared(pipe: Pipe, key: str) -> Any:
    value = getattr(pipe.meta, key)
    return value if isinstance(value, bool) else list(value)


def _cell(value: Any) -> list[str]:
    return [str(value)] if isinstance(value, bool) else list(value) or [""]
