"""Check the sections that call a registered function: its name, and its arguments against its signature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from kernel.config.block_tree import POSITIONAL, Block, Expected, Visitor, block_kind, fold, fold_block
from kernel.config.rules import kinds
from kernel.config.rules.mistakes import Mistakes, shortened
from kernel.config.rules.reserved_keys import with_kept
from kernel.config.rules.signatures import REQUIRED, Signature
from kernel.config.rules.typing_rules import fits, misfit, name_of
from kernel.errors import KernelError, UnknownName
from kernel.registry import registry

#: Stands for what a function takes that cannot be had: its arguments are not judged, only what is in them.
_UNKNOWN = Signature(open=True)


class BlockCheck(Visitor[Expected, Signature]):
    """Checks blocks of one config into one list of mistakes.

    Args:
        mistakes: Where they go.
        unset_is_fine: Whether null is right for every argument, since its value may come later.
    """

    def __init__(self, mistakes: Mistakes, *, unset_is_fine: bool = False) -> None:
        self._mistakes = mistakes
        self._unset_is_fine = unset_is_fine

    def check_below(self, section: str, tree: Any) -> None:
        """Check every block in a section that is free otherwise.

        Args:
            section: Dotted path of the section.
            tree: What stands there.
        """
        fold(tree, section, self, Expected())

    def check(self, section: str, block: Mapping[str, Any], admitted: Collection[str]) -> None:
        """Check one block and those inside it.

        Args:
            section: Dotted path of the block.
            block: With one `@kind` key.
            admitted: The kinds that may stand here.
        """
        fold(block, section, self, Expected(only=frozenset(admitted)))

    def check_component(self, section: str, block: Mapping[str, Any]) -> None:
        """Check the section of a component that has a factory, and the blocks in it."""
        fold_block(Block.component(section, block), self, Expected())

    def check_list(self, section: str, tree: Mapping[str, Any], kind: str) -> None:
        """Check a list of blocks: sections of any name below `*`, which is all that their section holds.

        Args:
            section: Dotted path of the section that has the list.
            tree: What it holds.
            kind: The kind of every block; one may be null.
        """
        for key in tree:
            if key != POSITIONAL:
                self._mistakes.add_unknown_key(section, key, tree[key], (), f"key beside a list of {kind}")
        below, items = f"{section}.{POSITIONAL}", tree[POSITIONAL]
        if not isinstance(items, Mapping) or not any(items.values()):
            got = "none" if isinstance(items, Mapping) else shortened(items)
            what = f"expected a section [{below}.NAME] with @{kind} for each, got {got}"
            self._mistakes.add(section, POSITIONAL, what)
            return
        for name, item in items.items():
            if isinstance(item, Mapping) and block_kind(item):
                self.check(f"{below}.{name}", item, {kind})
            elif item is not None:
                self._mistakes.add(below, name, f"expected a section with @{kind}, got {shortened(item)}")

    def enter(self, block: Block, context: Expected) -> Signature | None:
        """Look at a block's name, and whether its kind may stand where it does."""
        if not block.is_component:
            if len(given := block.kind_keys) > 1:
                what = f"a section calls one function, got {' and '.join(given)}; keep one"
                self._mistakes.add(block.path, "", what)
                return None
            if what := kinds.out_of_place(block.kind, context.admitted):
                self._mistakes.add(block.path, block.key, what)
                return None
        try:
            if not isinstance(block.name, str):
                raise UnknownName("expected a name", got=shortened(block.name))
            func = registry.get(block.kind, block.name)
        except KernelError as exc:
            self._mistakes.add_error(block.path, block.key, exc)
            return _UNKNOWN
        return with_kept(block.signature(func), block.kind)

    def argument(self, block: Block, function: Signature, key: str) -> Expected:
        """Say what an argument may be."""
        return Expected(function.annotation(key), block.kind)

    def item(self, context: Expected) -> Expected:
        """Say what may stand in a section."""
        return context.item

    def leave(self, block: Block, function: Signature, parts: dict[str, Any]) -> None:
        """Look at a block's arguments, once what is inside them has been looked at."""
        if function is not _UNKNOWN:
            self._check_arguments(block.path, block.name, function, block.arguments)

    def _check_arguments(
        self, section: str, name: str, expected: Signature, arguments: Mapping[str, Any]
    ) -> None:
        positional = arguments.get(POSITIONAL)
        for key, value in arguments.items():
            if key == POSITIONAL:
                self._check_positional(section, name, expected, value)
            elif key in expected.parameters:
                annotation = expected.parameters[key].annotation
                unset = value is None and self._unset_is_fine
                if not unset and not _makes_something(value) and not fits(value, annotation):
                    self._add_misfit(section, key, value, annotation)
            elif not expected.open:
                noun = argument_of(name, section, key)
                self._mistakes.add_unknown_key(section, key, value, expected.parameters, noun)
        for key, parameter in expected.parameters.items():
            if parameter.required and key not in arguments and not positional:
                what = f"{name!r} needs this, got nothing; give {name_of(parameter.annotation)}"
                self._mistakes.add(section, key, what)

    def _add_misfit(self, section: str, key: str, value: Any, annotation: Any) -> None:
        if inner := misfit(value, annotation):
            section, (key, value, annotation) = f"{section}.{key}", inner
        self._mistakes.add(section, key, f"expected {name_of(annotation)}, got {shortened(value)}")

    def _check_positional(self, section: str, name: str, expected: Signature, value: Any) -> None:
        items = value.values() if isinstance(value, Mapping) else value
        if expected.rest is REQUIRED:
            known = len(expected.parameters)
            if not isinstance(value, (Mapping, list)) or len(value) > known:
                self._mistakes.add(
                    section, POSITIONAL, f"{name!r} takes {known} arguments, got {shortened(value)}"
                )
            return
        for item in items:
            if not _makes_something(item) and not fits(item, expected.rest):
                what = f"expected {name_of(expected.rest)}, got {shortened(item)}"
                self._mistakes.add(section, POSITIONAL, what)


def argument_of(name: str, section: str, key: str) -> str:
    """Say what a key was taken for that a function does not take, to stand after "no such".

    Args:
        name: What the function is registered as.
        section: Dotted path of its block.
        key: The key.
    """
    # Some components have this, so it is worth saying that another one has none.
    is_loss = key == "loss" and section.rpartition(".")[0] == "components"
    return f"argument of {name!r}{', which has no choice of loss' if is_loss else ''}"


def _makes_something(value: Any) -> bool:
    """Whether a value is a block, or holds one: what it makes is checked when it is made."""
    if isinstance(value, Mapping):
        return bool(block_kind(value)) or any(_makes_something(item) for item in value.values())
    return False
