"""`kernel info`: show what is installed, or describe a trained pipeline."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from kernel.errors import CheckpointError, printable
from kernel.system.files import regular


@click.command("info")
@click.argument("model", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--verify", is_flag=True, help="Verify all files of MODEL by their checksums.")
def command(model: str | None, as_json: bool, verify: bool) -> None:
    """Show what is installed, or describe the pipeline MODEL."""
    if model is None and verify:
        raise click.UsageError("--verify needs the folder of a pipeline: kernel info MODEL --verify")
    facts = about_installation() if model is None else about_pipeline(Path(model), verify=verify)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        from kernel.pipeline.saving.integrity import without_checksums

        # The metadata of a pipeline is untrusted: escape what a terminal would interpret.
        shown = lines(without_checksums(facts))
        click.echo("\n".join(printable(line).replace("\n", "\\n") for line in shown))


def about_installation() -> dict[str, Any]:
    """Return the facts that a bug report needs."""
    from kernel import __file__, __version__
    from kernel.registry import registry
    from kernel.system.import_name import conflict_anywhere

    return {
        "kernel_version": __version__,
        "location": str(Path(__file__).parent),
        "platform": platform.platform(),
        "python_version": platform.python_version(),
        **({"conflict": conflict} if (conflict := conflict_anywhere()) else {}),
        "plugins": {plugin.name: f"{plugin.owner} ({plugin.state})" for plugin in registry.plugins.records},
    }


def about_pipeline(folder: Path, *, verify: bool = False) -> dict[str, Any]:
    """Read a saved pipeline's metadata, without loading the pipeline.

    Args:
        folder: The pipeline's folder.
        verify: Whether to compare every file with its checksum; otherwise large files are compared by length.

    Raises:
        CheckpointError: The folder holds no pipeline, or `verify` finds a damaged file.
    """
    from kernel.text.base.json_data import read_json

    path = folder / "meta.json"
    try:
        meta = read_json(regular(path).read_bytes())
    except OSError as exc:
        raise CheckpointError(
            f"{path}: cannot be read, got {exc.strerror}; name the folder of a saved pipeline, such as "
            "output/model-best"
        ) from exc
    except ValueError as exc:
        raise CheckpointError(f"{path}: not JSON, got {exc}; save the pipeline again") from exc
    if not isinstance(meta, dict):
        raise CheckpointError(
            f"{path}: expected a JSON object, got {type(meta).__name__}; save the pipeline again"
        )
    return {**meta, "source": str(folder.resolve()), **about_files(folder, meta, verify)}


def about_files(folder: Path, meta: Mapping[str, Any], verify: bool) -> dict[str, Any]:
    """Return whether a pipeline's files are unchanged since it was saved.

    Raises:
        CheckpointError: One has changed or cannot be verified, and `verify` holds.
    """
    from kernel.pipeline.saving import integrity

    if not integrity.is_recorded(meta):
        if verify:
            raise CheckpointError(
                f"{folder}: cannot be verified, got a pipeline saved without checksums; load it and save it again"
            )
        return {"integrity": "unverified, saved without checksums"}
    result = integrity.Check(folder, meta, full=verify).result()
    if result.damaged and verify:
        raise CheckpointError(integrity.damage_of(folder, result))
    if result.damaged:
        state = "; ".join(f"{name}: {problem}" for name, problem in result.damaged.items())
    else:
        large = f", {result.n_by_length} of them checked by length only; --verify checks all"
        state = f"{result.n_files} files are unchanged{large if result.n_by_length else ''}"
    return {"integrity": state, **({"edited": list(result.edited)} if result.edited else {})}


def lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield facts as lines: one each, or the name and an indented line for each part."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        if isinstance(value, Mapping) and value:
            yield name
            yield from (f"  {part}: {brief(item)}" for part, item in value.items())
        elif value not in (None, "", [], {}):
            yield f"{name.ljust(width)}  {brief(value)}"


def brief(value: Any) -> str:
    """Format a value on one line; a long list by its first items and its length."""
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, Mapping):
        return f"{len(value)} entries"
    if isinstance(value, list):
        shown = ", ".join(map(str, value[:8]))
        return f"{shown} ... ({len(value)} in all)" if len(value) > 8 else shown
    return str(value)
