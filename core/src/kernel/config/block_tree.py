"""The one walk over the sections of a config and the blocks in them; what is done on the way is up to a visitor.

A block is a section that calls a registered function. What it holds is visited before the block is left, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from kernel.config.rules import kinds
from kernel.config.rules.signatures import POSITIONAL, Signature, signature

Context = TypeVar("Context")
Function = TypeVar("Function")

#: What a factory is given besides its settings.
FACTORY_ARGUMENTS = ("nlp", "name")


@dataclass(frozen=True)
class Block:
    """A section that calls a registered function.

    Args:
        path: Its dotted path.
        kind: The function's kind.
        section: What it holds.
        key: The key that holds the function's name: `@kind`, or `factory` for a component.
    """

    path: str
    kind: str
    section: Mapping[str, Any]
    key: str

    @classmethod
    def component(cls, path: str, section: Mapping[str, Any]) -> Block:
        """Take the section of a component that has a factory."""
        return cls(path, "factories", section, "factory")

    @property
    def is_component(self) -> bool:
        """Whether it is a component of the pipeline, whose factory is given more than its settings."""
        return self.key == "factory"

    @property
    def name(self) -> Any:
        """The function's name; a string in every block that can be called."""
        return self.section[self.key]

    @property
    def arguments(self) -> dict[str, Any]:
        """What the block gives to the function, as it is now: a visitor may add to the section when it enters."""
        if self.is_component:
            return {key: value for key, value in self.section.items() if key != self.key}
        return {key: value for key, value in self.section.items() if not _is_kind(key)}

    @property
    def kind_keys(self) -> list[str]:
        """Every `@kind` key of the section; a block that can be called has one."""
        return [key for key in self.section if _is_kind(key)]

    def signature(self, function: Callable[..., Any]) -> Signature:
        """Read what the function takes from a config."""
        return signature(function, without=FACTORY_ARGUMENTS if self.is_component else ())


class Expected(NamedTuple):
    """What may stand at a place, as the function around it says.

    Args:
        annotation: The type of the value.
        outer: The kind of the function that the value is an argument of; empty for none.
        only: The kinds that may stand there, where these are known otherwise.
    """

    annotation: Any = Any
    outer: str = ""
    only: kinds.Kinds | None = None

    @property
    def admitted(self) -> kinds.Kinds:
        """The kinds of functions that may stand at the place."""
        return kinds.for_argument(self.annotation, self.outer) if self.only is None else self.only

    @property
    def item(self) -> Expected:
        """What may stand in a list or section at the place."""
        return Expected(kinds.for_item(self.annotation), self.outer)


class Visitor(Generic[Context, Function]):
    """What to do at each place of a walk.

    A context is what is known of a place from around it; a function is what `enter` has found of a block's function.
    """

    #: Whether the items of lists are visited; else a list is a leaf. They have the path of the list.
    enters_lists = False

    def enter(self, block: Block, context: Context) -> Function | None:
        """Begin a block. None passes over the block: its arguments are not visited, and it is not left."""
        raise NotImplementedError

    def argument(self, block: Block, function: Function, key: str) -> Context:
        """Give the context of one argument of a block; None for a visitor that needs none."""
        return None  # type: ignore[return-value]

    def item(self, context: Context) -> Context:
        """Give the context of what stands in a section that is no block, or in a list."""
        return context

    def leave(self, block: Block, function: Function, parts: dict[str, Any]) -> Any:
        """End a block, with what has become of its arguments."""
        return parts

    def leave_section(self, path: str, parts: dict[str, Any]) -> Any:
        """End a section that is no block, with what has become of its keys."""
        return parts

    def leave_list(self, path: str, items: list[Any]) -> Any:
        """End a list, with what has become of its items."""
        return items

    def leaf(self, value: Any, path: str, context: Context) -> Any:
        """Look at a value."""
        return value


def fold(value: Any, path: str, visitor: Visitor[Context, Any], context: Context) -> Any:
    """Walk over what stands at a dotted path, innermost last in and first out.

    Args:
        value: What stands there.
        path: The path; empty for a whole config.
        visitor: What to do.
        context: What is known of the place.

    Returns:
        What the visitor makes of it.
    """
    if isinstance(value, list) and visitor.enters_lists:
        inner = visitor.item(context)
        return visitor.leave_list(path, [fold(item, path, visitor, inner) for item in value])
    if not isinstance(value, Mapping):
        return visitor.leaf(value, path, context)
    if kind := block_kind(value):
        return fold_block(Block(path, kind, value, f"@{kind}"), visitor, context)
    inner = visitor.item(context)
    parts = {key: fold(item, _below(path, key), visitor, inner) for key, item in value.items()}
    return visitor.leave_section(path, parts)


def fold_block(block: Block, visitor: Visitor[Context, Any], context: Context) -> Any:
    """Walk over a block; None where the visitor passes over it."""
    function = visitor.enter(block, context)
    if function is None:
        return None
    return visitor.leave(block, function, fold_arguments(block, visitor, function))


def fold_arguments(block: Block, visitor: Visitor[Context, Function], function: Function) -> dict[str, Any]:
    """Walk over the arguments of a block.

    Args:
        block: The block.
        visitor: What to do.
        function: What the visitor knows of the block's function.
    """
    return {
        key: fold(value, _below(block.path, key), visitor, visitor.argument(block, function, key))
        for key, value in block.arguments.items()
    }


def block_kind(section: Mapping[str, Any]) -> str:
    """The kind that a block's `@kind` key names; empty where the section is no block."""
    return next((key[1:] for key in section if _is_kind(key)), "")


def is_list(section: Any) -> bool:
    """Whether a section is a list of blocks, which stand in sections below `*`."""
    return isinstance(section, Mapping) and POSITIONAL in section and not block_kind(section)


def follow_section(tree: Any, path: str) -> Mapping[str, Any]:
    """The section at a dotted path, empty where there is none."""
    for step in path.split("."):
        tree = tree.get(step, {}) if isinstance(tree, Mapping) else {}
    return tree if isinstance(tree, Mapping) else {}


class Named(NamedTuple):
    """One `@kind = "name"` of a config.

    Args:
        section: Dotted path of its section.
        kind: The kind.
        name: The name.
    """

    section: str
    kind: str
    name: str


def registered_names(config: Mapping[str, Any]) -> list[Named]:
    """Find every `@kind = "name"` of a config, in its order."""
    names = _Names()
    fold(config, "", names, None)
    return names.found


class _Names(Visitor[None, bool]):
    def __init__(self) -> None:
        self.found: list[Named] = []

    def enter(self, block: Block, context: None) -> bool:
        for key in block.kind_keys:
            if isinstance(name := block.section[key], str):
                self.found.append(Named(block.path, key[1:], name))
        return True


def _is_kind(key: Any) -> bool:
    return isinstance(key, str) and key.startswith("@")


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else str(key)
