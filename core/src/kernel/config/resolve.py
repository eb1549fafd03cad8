"""Call the registered functions of a section, innermost first, and report where one failed.

Source:
    The rules are those of `confection.registry.resolve`; this is a new implementation, which checks what an inner
    function returns against the annotation of the outer one, and names the section in every error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kernel.config.block_arguments import faults
from kernel.config.block_tree import Block, Expected, Visitor, fold, fold_arguments
from kernel.config.format.sources import Source, address, place
from kernel.config.plugin_choice import plugins_of
from kernel.config.rules import kinds
from kernel.config.rules.mistakes import shortened
from kernel.config.rules.reserved_keys import KEPT, marked, parted
from kernel.config.rules.signatures import POSITIONAL, signature
from kernel.config.rules.typing_rules import coerced, fits, name_of
from kernel.errors import ConfigAddress, ConfigError, KernelError
from kernel.registry import registry


def resolve(config: Mapping[str, Any], section: str) -> Any:
    """Replace every block in a section by what its function returns.

    Every call creates new objects.

    Args:
        config: The whole config; its variables are replaced first.
        section: Dotted path of the section or block.

    Returns:
        A dictionary, or what the function returned if the section itself is a block.

    Raises:
        ConfigError: A function is unknown, has unsuitable arguments, or raises; the message names its section.
    """
    sources = getattr(config, "sources", {})
    if not getattr(config, "is_interpolated", True):
        config = config.interpolate()  # type: ignore[attr-defined]
    value: Any = config
    for step in section.split("."):
        if not isinstance(value, Mapping) or step not in value:
            raise ConfigError(f"[{section}]: the config has no such section, {step!r} is missing; add it")
        value = value[step]
    with plugins_of(config):
        return resolve_value(value, section, sources)


def resolve_value(value: Any, section: str, sources: Mapping[str, Source] | None = None) -> Any:
    """Resolve the value at a dotted path, where only functions of certain kinds are allowed."""
    return fold(value, section, _Resolver(sources or {}), None)


def resolve_arguments(
    block: Block, func: Callable[..., Any], sources: Mapping[str, Source]
) -> dict[str, Any]:
    """Resolve the arguments of a block, without calling its function.

    Args:
        block: The block.
        func: The function.
        sources: The place of each section and key.
    """
    return fold_arguments(block, _Resolver(sources), func)


class _Resolver(Visitor[Expected | None, Callable[..., Any]]):
    """Replaces every block by what its function returns; the path of an outermost block determines the allowed kinds.

    Args:
        sources: The place of each section and key.
    """

    enters_lists = True

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def enter(self, block: Block, context: Expected | None) -> Callable[..., Any]:
        admitted = kinds.for_path(block.path) if context is None else context.admitted
        where = address(self._sources, block.path, block.key)
        if what := kinds.out_of_place(block.kind, admitted):
            raise ConfigError(what, where=where)
        try:
            if not isinstance(block.name, str):
                got, advice = shortened(block.name), "write the name of a registered function"
                raise ConfigError("expected a name", got=got, advice=advice)
            func: Callable[..., Any] = registry.get(block.kind, block.name)
        except KernelError as exc:
            raise exc.at(where) from exc
        return func

    def argument(self, block: Block, function: Callable[..., Any], key: str) -> Expected:
        return Expected(block.signature(function).annotation(key), block.kind)

    def item(self, context: Expected | None) -> Expected | None:
        return None if context is None else context.item

    def leave(self, block: Block, function: Callable[..., Any], parts: dict[str, Any]) -> Any:
        arguments, kept = parted(parts, block.kind, block.signature(function))
        for key, value in kept.items():
            annotation = KEPT[block.kind][key].annotation
            if not fits(value, annotation):
                where = address(self._sources, block.path, key)
                raise ConfigError(f"expected {name_of(annotation)}", where=where, got=shortened(value))
        result = call(function, arguments, name=block.name, section=block.path, sources=self._sources)
        return marked(result, kept)


def call(
    func: Callable[..., Any],
    arguments: Mapping[str, Any],
    *,
    name: str,
    section: str,
    sources: Mapping[str, Source] | None = None,
    **given: Any,
) -> Any:
    """Call a registered function with resolved arguments, which are checked against its signature.

    Args:
        func: The function.
        arguments: The arguments from the config; those of a `*` section are positional.
        name: What the function is registered as.
        section: Dotted path of its block.
        sources: The place of each section and key.
        given: Arguments that do not come from the config, such as `nlp`.

    Raises:
        ConfigError: An argument does not fit, or the function raises.
    """
    sources = sources or {}
    expected = signature(func, without=tuple(given))
    for fault in faults(section, name, arguments, expected, is_made=True):
        raise fault.error.at(address(sources, fault.section, fault.key))
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
        raise _addressed(exc, section, sources) from exc
    except Exception as exc:
        reason = f"{type(exc).__name__}: {' '.join(str(exc).split())}"
        where = address(sources, section)
        raise ConfigError(f"{name!r} failed", where=where, got=reason, advice="check its values") from exc


def _addressed(error: KernelError, section: str, sources: Mapping[str, Source]) -> KernelError:
    """Return an error that a function raised with the address of its block, unless it names a section in it."""
    where = error.where
    if isinstance(where, ConfigAddress) and where.is_in(section):
        source = place(sources, where.section)
        return error.at(where._replace(source=str(source or "")))
    return error.within(address(sources, section))


def _as_expected(value: Any, annotation: Any) -> Any:
    """Convert a section to the pydantic model that a function expects, and 0 or 1 to a boolean."""
    if isinstance(value, dict) and isinstance(annotation, type) and hasattr(annotation, "model_validate"):
        return annotation.model_validate(value)
    return coerced(value, annotation)
