"""Files of a foreign format to `.spacy` files, through the converters that plugins give."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.errors import CheckpointError, DataError, did_you_mean
from kernel.registry import registry
from kernel.text.doc import Doc
from kernel.text.docbin import ALL_ATTRS, DocBin

AUTO = "auto"
_COMPRESSED = ".gz"

#: Norms are the language's, which a converter does not know; the reader's vocabulary gives them.
_ATTRS = tuple(attr for attr in ALL_ATTRS if attr != "NORM")

Convert = Callable[..., Iterator[Doc]]


@dataclass(frozen=True)
class Conversion:
    """One file written.

    Attributes:
        path: The file.
        n_docs: Documents in it.
        n_sents: Sentences in them; 0 where sentences are not annotated.
    """

    path: Path
    n_docs: int
    n_sents: int


def convert_files(
    source: Path,
    target: Path,
    *,
    converter: str = AUTO,
    file_type: str = "spacy",
    concatenate: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Iterator[Conversion]:
    """Convert a file, or all files of a folder and below it that the converter reads.

    Each file is written beside its place and moved there when it is whole.

    Args:
        source: The file or folder.
        target: The file to write, when its name ends in the file type; else the folder.
        converter: Name of the converter; `auto` takes the one named as the file ends.
        file_type: `spacy`, or `jsonl` for one document a line as `Doc.to_json` describes it.
        concatenate: Write everything into one file.
        options: What to hand to the converter.

    Raises:
        DataError: A file cannot be read, or no converter reads it.
        UnknownName: There is no such converter.
        CheckpointError: The result cannot be written.
    """
    jobs = [(file, _converter_for(file, converter)) for file in _files(source, converter)]
    outputs = _outputs(source, target, [file for file, _ in jobs], file_type, concatenate)
    for output, files in outputs.items():
        converts = {file: convert for file, convert in jobs if file in files}
        streams = (_documents(convert, file, options or {}) for file, convert in converts.items())
        yield _write(output, (doc for stream in streams for doc in stream), file_type)


def _files(source: Path, converter: str) -> list[Path]:
    if source.is_file():
        return [source]
    if not source.exists():
        raise DataError(f"{source}: no such file or folder; give one that exists")
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
        there_are = f"there are {', '.join(names)}" if names else "install one, such as pkg-conllu"
        near = did_you_mean(ending, names) or f"; {there_are}"
        raise DataError(
            f"{file}: no converter reads files that end so, got {ending!r}{near} (or name it with -c)"
        )
    found: Convert = registry.get("converters", ending)
    return found


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


def _documents(convert: Convert, file: Path, options: Mapping[str, Any]) -> Iterator[Doc]:
    takes = inspect.signature(convert).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes.values())
    for name in options:
        if name not in takes and not takes_any:
            flag = name.replace("_", "-")
            raise DataError(f"--{flag}: the converter of {file.name} has no such option; leave it out")
    return convert(file, **options)


def _write(output: Path, docs: Iterable[Doc], file_type: str) -> Conversion:
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    missing = [folder for folder in output.parents if not folder.exists()]
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        try:
            n_docs, n_sents = (_write_docbin if file_type == "spacy" else _write_jsonl)(part, docs)
            if not n_docs:
                raise DataError(f"{output}: nothing to write, the input holds no documents; is it empty?")
            os.replace(part, output)
        finally:
            part.unlink(missing_ok=True)
            for folder in missing:
                with suppress(OSError):  # what was written into stays
                    folder.rmdir()
    except OSError as exc:
        why = exc.strerror or exc
        raise CheckpointError(f"{output}: cannot be written, got {why}; give another place") from exc
    return Conversion(output, n_docs, n_sents)


def _write_docbin(part: Path, docs: Iterable[Doc]) -> tuple[int, int]:
    packed = DocBin(_ATTRS, store_user_data=True)
    n_sents = 0
    for doc in docs:
        packed.add(doc)
        n_sents += _count_sents(doc)
    packed.to_disk(part)
    return len(packed), n_sents


def _write_jsonl(part: Path, docs: Iterable[Doc]) -> tuple[int, int]:
    n_docs = n_sents = 0
    with part.open("w", encoding="utf-8") as lines:
        for doc in docs:
            lines.write(json.dumps(doc.to_json(), ensure_ascii=False) + "\n")
            n_docs += 1
            n_sents += _count_sents(doc)
    return n_docs, n_sents


def _count_sents(doc: Doc) -> int:
    return len(doc.sentence_starts()) if doc.has_annotation("SENT_START") else 0
