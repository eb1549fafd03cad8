"""What is fuzzed: how each input is written into a folder, and how it is read there, as a user would."""

from __future__ import annotations

import inspect
import os
import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import kernel
from fuzzing import formats, material, reading
from fuzzing.formats import Mutate
from fuzzing.mutating import mutated_bytes
from kernel.cli import info
from kernel.config import Config, fill_config
from kernel.language import Language
from kernel.registry import registry
from kernel.text.vocab.vocab_data import add_vocab_data
from kernel.tokens import Doc
from kernel.vocab import Vocab

Write = Callable[[Path, random.Random], str]

#: What people may edit in a saved pipeline.
_EDITED = ("config.cfg", "meta.json")
#: Of the folder of a run: what `--resume` does not read, or compares with its checksum.
_READ_BY_NOBODY = {"model-best", "model-last", "train.spacy", "dev.spacy"}
#: Share of the inputs that are left as they are.
_UNCHANGED = 0.02
#: The largest file that a change may make.
_LARGEST = 1 << 23


class Changed(Exception):
    """Something that was damaged is used as if it were whole."""


@dataclass(frozen=True)
class Target:
    """One thing that is read.

    Attributes:
        name: What it is called.
        weight: How many of the inputs it gets, beside the others.
        write: Writes an input into a folder, and says what was changed.
        read: Reads it.
    """

    name: str
    weight: float
    write: Write
    read: Callable[[Path], None]


def unchanged(data: bytes, rng: random.Random) -> bytes:
    """Leave a file as it is: what then is refused is a finding, too."""
    return data


def targets(folder: Path) -> list[Target]:
    """Everything that is fuzzed; what it needs is made in a folder."""
    return [*_of_files(), *_of_corpora(), *_of_configs(), *_of_pipelines(folder), *_of_runs(folder)]


def _file(
    name: str,
    weight: float,
    seed: bytes,
    mutates: Iterable[Mutate],
    read: Callable[[Path], None],
    file: str = "",
) -> Target:
    """A target that is one file."""
    changes = [*mutates, mutated_bytes]

    def write(folder: Path, rng: random.Random) -> str:
        mutate = unchanged if rng.random() < _UNCHANGED else rng.choice(changes)
        (folder / file).write_bytes(mutate(seed, rng)[:_LARGEST])
        return getattr(mutate, "__name__", "columns")

    file = file or f"input.{name}"
    return Target(name, weight, write, lambda folder: read(folder / file))


def _of_files() -> Iterable[Target]:
    whole = material.files()
    tabs, spaces = formats.columns, partial(formats.columns, separator=" ")
    commas = partial(formats.columns, separator=",")
    yield _file("spacy", 4, whole["spacy"], [formats.pack] * 4, reading.read_pack)
    for ending, mutate in (
        *(("conllu", tabs), ("iob", spaces), ("json", formats.json_file), ("jsonl", formats.json_lines)),
        *(("csv", commas), ("tsv", tabs)),
    ):
        zipped = formats.compressed(mutate)
        yield _file(ending, 2, whole[ending], [mutate] * 3, partial(reading.convert, ending))
        yield _file(f"{ending}.gz", 0.4, whole[ending], [zipped], partial(reading.convert, ending))
    yield _file("raw.jsonl", 1, whole["jsonl"], [formats.json_lines], reading.read_raw)
    yield _file("raw.txt", 0.5, whole["text"], [], reading.read_plain)
    for name in ("vec", "floret"):
        read = partial(reading.read_vectors, "floret" if name == "floret" else "default")
        yield _file(name, 1, whole[name], [spaces] * 3, read)
        yield _file(f"{name}.gz", 0.4, whole[name], [formats.compressed(spaces)], read)
    yield _file("words", 1, whole["words"], [formats.json_lines], lambda path: add_vocab_data(Vocab(), path))
    yield _file(
        "doc", 1, whole["doc"], [formats.message] * 3, lambda path: reading.used(Doc(Vocab()).from_disk(path))
    )
    yield _file("doc.json", 1, whole["doc.json"], [formats.json_file] * 3, reading.read_description)
    yield _file("example", 2, whole["example"], [formats.json_file] * 3, reading.read_annotations)
    yield _file(
        "lookups", 0.5, whole["lookups"], [formats.message] * 3, reading.read_lookups, "lookups.msgpack"
    )
    yield Target(
        "vocab of spaCy", 1, _write_spacy_vectors, lambda folder: reading.use_vocab(Vocab().from_disk(folder))
    )
    for name, seed, mutate in (
        *(("read_json", "json", formats.json_file), ("read_jsonl", "jsonl", formats.json_lines)),
        *(("read_yaml", "json", formats.json_file), ("read_msgpack", "lookups", formats.message)),
        ("read_labels", "json", formats.json_file),
    ):
        yield _file(name, 0.4, whole[seed], [mutate], registry.readers.get(f"kernel.{name}.v1"))


def _of_corpora() -> Iterable[Target]:
    whole = material.files()
    mutates = {
        "spacy": formats.pack,
        "jsonl": formats.json_lines,
        "conllu": formats.columns,
        "json": formats.json_file,
    }
    for ending, mutate in mutates.items():
        yield _file(f"corpus.{ending}", 0.6, whole[ending], [mutate] * 3, reading.read_corpus)
    for ending, name in (
        ("jsonl", "x.jsonl"),
        ("json", "x.txt"),
        ("conllu", "x"),
        ("csv", "x.txt"),
        ("iob", "x.iob"),
    ):
        mutate = mutates.get(ending, formats.columns)
        yield _file(f"convert {ending}", 0.4, whole[ending], [mutate] * 3, reading.convert_to_files, name)


