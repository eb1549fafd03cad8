"""Variables, `${section.key}` and `${section}`: find them, follow them, and report broken ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kernel.config.format.sources import Source, describe
from kernel.errors import cut, did_you_mean

#: Maximum number of broken references that are compared with all paths, since that is slow.
_N_ADVISED = 20

#: A variable in a value; `$${` is an escaped dollar sign and a brace, not a variable.
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<path>[^{}]*)\}")

#: Maximum number of variables of a cycle that a message lists.
_MOST_SHOWN = 8


def leaves(tree: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield every value that is not a section, as (section, key, value)."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{section}.{key}" if section else str(key))
        else:
            yield section, key, value


def sections(tree: Mapping[str, Any], section: str = "") -> Iterator[str]:
    """Yield the dotted path of every section."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            path = f"{section}.{key}" if section else str(key)
            yield path
            yield from sections(value, path)


def find(tree: Any, path: str) -> Any:
    """Return the value or section at a dotted path; raise KeyError where there is none."""
    for step in path.split("."):
        if not isinstance(tree, Mapping) or step not in tree:
            raise KeyError(path)
        tree = tree[step]
    return tree


def exists(tree: Any, path: str) -> bool:
    """Whether there is a value or a section at a dotted path."""
    try:
        find(tree, path)
    except KeyError:
        return False
    return True


