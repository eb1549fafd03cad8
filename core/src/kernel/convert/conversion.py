"""Files of a foreign format to `.spacy` files, through the converters that plugins give."""

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
#: Lines that a converter may look at to know a file.
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
    """Convert a file, or all files of a folder and below it that the converter reads.

    Each file is written beside its place and moved there when it is whole. One that would be too large becomes several,
    numbered ones.

    Args:
        source: The file or folder.
        target: The file to write, when its name ends in the file type; else the folder.
        converter: Name of the converter; `auto` takes the one named as the file ends, or one that
            knows its first lines.
        file_type: `spacy`, or `jsonl` for one document a line as `Doc.to_json` describes it.
        concatenate: Write everything into one file.
        options: What to hand to the converter.
        on_invalid: What becomes of malformed parts: "fail" stops at the first, "skip" leaves them out and logs how
            many, "quarantine" also writes them to `TARGET.invalid.jsonl`.
        shard_bytes: Size of the documents of one file, before they are compressed.
        progress: Called for each document with the file that it is from.

    Raises:
        DataError: A file cannot be read, or no converter reads it.
        UnknownName: There is no such converter.
        CheckpointError: The result cannot be written.
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
        raise DataError(
            f"{names}: there are no documents in it, got nothing to convert; give a file with some"
        )


def _files(source: Path, converter: str) -> list[Path]:
    if source.is_file():
        return [source]
    if not source.exists():
        raise DataError(f"{source}: no such file or folder; give one that exists")
    try:
        regular(source)
    except OSError as exc:
        raise DataError(f"{source}: cannot be read, {exc.strerror}; write what it gives into a file") from exc
    endings = set(registry.converters.names()) if converter == AUTO else {converter}
    inside = (file for file in sorted(source.rglob("*")) if _ending(file) in endings and file.is_file())
    files = [file for file in inside if not file.name.startswith(".")]
    if not files:
        wanted = ", ".join(f".{ending}" for ending in sorted(endings)) or "nothing: no converter is installed"
        raise DataError(f"{source}: no file in this folder can be converted; its files must end in {wanted}")
    return files


def _ending(file: Path) -> str:
    name = file.name.removesuffix(_COMPRESSED)
    return name.rpartition(".")[2].lower() if "." in name else ""


def _converter_for(file: Path, converter: str) -> Convert:
    if converter != AUTO:
        named: Convert = registry.get("converters", converter)
        return named
    names = list(registry.converters.names())
    ending = _ending(file)
    if ending not in names:
        return _recognised(file, ending, names)
    found: Convert = registry.get("converters", ending)
    return found


def _recognised(file: Path, ending: str, names: list[str]) -> Convert:
    """Ask the converters which of them knows the beginning of a file: those that have a function `recognises`."""
    try:
        head = [line for _, line in zip(range(_HEAD), read_lines(file), strict=False)]
    except DataError:
        head = []
    for name in names:
        convert: Convert = registry.get("converters", name)
        if offers_recognises(convert) and convert.recognises(head):
            return convert
    there_are = f"there are {', '.join(names)}" if names else "install one, such as pkg-conllu"
    near = did_you_mean(ending, names) or f"; {there_are}"
    raise DataError(
        f"{file}: no converter reads files that end so, got {ending!r}{near} (or name it with -c)"
    )


def _outputs(
    source: Path, target: Path, files: list[Path], file_type: str, concatenate: bool
) -> dict[Path, list[Path]]:
    """Decide which files go into which file."""
    ending = f".{file_type}"
    is_file = target.suffix == ending and not target.is_dir()
    if is_file or concatenate:
        if len(files) > 1 and not concatenate:
            raise DataError(
                f"{target}: expected a folder for {len(files)} files; give one, or put all in one file with -C"
            )
        return {target if is_file else target / f"{_stem(source)}{ending}": files}
    root = source if source.is_dir() else source.parent
    outputs: dict[Path, list[Path]] = {}
    for file in files:
        output = target / file.relative_to(root).with_name(f"{_stem(file)}{ending}")
        if output in outputs:
            both = f"{outputs[output][0].name} and {file.name}"
            raise DataError(f"{output}: two files would be written there, {both}; convert them one by one")
        outputs[output] = [file]
    return outputs


def _stem(path: Path) -> str:
    name = path.name.removesuffix(_COMPRESSED)
    return name.rpartition(".")[0] or name


def _documents(convert: Convert, file: Path, options: Mapping[str, Any], sieve: Sieve) -> Iterator[Doc]:
    takes = inspect.signature(convert).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes.values())
    for name in options:
        if name not in takes and not takes_any:
            flag = name.replace("_", "-")
            raise DataError(f"--{flag}: the converter of {file.name} has no such option; leave it out")
    if sieve.on_invalid == "fail":
        return convert(file, **options)
    if "refuse" not in takes and not takes_any:
        raise DataError(
            f"--on-invalid: the converter of {file.name} cannot leave anything out; leave it at fail"
        )
    return convert(file, refuse=sieve.refuse, **options)