def _of_configs() -> Iterable[Target]:
    folder = Path(__file__).parents[2] / "end_to_end" / "mutations"
    for path in (*sorted(folder.glob("*.cfg")), material.RELEASE / "parsing.cfg"):
        yield _file(
            f"config {path.stem}",
            2,
            path.read_bytes(),
            [formats.config_text] * 4,
            reading.read_config,
            "input.cfg",
        )
    words = "\n".join(material.OVERRIDES).encode()
    overrides = _file("overrides", 1, words, [formats.columns] * 3, reading.read_overrides)
    yield replace(overrides, write=partial(_beside_config, overrides.write))
    filled = fill_config(Config().from_disk(material.RELEASE / "ner.cfg", interpolate=False)).to_bytes()
    yield _file("config filled", 2, filled, [formats.config_text] * 4, reading.read_config, "input.cfg")


def _beside_config(write: Write, folder: Path, rng: random.Random) -> str:
    shutil.copy(material.RELEASE / "parsing.cfg", folder / "config.cfg")
    return write(folder, rng)


def _of_pipelines(folder: Path) -> Iterable[Target]:
    place = folder / "pipelines"
    for name, nlp in material.save_pipelines(place).items():
        expected = material.predictions(nlp)
        for verify in (True, False):
            read = partial(_load, place / name, expected, verify)
            yield Target(f"pipeline {name}, verify={verify}", 3, partial(_one_file, place / name), read)
        yield _file(
            f"pipeline {name}, bytes",
            1,
            nlp.to_bytes(),
            [formats.message] * 4,
            partial(_from_bytes, nlp.config),
        )


def _of_runs(folder: Path) -> Iterable[Target]:
    place = folder / "run"
    place.mkdir()
    material.save_run(place)
    copied = shutil.copytree(place, folder / "resumed")
    expected = material.resumed(copied)
    yield Target("resume", 2, partial(_one_file, place, rest="copied"), partial(_resume, expected))
    shutil.copytree(place, unverified := folder / "unverified" / "run")
    for path in unverified.glob("run/checkpoints/*/checksums.json"):
        path.unlink()
    yield Target(
        "resume, unverified", 2, partial(_one_file, unverified, rest="copied"), partial(_resume, None)
    )


def _one_file(source: Path, folder: Path, rng: random.Random, rest: str = "linked") -> str:
    """Copy a folder with one file changed, or gone, or one more."""
    inside = folder / source.name
    shutil.copytree(source, inside, copy_function=os.link if rest == "linked" else shutil.copy)
    files = [path for path in material.saved_files(inside) if _READ_BY_NOBODY.isdisjoint(path.parts)]
    path = rng.choice(files)
    data = path.read_bytes()
    path.unlink()
    mutate = rng.choice([*_changes_of(path, data) * 4, mutated_bytes])
    mutate = unchanged if rng.random() < _UNCHANGED else mutate
    if mutate is not unchanged and rng.random() < 0.03:
        return f"without {path.relative_to(inside)}"
    path.write_bytes(mutate(data, rng)[:_LARGEST])
    return f"{path.relative_to(inside)}: {getattr(mutate, '__name__', 'bytes')}"


def _changes_of(path: Path, data: bytes) -> list[Mutate]:
    """What changes a file of a saved pipeline or a run inside."""
    if path.suffix == ".safetensors":
        return [formats.tensors]
    if path.suffix == ".cfg":
        return [formats.config_text]
    if path.suffix == ".msgpack":
        return [formats.message]
    if path.suffix == ".jsonl":
        return [formats.json_lines]
    return [formats.json_file] if data[:1] in b"[{" else []


def _load(source: Path, expected: list[bytes], verify: bool, folder: Path) -> None:
    """Load a damaged pipeline; what loads predicts what it did, unless it was edited or nobody was to verify it."""
    inside = folder / source.name
    _about(inside)
    given: Any = (
        {"verify": False} if not verify and "verify" in inspect.signature(kernel.load).parameters else {}
    )
    nlp = kernel.load(inside, **given)
    found = material.predictions(nlp)
    _check_finite(nlp)
    edited = [name for name in _EDITED if _bytes(inside / name) != _bytes(source / name)]
    if verify and not edited and found != expected:
        raise Changed("the pipeline loads and predicts something else")


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _about(folder: Path) -> None:
    """Do what `kernel info` does."""
    list(info.lines(info.about_pipeline(folder)))


def _check_finite(nlp: Language) -> None:
    for doc in nlp.pipe(material.TEXTS):
        if not all(np.isfinite(score) for score in doc.cats.values()):
            raise Changed(f"scores are not finite, got {doc.cats}")


def _from_bytes(config: Config, path: Path) -> None:
    nlp = Language.from_config(config)
    nlp.from_bytes(path.read_bytes())
    material.predictions(nlp)


def _resume(expected: str | None, folder: Path) -> None:
    """Go on with a damaged run; it ends where the whole one does, or is refused, or does not start from that place."""
    found = material.resumed(folder / "run")
    if expected is not None and found != expected:
        raise Changed("the run ends with other weights")


def _write_spacy_vectors(folder: Path, rng: random.Random) -> str:
    whole = material.files()
    changes: dict[str, Mutate] = {
        "vectors": formats.array_file,
        "key2row": formats.message,
        "vectors.cfg": formats.json_file,
        "strings.json": formats.json_file,
        "lookups.bin": formats.message,
    }
    seeds = {"vectors": "array", "key2row": "key2row", "vectors.cfg": "settings", "lookups.bin": "lookups"}
    changed = rng.choice(list(changes))
    for name, mutate in changes.items():
        data = b'["Anna", "the"]' if name == "strings.json" else whole[seeds[name]]
        (folder / name).write_bytes(mutate(data, rng) if name == changed else data)
    return changed