def around(path: str) -> Iterator[str]:
    """Yield a dotted path and the paths of the sections that contain it."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def variables(value: Any) -> list[str]:
    """Return the dotted paths that a value refers to."""
    if isinstance(value, str):
        return [match["path"].strip().replace(":", ".") for match in VARIABLE.finditer(value)]
    if isinstance(value, (list, tuple)):
        return [path for item in value for path in variables(item)]
    if isinstance(value, Mapping):
        return [path for item in value.values() for path in variables(item)]
    return []


def follow(tree: Mapping[str, Any], value: Any) -> Any:
    """Return what a variable finally refers to; a value that is not a variable is returned unchanged."""
    for _ in range(10):
        match = VARIABLE.fullmatch(value.strip('"')) if isinstance(value, str) else None
        if match is None or not exists(tree, match["path"]):
            break
        value = find(tree, match["path"])
    return value


def origin(tree: Mapping[str, Any], section: str, key: str) -> str:
    """Return the dotted path where a value is defined: its own, or the one that its variables lead to."""
    path = f"{section}.{key}"
    for _ in range(10):
        value = find(tree, path)
        match = VARIABLE.fullmatch(value.strip('"')) if isinstance(value, str) else None
        if match is None or not exists(tree, match["path"]):
            break
        path = match["path"]
    return path


def referenced(tree: Mapping[str, Any]) -> set[str]:
    """Return everything that some value refers to, as full dotted paths."""
    return {
        full_path(tree, section, key, path)
        for section, key, value in leaves(tree)
        for path in variables(value)
    }


def unused(tree: Mapping[str, Any], section: str, used: set[str]) -> list[tuple[str, str]]:
    """Return the values of a section, as (section, key), that `used` does not cover; blocks are ignored."""
    if section in used or any(str(key).startswith("@") for key in tree):
        return []
    pairs = []
    for key, value in tree.items():
        path = f"{section}.{key}"
        if isinstance(value, Mapping):
            pairs += unused(value, path, used)
        elif path not in used:
            pairs.append((section, key))
    return pairs


def full_path(tree: Mapping[str, Any], section: str, key: str, path: str) -> str:
    """Return the full path of a reference: a name without dots may be a key of the same section."""
    if "." not in path and path != key and exists(tree, f"{section}.{path}"):
        return f"{section}.{path}"
    return path


class BrokenReference(NamedTuple):
    """A value whose references cannot be followed: its section and key, the reason, and the cycle it is part of."""

    section: str
    key: str
    what: str
    cycle: tuple[str, ...] = ()


def mistakes(tree: Mapping[str, Any], sources: Mapping[str, Source]) -> list[str]:
    """Return a message for every reference that is broken, circular, or puts a section into a string."""
    return [cut(f"{describe(sources, section, key)} {what}") for section, key, what, _ in broken(tree)]


def broken(tree: Mapping[str, Any]) -> list[BrokenReference]:
    """Return every reference that is broken, circular, or puts a section into a string."""
    faults: list[BrokenReference] = []
    edges: dict[str, list[str]] = {}
    paths = {*sections(tree), *(f"{section}.{key}" for section, key, _ in leaves(tree))}
    for section, key, value in leaves(tree):
        for path in variables(value):
            target = full_path(tree, section, key, path)
            if target not in paths:
                near = did_you_mean(target, paths) if len(faults) < _N_ADVISED else ""
                advice = near or "; define it, or write $${ for a literal brace"
                what = f"refers to an unknown section or key, got '${{{path:.80}}}'{advice}"
                faults.append(BrokenReference(section, key, what))
            elif isinstance(find(tree, target), Mapping) and not _stands_alone(value):
                what = f"a section cannot be inserted into a string, got {value!r:.80}; refer to one value"
                faults.append(BrokenReference(section, key, what))
            else:
                edges.setdefault(f"{section}.{key}", []).append(target)
    for cycle in _cycles(edges):
        shown = cycle if len(cycle) <= _MOST_SHOWN else [*cycle[:_MOST_SHOWN], "...", cycle[-1]]
        what = f"refers to itself, got {' -> '.join(shown)}; set a value"
        faults.append(BrokenReference(*_split(cycle[0]), what, tuple(cycle)))
    return faults


def without_broken(
    tree: Mapping[str, Any], faults: Iterable[BrokenReference]
) -> tuple[dict[str, Any], set[str]]:
    """Copy a config with null for every value whose references are broken, and return the paths of these values.

    Args:
        tree: Nested sections.
        faults: Its broken references, as returned by `broken`.

    Returns:
        The copy, and the dotted paths of the values that were replaced by null, including those that refer
        to another of them.
    """
    paths = {path for each in faults for path in (f"{each.section}.{each.key}", *each.cycle)}
    uses = {
        f"{section}.{key}": [full_path(tree, section, key, path) for path in variables(value)]
        for section, key, value in leaves(tree)
        if variables(value)
    }
    users: dict[str, list[str]] = {}
    for path, targets in uses.items():
        for target in targets:
            users.setdefault(target, []).append(path)
    waiting = list(paths)
    while waiting:
        more = [path for path in users.get(waiting.pop(), ()) if path not in paths]
        paths.update(more)
        waiting += more

    def copied(node: Mapping[str, Any], section: str) -> dict[str, Any]:
        return {
            key: copied(value, f"{section}{key}.")
            if isinstance(value, Mapping)
            else (None if f"{section}{key}" in paths else value)
            for key, value in node.items()
        }

    return copied(tree, ""), paths


def _split(path: str) -> tuple[str, str]:
    section, _, key = path.rpartition(".")
    return section, key


def _stands_alone(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(not variables(item) or VARIABLE.fullmatch(str(item).strip('"')) for item in items)


def _cycles(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Return each cycle of references once; a section refers to everything in it."""
    by_owner: dict[str, list[str]] = {}
    for path in edges:
        parts = path.split(".")
        for end in range(1, len(parts)):
            by_owner.setdefault(".".join(parts[:end]), []).append(path)
    done: set[str] = set()
    cycles: list[list[str]] = []
    for start in edges:
        # Depth first, without recursion: a config may have a chain of thousands of variables.
        trail: dict[str, None] = {}
        ways = [iter((start,))]
        while ways:
            path = next(ways[-1], "")
            if not path:
                ways.pop()
                if trail:
                    done.add(trail.popitem()[0])
            elif path in trail:
                steps = list(trail)
                cycle = [step for step in steps[steps.index(path) :] if step in edges]
                cycles.append([*cycle, cycle[0]])
            elif path not in done:
                trail[path] = None
                ways.append(iter((*edges.get(path, ()), *by_owner.get(path, ()))))
    return cycles
