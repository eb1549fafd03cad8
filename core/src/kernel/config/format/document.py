"""The config itself: confection's nested sections, with the place of every value and errors that name it."""

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

#: Characters of a reason in a message.
_LONGEST = 300


class MalformedText(ConfigError):
    """Lines of a text are neither sections nor values.

    Attributes:
        rest: The text without them.
        spoilt: Dotted paths of the sections and keys that they were meant to be, as far as known.
        file: The name to show in messages.
    """

    rest = ""
    spoilt: frozenset[str] = frozenset()
    file = ""

    @classmethod
    def of(cls, found: Scan, text: str) -> MalformedText:
        """Describe what a scan found wrong."""
        error = cls("\n".join(found.mistakes))
        error.rest = without(text, found.dropped)
        error.spoilt = frozenset(found.spoilt)
        error.file = found.file
        return error


class Config(confection.Config):
    """Nested sections, read from and written to the text format of `.cfg` files.

    Args:
        data: Nested dictionaries.
        is_interpolated: Whether variables have been replaced by their values.
        section_order: Kept for confection.

    Attributes:
        sources: Dotted path of a section or key to the place that it was read from.
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
        """Copy the config with every variable replaced by what it refers to.

        Raises:
            ConfigError: References that lead nowhere or in a circle, all of them.
        """
        with _of_few_levels():
            _raise_all(references.mistakes(self, self.sources))
        config = type(self)()
        config._parse(_spelt_out(self.to_str()), interpolate=True)
        config.update(copied(dict(config), _unquoted))  # a copy, so that one section reached twice is two
        config.sources = dict(self.sources)
        return config

    def merge(self: C, updates: Mapping[str, Any], remove_extra: bool = False) -> C:
        """Copy the config, with another's values over its own.

        A block whose function differs replaces the block whole; confection's rule.
        """
        merged: C = super().merge(updates, remove_extra=remove_extra)
        merged.sources = {**self.sources, **getattr(updates, "sources", {})}
        return merged

    def copy(self: C) -> C:
        """Copy the config, with its variables and the places of its values."""
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
        """Read the config from a text, in place of what it held.

        Args:
            text: Sections and values.
            interpolate: Replace variables by their values.
            overrides: Dotted path to value, in sections that the text has; set before variables are replaced.
                `load_config` sets what only the defaults hold, too.
            schema: A confection schema to fill from and check against.
            file: The name to show in messages.

        Raises:
            ConfigError: Everything that is wrong with the text, each with its line.
        """
        found = scan(text, file)
        if found.mistakes:
            raise MalformedText.of(found, text)
        self._parse(text, interpolate=False)
        self.sources = found.sources
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
        """Write the config as text.

        Args:
            interpolate: Replace variables by their values; they are kept unless asked for.
        """
        with _of_few_levels():
            return to_text(self.interpolate() if interpolate else self)

    def to_bytes(self, *, interpolate: bool = False) -> bytes:
        """Write the config as UTF-8 bytes."""
        return self.to_str(interpolate=interpolate).encode("utf8")

    def to_disk(self, path: str | Path, *, interpolate: bool = False) -> None:
        """Write the config to a file, beside it first and then renamed: never half a file.

        Raises:
            CheckpointError: It cannot be written.
        """
        text = self.to_str(interpolate=interpolate) + "\n"
        try:
            write_whole(Path(path), text.encode("utf8"))
        except OSError as exc:
            raise CheckpointError(
                f"{path}: the config cannot be written, got {reason(exc)!r}; check the folder"
            ) from exc

    def hash(self) -> str:
        """The SHA-256 of every value, in hexadecimal, variables replaced by what they refer to.

        The order of sections and keys does not count. Fill two configs before comparing them.
        """
        values = json.dumps(self if self.is_interpolated else self.interpolate(), sort_keys=True)
        return hashlib.sha256(values.encode("utf8")).hexdigest()

    def _set(self, overrides: Mapping[str, Any]) -> None:
        for path, value in overrides.items():
            section, _, key = path.rpartition(".")
            node = references.find(self, section) if section and references.exists(self, section) else None
            if not isinstance(node, dict):
                known = references.sections(self)
                raise ConfigError(
                    f"override --{path}: there is no section [{section}], got {value!r:.80}"
                    f"{did_you_mean(section, known)}"
                )
            node[key] = copied(value)

    def _parse(self, text: str, *, interpolate: bool) -> None:
        try:
            values = parse(text, interpolate=interpolate)
            # With sections in the place of variables one may stand in many places: `copied` counts them.
            for section, value in () if interpolate else values.items():
                check_depth(value, f"[{section}]")
        except ConfigError:
            raise
        except RecursionError:
            raise ConfigError(
                "config: a value is nested too deep; write a file, and name a reader of it"
            ) from None
        except (ValueError, KeyError, configparser.Error) as exc:
            # What is left of a text without its broken lines may have sections below none.
            reason = " ".join(str(exc).split())[:_LONGEST]
            raise ConfigError(f"config: the text cannot be understood, got {reason!r}; correct it") from exc
        self.clear()
        self.update(values)
        if not interpolate:
            # A doubled dollar is how the format writes one; `$${` stays, or it would become a variable.
            self.update(copied(values, _single_dollars))
        self.is_interpolated = interpolate


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
    """Turn what Python says of values from Python that are nested too deep into an error of the config."""
    try:
        yield
    except RecursionError:
        raise ConfigError(
            "config: a value is nested too deep; write a file, and name a reader of it"
        ) from None


def _raise_all(mistakes: list[str]) -> None:
    if mistakes:
        raise ConfigError("\n".join(mistakes))


def _spelt_out(text: str) -> str:
    """Write plain dollar signs in JSON by their number: confection takes `"$$", "$$"` for one text in quotes."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        _, is_value, value = line.partition(" = ")
        if is_value and value[:1] in ('"', "[", "{") and "${" not in value:
            lines[number] = line.replace("$$", "\\u0024")
    return "\n".join(lines)


def _single_dollars(value: str) -> str:
    """Halve doubled dollar signs, but for those that keep a brace from being a variable."""
    if "$${" in value and not references.VARIABLE.search(value):
        value = _unquoted(value)
    return "$${".join(part.replace("$$", "$") for part in value.split("$${"))


def _unquoted(value: str) -> str:
    """Take the quotes off that confection leaves on whatever looks like a variable."""
    if "${" in value and value.startswith('"'):
        with suppress(ValueError):
            return str(json.loads(value))
    return value
