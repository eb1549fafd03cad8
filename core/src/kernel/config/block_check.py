"""Check the sections that call a registered function: its name, and its arguments against its signature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from kernel.config.block_arguments import faults
from kernel.config.block_tree import Block, Expected, Visitor, block_kind, fold, fold_block
from kernel.config.rules import kinds
from kernel.config.rules.mistakes import Mistakes, shortened
from kernel.config.rules.reserved_keys import with_kept
from kernel.config.rules.signatures import POSITIONAL, Signature
from kernel.errors import KernelError, UnknownName, nearest
from kernel.registry import registry

#: The signature of a function that cannot be loaded: its arguments are not checked, only the blocks in them.
_UNKNOWN = Signature(open=True)


class BlockCheck(Visitor[Expected, Signature]):
    """Checks the blocks of a config, and collects the mistakes.

    Args:
        mistakes: The mistakes are added to these.
        unset_is_fine: Whether any argument may be null, since its value may be set later.
    """

    def __init__(self, mistakes: Mistakes, *, unset_is_fine: bool = False) -> None:
        self._mistakes = mistakes
        self._unset_is_fine = unset_is_fine

    def check_below(self, section: str, tree: Any) -> None:
        """Check every block in a section whose other content is arbitrary.

        Args:
            section: Dotted path of the section.
            tree: Its content.
        """
        fold(tree, section, self, Expected())

    def check(self, section: str, block: Mapping[str, Any], admitted: Collection[str]) -> None:
        """Check one block and those inside it.

        Args:
            section: Dotted path of the block.
            block: A section with one `@kind` key.
            admitted: The kinds that are allowed here.
        """
        fold(block, section, self, Expected(only=frozenset(admitted)))

    def check_component(self, section: str, block: Mapping[str, Any]) -> None:
        """Check the section of a component that has a factory, and the blocks in it."""
        fold_block(Block.component(section, block), self, Expected())

    def check_list(self, section: str, tree: Mapping[str, Any], kind: str) -> None:
        """Check a list of blocks: sections with any names below `*`, which is the only key of the list's section.

        Args:
            section: Dotted path of the section with the list.
            tree: Its content.
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
        """Check a block's name, and whether its kind is allowed at its place."""
        if not block.is_component:
            if len(keys := block.kind_keys) > 1:
                what = f"a section can only call one function, got {' and '.join(keys)}; keep one"
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
        """Return the expected value of an argument."""
        return Expected(function.annotation(key), block.kind)

    def item(self, context: Expected) -> Expected:
        """Return the expected items of a section."""
        return context.item

    def leave(self, block: Block, function: Signature, parts: dict[str, Any]) -> None:
        """Check a block's arguments, after the blocks in them have been checked."""
        if function is _UNKNOWN:
            return
        wrong = faults(
            block.path,
            block.name,
            block.arguments,
            function,
            is_made=False,
            unset_is_fine=self._unset_is_fine,
        )
        for section, key, error, known in wrong:
            self._mistakes.mean(*(f"{section}.{near}" for near in nearest(key, known, n=1)))
            self._mistakes.add_error(section, key, error)
