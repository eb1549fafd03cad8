"""The config itself: confection's nested sections, with the source of every value and errors that name it."""

from __future__ import annotations

import configparser
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import confection

from kernel.config.format import references
from kernel.config.format.parsing import copied, parse
from kernel.config.format.sources import Scan, Source, origins, scan, without
from kernel.config.format.writing import to_text
from kernel.errors import CheckpointError, ConfigError, did_you_mean
from kernel.system.files import reason, regular, write_whole
from kernel.text.base.json_data import check_depth

C = TypeVar("C", bound="Config")

#: Maximum number of characters of a reason in a message.
_LONGEST = 300


class MalformedText(ConfigError):
    """A text has lines that are neither sections nor values.

    Attributes:
        rest: The text without these lines.
        spoilt: Dotted paths of the sections and keys that the lines were meant to define, as far as known.
        file: The name to show in messages.
    """

    rest = ""
    spoilt: frozenset[str] = frozenset()
    file = ""

    @classmethod
    def of(cls, result: Scan, text: str) -> MalformedText:
        """Create the error for the mistakes of a scan."""
        error = cls("\n".join(result.mistakes))
        error.rest = without(text, result.dropped)
        error.spoilt = frozenset(result.spoilt)
        error.file = result.file
        return error


class Config(confection.Config):
    """Nested sections, read from and written to the text format of `.cfg` files.

    Args:
        data: Nested dictionaries.
        is_interpolated: Whether variables have been replaced by their values.
        section_order: Accepted for compatibility with confection.

    Attributes:
        sources: Dotted path of each section and key to where it was read.
    """

    sources: dict[str, Source]

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        is_interpolated: bool | None = None,
        section_order: list[str] | None = None,
    ) -> None:
        super().__init__(data, is_interpolated=is_interpolated, section_order=section_order)
        self.sources = dict(getattr(data, "sources", {}))

    def interpolate(self: C) -> C:
        """Return a copy of the config in which every variable is replaced by what it refers to.

        Raises:
            ConfigError: All broken or circular references.
        """
        with _of_few_levels():
            _raise_all(references.mistakes(self, self.sources))
        config = type(self)()
        config._parse(_spelt_out(self.to_str()), interpolate=True)
        config.update(
            copied(dict(config), _unquoted)
        )  # a copy, so that a section referred to twice is not shared
        config.sources = dict(self.sources)
        return config

    def merge(self: C, updates: Mapping[str, Any], remove_extra: bool = False) -> C:
        """Return a copy of the config that is updated with the values of another.

        A block that calls another function replaces the whole block, as in confection.
        """
        merged: C = super().merge(updates, remove_extra=remove_extra)
        merged.sources = {**self.sources, **getattr(updates, "sources", {})}
        return merged

    def copy(self: C) -> C:
        """Return a copy of the config, with its variables and the sources of its values."""
        config = type(self)(copied(self), is_interpolated=self.is_interpolated)
        config.sources = dict(self.sources)
        return config

    def from_str(
        self: C,
        text: str,
        *,
        interpolate: bool = True,
        overrides: Mapping[str, Any] | None = None,
        schema: Any = None,
        file: str = "",
    ) -> C:
        """Read the config from a text; its previous content is discarded.

        Args:
            text: Sections and values.
            interpolate: Replace variables by their values.
            overrides: Dotted path to value, in sections that the text has; set before variables are replaced.
                `load_config` also sets keys that only the defaults have.
            schema: A confection schema to fill from and check against.
            file: The name to show in messages.

        Raises:
            ConfigError: Everything that is wrong with the text, each with its line.
        """
        result = scan(text, file)
        if result.mistakes:
            raise MalformedText.of(result, text)
        self._parse(text, interpolate=False)
        self.sources = result.sources
        if overrides:
            self._set(overrides)
            self.sources.update(origins(overrides))
        if interpolate:
            interpolated = self.interpolate()
            self.clear()
            self.update(interpolated)
        self.is_interpolated = interpolate
        if schema is not None:
            self.fill_defaults(schema).validate(schema)
        return self

    def from_bytes(
        self: C,
        bytes_data: bytes,
        *,
        interpolate: bool = True,
        overrides: Mapping[str, Any] | None = None,
        file: str = "",
    ) -> C:
        """Read the config from UTF-8 bytes; `file` is the name to show in messages."""
        text = _decode(bytes_data, file or "config")
        return self.from_str(text, interpolate=interpolate, overrides=overrides, file=file)

    def from_disk(
        self: C, path: str | Path, *, interpolate: bool = True, overrides: Mapping[str, Any] | None = None
    ) -> C:
        """Read the config from a file."""
        try:
            data = regular(path, streams=True).read_bytes()
        except OSError as exc:
            raise ConfigError(
                f"{path}: the config cannot be read, got {reason(exc)!r}; check the path"
            ) from exc
        return self.from_bytes(data, interpolate=interpolate, overrides=overrides, file=str(path))

    def to_str(self, *, interpolate: bool = False) -> str:
        """Return the config as text.

        Args:
            interpolate: Replace variables by their values; by default they are kept.
        """
        with _of_few_levels():
            return to_text(self.interpolate() if interpolate else self)

    def to_bytes(self, *, interpolate: bool = False) -> bytes:
        """Return the config as UTF-8 bytes."""
        return self.to_str(interpolate=interpolate).encode("utf8")

    def to_disk(self, path: str | Path, *, interpolate: bool = False) -> None:
        """Write the config to a file atomically, by renaming a temporary file.

        Raises:
            CheckpointError: The file cannot be written.
        """
        text = self.to_str(interpolate=interpolate) + "\n"
        try:
            write_whole(Path(path), text.encode("utf8"))
        except OSError as exc:
            raise CheckpointError(
                f"{path}: the config cannot be written, got {reason(exc)!r}; check the folder"
            ) from exc

    def hash(self) -> str:
        """Return the SHA-256 of all values, in hexadecimal, with variables replaced by what they refer to.

        The order of sections and keys does not matter. Fill configs before comparing their hashes.
        """
        values = json.dumps(self if self.is_interpolated else self.interpolate(), sort_keys=True)
        return hashlib.sha256(values.encode("utf8")).hexdigest()

    def _set(self, overrides: Mapping[str, Any]) -> None:
        for path, value in overrides.items():
            section, _, key = path.rpartition(".")
            node = references.find(self, section) if section and references.exists(self, section) else None
            if not isinstance(node, dict):
                paths = references.sections(self)
                raise ConfigError(
                    f"override --{path}: there is no section [{section}], got {value!r:.80}"
                    f"{did_you_mean(section, paths)}"
                )
            node[key] = copied(value)

    def _parse(self, text: str, *, interpolate: bool) -> None:
        try:
            values = parse(text, interpolate=interpolate)
            # Variables may repeat a section many times; `copied` limits the number of values then.
            for section, value in () if interpolate else values.items():
                check_depth(value, f"[{section}]")
        except ConfigError:
            raise
        except RecursionError:
            raise ConfigError(
                "config: a value is nested too deeply; move it to a file, and load that with a block of kind @readers"
            ) from None
        except (ValueError, KeyError, configparser.Error) as exc:
            # Without its malformed lines, a text may have sections whose parent section is missing.
            reason = " ".join(str(exc).split())[:_LONGEST]
            raise ConfigError(f"config: the text cannot be parsed, got {reason!r}; correct it") from exc
        self.clear()
        self.update(values)
        if not interpolate:
            # The format escapes a dollar sign by doubling it; `$${` stays, or it would become a variable.
            self.update(copied(values, _single_dollars))
        self.is_interpolated = interpolate


