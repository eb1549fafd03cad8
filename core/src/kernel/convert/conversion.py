"""Convert files in other formats to `.spacy` files, with the converters that plugins register."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.contracts.capabilities import offers_recognises
from kernel.convert.packing import SHARD_BYTES, write_docs
from kernel.convert.packing import Conversion as Conversion
from kernel.convert.readable_text import OnInvalid, Sieve, checked
from kernel.errors import DataError, did_you_mean
from kernel.registry import registry
from kernel.system.files import regular
from kernel.text.base.lines import read_lines
from kernel.text.doc.doc import Doc

AUTO = "auto"
_COMPRESSED = ".gz"
#: Number of lines that a converter may look at to recognise a file.
_HEAD = 40

Convert = Callable[..., Iterator[Doc]]


def convert_files(
    source: Path,
    target: Path,
    *,
    converter: str = AUTO,
    file_type: str = "spacy",
    concatenate: bool = False,
    options: Mapping[str, Any] | None = None,
    on_invalid: OnInvalid = "fail",
    shard_bytes: int = SHARD_BYTES,
    progress: Callable[[Path], None] | None = None,
) -> Iterator[Conversion]:
    """Convert a file, or all files in a folder and its subfolders that the converter can read.

    Each file is written under a temporary name and renamed when it is complete. A file that would be too large is split
    into several numbered ones.

    Args:
        source: The file or folder.
        target: The file to write if its name ends in the file type; otherwise the folder.
        converter: Name of the converter; `auto` selects it by the file's extension, or else by its first lines.
        file_type: `spacy`, or `jsonl` for one document per line as in `Doc.to_json`.
        concatenate: Whether to write all documents to one file.
        options: Options to pass to the converter.
        on_invalid: What to do with malformed parts: "fail" stops at the first, "skip" leaves them out and logs how
            many, "quarantine" also writes them to `TARGET.invalid.jsonl`.
        shard_bytes: Maximum size of the documents in one file, before compression.
        progress: Called for each document with the file it is from.

    Raises:
        DataError: A file cannot be read, or no converter reads it.
        UnknownName: The converter is unknown.
        CheckpointError: The output cannot be written.
    """
    jobs = [(file, _converter_for(file, converter)) for file in _files(source, converter)]
    outputs = _outputs(source, target, [file for file, _ in jobs], file_type, concatenate)
    for output, files in outputs.items():
        sieve = Sieve(output, checked(on_invalid))
        converts = {file: convert for file, convert in jobs if file in files}
        streams = {
            file: _documents(convert, file, options or {}, sieve) for file, convert in converts.items()
        }
        yield from write_docs(output, _counted(streams, sieve, progress), file_type, shard_bytes)
        sieve.finish()


def _counted(
    streams: Mapping[Path, Iterable[Doc]], sieve: Sieve, progress: Callable[[Path], None] | None
) -> Iterator[Doc]:
    for file, docs in streams.items():
        for doc in docs:
            sieve.n_read += 1
            yield doc
            if progress is not None:
                progress(file)
    if not sieve.n_read:
        names = ", ".join(map(str, list(streams)[:3]))
        raise DataError(f"{names}: no documents to convert; name a file that contains some")


def _files(source: Path, converter: str) -> list[Path]:
    if source.is_file():
        return [source]
    if not source.exists():
        raise DataError(f"{source}: no such file or folder; name one that exists")
    try:
        regular(source)
    except OSError as exc:
        raise DataError(
            f"{source}: cannot be read, {exc.strerror}; save what it contains to a regular file, and convert that"
        ) from exc
    endings = set(registry.converters.names()) if converter == AUTO else {converter}
    matching = (file for file in sorted(source.rglob("*")) if _ending(file) in endings and file.is_file())
    files = [file for file in matching if not file.name.startswith(".")]
    if not files:
        listed = ", ".join(f".{ending}" for ending in sorted(endings))
        advice = (
            f"the extension must be one of {listed}" if listed else "install a converter, such as pkg-conllu"
        )
        raise DataError(f"{source}: no file in this folder can be converted; {advice}")
    return files


def _ending(file: Path) -> str:
    name = file.name.removesuffix(_COMPRESSED)
    return name.rpartition(".")[2].lower() if "." in name else ""


def _converter_for(file: Path, converter: str) -> Convert:
    if converter != AUTO:
        by_name: Convert = registry.get("converters", converter)
        return by_name
    names = list(registry.converters.names())
    ending = _ending(file)
    if ending not in names:
        return _recognised(file, ending, names)
    by_ending: Convert = registry.get("converters", ending)
    return by_ending


def _recognised(file: Path, ending: str, names: list[str]) -> Convert:
    """Return the first converter whose function `recognises`, if it has one, accepts the first lines of a file."""
    try:
        head = [line for _, line in zip(range(_HEAD), read_lines(file), strict=False)]
    except DataError:
        head = []
    for name in names:
        convert: Convert = registry.get("converters", name)
        if offers_recognises(convert) and convert.recognises(head):
            return convert
    available = f"there are {', '.join(names)}" if names else "install one, such as pkg-conllu"
    near = did_you_mean(ending, names) or f"; {available}"
    raise DataError(f"{file}: no converter for this extension, got {ending!r}{near} (or name it with -c)")


def _outputs(
    source: Path, target: Path, files: list[Path], file_type: str, concatenate: bool
) -> dict[Path, list[Path]]:
    """Return the input files for each output file."""
    ending = f".{file_type}"
    is_file = target.suffix == ending and not target.is_dir()
    if is_file or concatenate:
        if len(files) > 1 and not concatenate:
            raise DataError(
                f"{target}: expected a folder for {len(files)} files; name one, or write all to one file with -C"
            )
        return {target if is_file else target / f"{_stem(source)}{ending}": files}
    root = source if source.is_dir() else source.parent
    outputs: dict[Path, list[Path]] = {}
    for file in files:
        output = target / file.relative_to(root).with_name(f"{_stem(file)}{ending}")
        if output in outputs:
            both = f"{outputs[output][0].name} and {file.name}"
            raise DataError(f"{output}: two files would be written here, {both}; convert them one by one")
        outputs[output] = [file]
    return outputs


def _stem(path: Path) -> str:
    name = path.name.removesuffix(_COMPRESSED)
    return name.rpartition(".")[0] or name


def _documents(convert: Convert, file: Path, options: Mapping[str, Any], sieve: Sieve) -> Iterator[Doc]:
    parameters = inspect.signature(convert).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    for name in options:
        if name not in parameters and not takes_any:
            flag = name.replace("_", "-")
            raise DataError(f"--{flag}: the converter of {file.name} has no such option; leave it out")
    if sieve.on_invalid == "fail":
        return convert(file, **options)
    if "refuse" not in parameters and not takes_any:
        raise DataError(f"--on-invalid: the converter of {file.name} cannot leave anything out; use fail")
    return convert(file, refuse=sieve.refuse, **options)
