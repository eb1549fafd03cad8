"""`kernel info`: what is installed, or what a trained pipeline holds."""

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
@click.option("--verify", is_flag=True, help="Compare all files of MODEL with their checksums.")
def command(model: str | None, as_json: bool, verify: bool) -> None:
    """Show what is installed, or what the pipeline MODEL holds."""
    if model is None and verify:
        raise click.UsageError("--verify needs the folder of a pipeline: kernel info MODEL --verify")
    facts = about_installation() if model is None else about_pipeline(Path(model), verify=verify)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        from kernel.pipeline.saving.integrity import without_checksums

        # A pipeline may be anybody's, and what its maker has written is no business of the terminal.
        shown = lines(without_checksums(facts))
        click.echo("\n".join(printable(line).replace("\n", "\\n") for line in shown))


def about_installation() -> dict[str, Any]:
    """Gather what a report of a problem needs."""
    from kernel import __file__, __version__
    from kernel.registry import registry
    from kernel.system.import_name import conflict_anywhere

    return {
        "kernel_version": __version__,
        "location": str(Path(__file__).parent),
        "platform": platform.platform(),
        "python_version": platform.python_version(),
        **({"conflict": found} if (found := conflict_anywhere()) else {}),
        "plugins": {plugin.name: f"{plugin.owner} ({plugin.state})" for plugin in registry.plugins.records},
    }


def about_pipeline(folder: Path, *, verify: bool = False) -> dict[str, Any]:
    """Read a saved pipeline's meta data, without loading the pipeline.

    Args:
        folder: The pipeline.
        verify: Whether every file is compared with its checksum; otherwise large ones by their length.

    Raises:
        CheckpointError: The folder holds no pipeline, or one of its files is damaged and all were to be verified.
    """
    from kernel.text.base.json_data import read_json

    path = folder / "meta.json"
    try:
        meta = read_json(regular(path).read_bytes())
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
    return {**meta, "source": str(folder.resolve()), **about_files(folder, meta, verify)}


def about_files(folder: Path, meta: Mapping[str, Any], verify: bool) -> dict[str, Any]:
    """Say whether a pipeline's files are those that were saved.

    Raises:
        CheckpointError: One is not, and all were to be verified.
    """
    from kernel.pipeline.saving import integrity

    if not integrity.is_recorded(meta):
        if verify:
            raise CheckpointError(
                f"{folder}: unverified, got a pipeline that was saved without checksums; load it and save it again"
            )
        return {"integrity": "unverified, saved without checksums"}
    found = integrity.Check(folder, meta, full=verify).result()
    if found.damaged and verify:
        raise CheckpointError(integrity.damage_of(folder, found))
    if found.damaged:
        state = "; ".join(f"{name}: {problem}" for name, problem in found.damaged.items())
    else:
        large = f", {found.n_by_length} of them by length alone; --verify compares all"
        state = f"{found.n_files} files are as they were saved{large if found.n_by_length else ''}"
    return {"integrity": state, **({"edited": list(found.edited)} if found.edited else {})}


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
