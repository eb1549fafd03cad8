"""`kernel info`: what is installed, or what a trained pipeline holds."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from kernel.errors import CheckpointError


@click.command("info")
@click.argument("model", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(model: str | None, as_json: bool) -> None:
    """Show what is installed, or what the pipeline MODEL holds."""
    facts = about_installation() if model is None else about_pipeline(Path(model))
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(lines(facts)))


def about_installation() -> dict[str, Any]:
    """Gather what a report of a problem needs."""
    from kernel import __file__, __version__
    from kernel.namesake import conflict_anywhere
    from kernel.registry import registry

    return {
        "kernel_version": __version__,
        "location": str(Path(__file__).parent),
        "platform": platform.platform(),
        "python_version": platform.python_version(),
        **({"conflict": found} if (found := conflict_anywhere()) else {}),
        "plugins": {plugin.name: f"{plugin.owner} ({plugin.state})" for plugin in registry.plugins.records},
    }


def about_pipeline(folder: Path) -> dict[str, Any]:
    """Read a saved pipeline's meta data, without loading the pipeline.

    Raises:
        CheckpointError: The folder holds no pipeline.
    """
    path = folder / "meta.json"
    try:
        meta = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise CheckpointError(
            f"{path}: cannot be read, got {exc.strerror}; give the folder of a saved pipeline, such as "
            "output/model-best"
        ) from exc
    except ValueError as exc:
        raise CheckpointError(f"{path}: is not JSON, got {exc}; save the pipeline again") from exc
    if not isinstance(meta, dict):
        raise CheckpointError(
            f"{path}: expected an object, got {type(meta).__name__}; save the pipeline again"
        )
    return {**meta, "source": str(folder.resolve())}


def lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """Write facts down, one a line; what has parts below its name."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        if isinstance(value, Mapping) and value:
            yield name
            yield from (f"  {part}: {brief(item)}" for part, item in value.items())
        elif value not in (None, "", [], {}):
            yield f"{name.ljust(width)}  {brief(value)}"


def brief(value: Any) -> str:
    """Write a value on a line, long lists by their first items and their number."""
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, Mapping):
        return f"{len(value)} entries"
    if isinstance(value, list):
        shown = ", ".join(map(str, value[:8]))
        return f"{shown} ... ({len(value)} in all)" if len(value) > 8 else shown
    return str(value)
