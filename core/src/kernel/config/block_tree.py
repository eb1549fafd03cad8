"""Walk over the sections of a config and the blocks in them; a visitor defines what is done on the way.

A block is a section that calls a registered function. Its arguments are visited, in order, before the block is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from kernel.config.rules import kinds
from kernel.config.rules.signatures import POSITIONAL, Signature, signature

Context = TypeVar("Context")
Function = TypeVar("Function")

#: Arguments of a factory that do not come from the config.
FACTORY_ARGUMENTS = ("nlp", "name")


@dataclass(frozen=True)
class Block:
    """A section that calls a registered function.

    Args:
        path: Its dotted path.
        kind: The function's kind.
        section: Its keys and values.
        key: The key of the function's name: `@kind`, or `factory` for a component.
    """

    path: str
    kind: str
    section: Mapping[str, Any]
    key: str

    @classmethod
    def component(cls, path: str, section: Mapping[str, Any]) -> Block:
        """Create the block of a component that has a factory."""
        return cls(path, "factories", section, "factory")

    @property
    def is_component(self) -> bool:
        """Whether it is a component of the pipeline, whose factory has further arguments."""
        return self.key == "factory"

    @property
    def name(self) -> Any:
        """The function's name; a string in every valid block."""
        return self.section[self.key]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments for the function, as they are now: a visitor may add to the section when it enters."""
        if self.is_component:
            return {key: value for key, value in self.section.items() if key != self.key}
        return {key: value for key, value in self.section.items() if not _is_kind(key)}

    @property
    def kind_keys(self) -> list[str]:
        """Every `@kind` key of the section; a valid block has one."""
        return [key for key in self.section if _is_kind(key)]

    def signature(self, function: Callable[..., Any]) -> Signature:
        """Return the signature of the function, without the arguments that do not come from the config."""
        return signature(function, without=FACTORY_ARGUMENTS if self.is_component else ())


class Expected(NamedTuple):
    """The value that is expected at a place of a config.

    Args:
        annotation: The type of the value.
        outer: The kind of the function that the value is an argument of; empty for none.
        only: The allowed kinds, if these do not follow from the type.
    """

    annotation: Any = Any
    outer: str = ""
    only: kinds.Kinds | None = None

    @property
    def admitted(self) -> kinds.Kinds:
        """The kinds of functions that are allowed at the place."""
        return kinds.for_argument(self.annotation, self.outer) if self.only is None else self.only

    @property
    def item(self) -> Expected:
        """The expected items, if the value is a list or section."""
        return Expected(kinds.for_item(self.annotation), self.outer)


class Visitor(Generic[Context, Function]):
    """What to do at each place of a walk.

    A context is passed down to a place from the block or section around it; a function is what `enter` returns for a
    block.
    """

    #: Whether the items of lists are visited, with the path of the list; otherwise a list is a leaf.
    enters_lists = False

    def enter(self, block: Block, context: Context) -> Function | None:
        """Begin a block. If the result is None, the block is skipped: its arguments are not visited, nor is it left."""
        raise NotImplementedError

    def argument(self, block: Block, function: Function, key: str) -> Context:
        """Return the context of one argument of a block; None for a visitor that needs none."""
        return None  # type: ignore[return-value]

    def item(self, context: Context) -> Context:
        """Return the context of the items of a list, or of a section that is not a block."""
        return context

    def leave(self, block: Block, function: Function, parts: dict[str, Any]) -> Any:
        """End a block; return its result, given the results of its arguments."""
        return parts

    def leave_section(self, path: str, parts: dict[str, Any]) -> Any:
        """End a section that is not a block; return its result, given the results of its values."""
        return parts

    def leave_list(self, path: str, items: list[Any]) -> Any:
        """End a list; return its result, given the results of its items."""
        return items

    def leaf(self, value: Any, path: str, context: Context) -> Any:
        """Visit a value that is neither a section nor a list; return its result."""
        return value


def fold(value: Any, path: str, visitor: Visitor[Context, Any], context: Context) -> Any:
    """Walk over the value at a dotted path; inner blocks are left before outer ones.

    Args:
        value: The value.
        path: The path; empty for a whole config.
        visitor: What to do.
        context: The context of the place.

    Returns:
        The visitor's result.
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
    """Walk over a block, and return its result; None if the visitor skips it."""
    function = visitor.enter(block, context)
    if function is None:
        return None
    return visitor.leave(block, function, fold_arguments(block, visitor, function))


def fold_arguments(block: Block, visitor: Visitor[Context, Function], function: Function) -> dict[str, Any]:
    """Walk over the arguments of a block, and return their results.

    Args:
        block: The block.
        visitor: What to do.
        function: What the visitor's `enter` has returned for the block.
    """
    return {
        key: fold(value, _below(block.path, key), visitor, visitor.argument(block, function, key))
        for key, value in block.arguments.items()
    }


def block_kind(section: Mapping[str, Any]) -> str:
    """Return the kind that a block's `@kind` key names; empty if the section is not a block."""
    return next((key[1:] for key in section if _is_kind(key)), "")


def is_list(section: Any) -> bool:
    """Whether a section is a list of blocks, which are sections below `*`."""
    return isinstance(section, Mapping) and POSITIONAL in section and not block_kind(section)


def follow_section(tree: Any, path: str) -> Mapping[str, Any]:
    """Return the section at a dotted path; empty if there is none."""
    for step in path.split("."):
        tree = tree.get(step, {}) if isinstance(tree, Mapping) else {}
    return tree if isinstance(tree, Mapping) else {}


class Named(NamedTuple):
    """One `@kind = "name"` in a config.

    Args:
        section: Dotted path of its section.
        kind: The kind.
        name: The name.
    """

    section: str
    kind: str
    name: str


def registered_names(config: Mapping[str, Any]) -> list[Named]:
    """Return every `@kind = "name"` of a config, in order."""
    names = _Names()
    fold(config, "", names, None)
    return names.all


class _Names(Visitor[None, bool]):
    def __init__(self) -> None:
        self.all: list[Named] = []

    def enter(self, block: Block, context: None) -> bool:
        for key in block.kind_keys:
            if isinstance(name := block.section[key], str):
                self.all.append(Named(block.path, key[1:], name))
        return True


def _is_kind(key: Any) -> bool:
    return isinstance(key, str) and key.startswith("@")


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else str(key)
