"""Call the registered functions of a section, innermost first, and say where one failed.

Source:
    The rules are those of `confection.registry.resolve`; written afresh to check what an inner function
    returned against the outer one's annotation, and to name the section in every error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kernel.config.block_check import argument_of
from kernel.config.fill import POSITIONAL, block_kind
from kernel.config.format.sources import Source, describe, place
from kernel.config.plugin_choice import plugins_of
from kernel.config.rules import kinds
from kernel.config.rules.mistakes import shortened
from kernel.config.rules.reserved_keys import KEPT, marked, parted
from kernel.config.rules.signatures import Signature, signature
from kernel.config.rules.typing_rules import coerced, fits, name_of
from kernel.errors import ConfigError, KernelError, did_you_mean
from kernel.registry import registry


def resolve(config: Mapping[str, Any], section: str) -> Any:
    """Turn a section into objects: every block in it becomes what its function returns.

    Resolving twice makes two of everything.

    Args:
        config: The whole config; variables in it are replaced first.
        section: Dotted path of the section or block.

    Returns:
        A dictionary; what the function returned where the section itself is a block.

    Raises:
        ConfigError: A function is unknown, given what it does not take, or raises; naming its section.
    """
    sources = getattr(config, "sources", {})
    if not getattr(config, "is_interpolated", True):
        config = config.interpolate()  # type: ignore[attr-defined]
    value: Any = config
    for step in section.split("."):
        if not isinstance(value, Mapping) or step not in value:
            raise ConfigError(f"[{section}]: there is no such section, got a config without {step!r}; add it")
        value = value[step]
    with plugins_of(config):
        return resolve_value(value, section, sources)


def resolve_value(value: Any, section: str, sources: Mapping[str, Source] | None = None) -> Any:
    """Resolve a value that stands at a dotted path, where only functions of the kinds of that place may stand."""
    sources = sources or {}
    if isinstance(value, list):
        return [resolve_value(item, section, sources) for item in value]
    if not isinstance(value, Mapping):
        return value
    if block_kind(value):
        return _resolve_block(value, section, sources, kinds.for_path(section))
    return {key: resolve_value(item, f"{section}.{key}", sources) for key, item in value.items()}


def resolve_arguments(
    arguments: Mapping[str, Any], expected: Signature, kind: str, section: str, sources: Mapping[str, Source]
) -> dict[str, Any]:
    """Resolve what a block gives to its function.

    Args:
        arguments: Without the function's name.
        expected: What the function takes: an argument's type says which kinds may stand in it.
        kind: The function's kind.
        section: Dotted path of the block.
        sources: The place of each section and key.
    """
    return {
        key: _resolve_argument(value, expected.annotation(key), kind, f"{section}.{key}", sources)
        for key, value in arguments.items()
    }


def _resolve_argument(
    value: Any, annotation: Any, outer: str, section: str, sources: Mapping[str, Source]
) -> Any:
    if isinstance(value, list):
        inner = kinds.for_item(annotation)
        return [_resolve_argument(item, inner, outer, section, sources) for item in value]
    if not isinstance(value, Mapping):
        return value
    if block_kind(value):
        return _resolve_block(value, section, sources, kinds.for_argument(annotation, outer))
    inner = kinds.for_item(annotation)
    return {
        key: _resolve_argument(item, inner, outer, f"{section}.{key}", sources) for key, item in value.items()
    }


def _resolve_block(
    block: Mapping[str, Any], section: str, sources: Mapping[str, Source], admitted: kinds.Kinds
) -> Any:
    kind = block_kind(block)
    if what := kinds.out_of_place(kind, admitted):
        raise ConfigError(f"{describe(sources, section, f'@{kind}')} {what}")
    name = block[f"@{kind}"]
    try:
        if not isinstance(name, str):
            raise ConfigError(f"expected a name, got {shortened(name)}; write that of a registered function")
        func = registry.get(kind, name)
    except KernelError as exc:
        reason = str(exc).removeprefix(f"{kind}: ")
        raise type(exc)(f"{describe(sources, section, f'@{kind}')} {reason}") from exc
    written = {key: item for key, item in block.items() if not key.startswith("@")}
    arguments = resolve_arguments(written, signature(func), kind, section, sources)
    given, kept = parted(arguments, kind, signature(func))
    for key, held in kept.items():
        if not fits(held, KEPT[kind][key].annotation):
            expected = name_of(KEPT[kind][key].annotation)
            raise ConfigError(f"{describe(sources, section, key)} expected {expected}, got {shortened(held)}")
    return marked(call(func, given, name=name, section=section, sources=sources), kept)


def call(
    func: Callable[..., Any],
    arguments: Mapping[str, Any],
    *,
    name: str,
    section: str,
    sources: Mapping[str, Source] | None = None,
    **given: Any,
) -> Any:
    """Call one registered function with resolved arguments, checked against its signature.

    Args:
        func: The function.
        arguments: From the config; those of a `*` section are positional.
        name: What the function is registered as.
        section: Dotted path of its block.
        sources: The place of each section and key.
        given: Arguments that do not come from the config, such as `nlp`.

    Raises:
        ConfigError: An argument does not fit, or the function raises.
    """
    sources = sources or {}
    expected = signature(func, without=tuple(given))
    _check_arguments(arguments, expected, name, section, sources)
    positional = arguments.get(POSITIONAL, ())
    positional = positional.values() if isinstance(positional, Mapping) else positional
    named = {
        key: _as_expected(value, expected.parameters[key].annotation) if key in expected.parameters else value
        for key, value in arguments.items()
        if key != POSITIONAL
    }
    try:
        return func(*positional, **given, **named)
    except KernelError as exc:
        raise type(exc)(_addressed(str(exc), section, sources)) from exc
    except Exception as exc:
        reason = f"{type(exc).__name__}: {' '.join(str(exc).split())}"
        raise ConfigError(
            f"{describe(sources, section)} {name!r} failed, got {reason}; check its values"
        ) from exc


def _addressed(message: str, section: str, sources: Mapping[str, Source]) -> str:
    """Say where the block stands of which a function says something, unless it has named a section in it."""
    named = message[1:].partition("]")[0] if message.startswith("[") else ""
    if f"{named}.".startswith(f"{section}."):
        found = place(sources, named)
        return f"{found}: {message}" if found else message
    return f"{describe(sources, section)} {message}"


def _check_arguments(
    arguments: Mapping[str, Any],
    expected: Signature,
    name: str,
    section: str,
    sources: Mapping[str, Source],
) -> None:
    for key, value in arguments.items():
        if key == POSITIONAL:
            continue
        address = describe(sources, section, key)
        if key not in expected.parameters and not expected.open:
            advice = did_you_mean(key, expected.parameters) or "; remove it"
            noun = argument_of(name, section, key)
            raise ConfigError(f"{address} no such {noun}, got {shortened(value)}{advice}")
        annotation = expected.parameters[key].annotation if key in expected.parameters else Any
        if not fits(value, annotation):
            raise ConfigError(f"{address} expected {name_of(annotation)}, got {shortened(value)}")
    missing = [
        key for key, parameter in expected.parameters.items() if parameter.required and key not in arguments
    ]
    if missing and POSITIONAL not in arguments:
        kind = name_of(expected.parameters[missing[0]].annotation)
        raise ConfigError(
            f"{describe(sources, section, missing[0])} {name!r} needs this, got nothing; give {kind}"
        )


def _as_expected(value: Any, annotation: Any) -> Any:
    """Turn a section into the pydantic model that a function asks for, and 0 or 1 into a boolean."""
    if isinstance(value, dict) and isinstance(annotation, type) and hasattr(annotation, "model_validate"):
        return annotation.model_validate(value)
    return coerced(value, annotation)