def own_config(config: Mapping[str, Any]) -> Config:
    """Copy a config, or nested sections, into a config of its own, with variables and the places of its values."""
    return config.copy() if isinstance(config, Config) else Config(config, is_interpolated=False).copy()


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data[: exc.start].count(b"\n") + 1
        raise ConfigError(
            f"{name}:{line}: a config is UTF-8 text, got byte {data[exc.start]:#04x}; is this the right file?"
        ) from exc


@contextmanager
def _of_few_levels() -> Iterator[None]:
    """Turn a recursion error, caused by values that are nested too deeply, into a config error."""
    try:
        yield
    except RecursionError:
        raise ConfigError(
            "config: a value is nested too deeply; move it to a file, and load that with a block of kind @readers"
        ) from None


def _raise_all(mistakes: list[str]) -> None:
    if mistakes:
        raise ConfigError("\n".join(mistakes))


def _spelt_out(text: str) -> str:
    """Write plain dollar signs in JSON as `\\u0024`: confection takes `"$$", "$$"` for one quoted string."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        _, is_value, value = line.partition(" = ")
        if is_value and value[:1] in ('"', "[", "{") and "${" not in value:
            lines[number] = line.replace("$$", "\\u0024")
    return "\n".join(lines)


def _single_dollars(value: str) -> str:
    """Replace `$$` by `$`, except in `$${`, which escapes a variable."""
    if "$${" in value and not references.VARIABLE.search(value):
        value = _unquoted(value)
    return "$${".join(part.replace("$$", "$") for part in value.split("$${"))


def _unquoted(value: str) -> str:
    """Remove the quotes that confection leaves around anything that looks like a variable."""
    if "${" in value and value.startswith('"'):
        with suppress(ValueError):
            return str(json.loads(value))
    return value
