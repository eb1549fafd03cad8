"""Variables, `${section.key}` and `${section}`: found, followed, and refused where they lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kernel.config.format.sources import Source, describe
from kernel.errors import cut, did_you_mean

#: Lost references that are compared with all paths: that takes long.
_N_ADVISED = 20

#: A variable in a value; `$${` is a dollar sign and a brace, not a variable.
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<path>[^{}]*)\}")

#: Of a circle of variables.
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
    """Follow a dotted path; raise KeyError where it leads nowhere."""
    for step in path.split("."):
        if not isinstance(tree, Mapping) or step not in tree:
            raise KeyError(path)
        tree = tree[step]
    return tree


def exists(tree: Any, path: str) -> bool:
    """Whether a dotted path leads to a value or a section."""
    try:
        find(tree, path)
    except KeyError:
        return False
    return True


def around(path: str) -> Iterator[str]:
    """Yield a dotted path and those of the sections around it."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def variables(value: Any) -> list[str]:
    """List the dotted paths that a value refers to."""
    if isinstance(value, str):
        return [match["path"].strip().replace(":", ".") for match in VARIABLE.finditer(value)]
    if isinstance(value, (list, tuple)):
        return [path for item in value for path in variables(item)]
    if isinstance(value, Mapping):
        return [path for item in value.values() for path in variables(item)]
    return []


def follow(tree: Mapping[str, Any], value: Any) -> Any:
    """Find what a value is that may be one variable, through others; the value itself where it is none."""
    for _ in range(10):
        match = VARIABLE.fullmatch(value.strip('"')) if isinstance(value, str) else None
        if match is None or not exists(tree, match["path"]):
            break
        value = find(tree, match["path"])
    return value


def origin(tree: Mapping[str, Any], section: str, key: str) -> str:
    """Find where a value really stands: its own dotted path, or that at the end of its variables."""
    path = f"{section}.{key}"
    for _ in range(10):
        value = find(tree, path)
        match = VARIABLE.fullmatch(value.strip('"')) if isinstance(value, str) else None
        if match is None or not exists(tree, match["path"]):
            break
        path = match["path"]
    return path


def referenced(tree: Mapping[str, Any]) -> set[str]:
    """Collect everything that some value refers to, as full dotted paths."""
    return {
        full_path(tree, section, key, path)
        for section, key, value in leaves(tree)
        for path in variables(value)
    }


def unused(tree: Mapping[str, Any], section: str, used: set[str]) -> list[tuple[str, str]]:
    """Find the values of a section, as (section, key), that nothing in `used` leads to; blocks are left alone."""
    if section in used or any(str(key).startswith("@") for key in tree):
        return []
    found = []
    for key, value in tree.items():
        path = f"{section}.{key}"
        if isinstance(value, Mapping):
            found += unused(value, path, used)
        elif path not in used:
            found.append((section, key))
    return found


def full_path(tree: Mapping[str, Any], section: str, key: str, path: str) -> str:
    """Complete a reference: a name without dots may be a key of the section it stands in."""
    if "." not in path and path != key and exists(tree, f"{section}.{path}"):
        return f"{section}.{path}"
    return path


class BrokenReference(NamedTuple):
    """A value whose references cannot be followed: where it stands, why, and what shares its fate."""

    section: str
    key: str
    what: str
    circle: tuple[str, ...] = ()


def mistakes(tree: Mapping[str, Any], sources: Mapping[str, Source]) -> list[str]:
    """Describe every reference that leads nowhere, in a circle, or to a section inside a string."""
    return [cut(f"{describe(sources, section, key)} {what}") for section, key, what, _ in broken(tree)]


def broken(tree: Mapping[str, Any]) -> list[BrokenReference]:
    """Find every reference that leads nowhere, in a circle, or to a section inside a string."""
    found: list[BrokenReference] = []
    edges: dict[str, list[str]] = {}
    known = {*sections(tree), *(f"{section}.{key}" for section, key, _ in leaves(tree))}
    for section, key, value in leaves(tree):
        for path in variables(value):
            target = full_path(tree, section, key, path)
            if target not in known:
                near = did_you_mean(target, known) if len(found) < _N_ADVISED else ""
                advice = near or "; define it, or write $${ for a literal brace"
                what = f"refers to what is not in the config, got '${{{path:.80}}}'{advice}"
                found.append(BrokenReference(section, key, what))
            elif isinstance(find(tree, target), Mapping) and not _stands_alone(value):
                what = f"a section cannot stand inside a string, got {value!r:.80}; refer to one value"
                found.append(BrokenReference(section, key, what))
            else:
                edges.setdefault(f"{section}.{key}", []).append(target)
    for circle in _circles(edges, known):
        shown = circle if len(circle) <= _MOST_SHOWN else [*circle[:_MOST_SHOWN], "...", circle[-1]]
        what = f"refers to itself, got {' -> '.join(shown)}; give a value"
        found.append(BrokenReference(*_split(circle[0]), what, tuple(circle)))
    return found


def without_broken(
    tree: Mapping[str, Any], found: Iterable[BrokenReference]
) -> tuple[dict[str, Any], set[str]]:
    """Copy a config with null for every value that cannot be followed, and name those values.

    Args:
        tree: Nested sections.
        found: What `broken` found in it.

    Returns:
        The copy; the dotted paths of the values that are null in it for that reason, those included that
        refer to one.
    """
    paths = {path for each in found for path in (f"{each.section}.{each.key}", *each.circle)}
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


def _circles(edges: Mapping[str, list[str]], known: set[str]) -> list[list[str]]:
    """Find each circle of references once. A section leads to what stands in it."""
    by_owner: dict[str, list[str]] = {}
    for path in edges:
        parts = path.split(".")
        for end in range(1, len(parts)):
            by_owner.setdefault(".".join(parts[:end]), []).append(path)
    done: set[str] = set()
    circles: list[list[str]] = []
    for start in edges:
        # Depth first, without recursion: a config may have thousands of variables in a row.
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
                circle = [step for step in steps[steps.index(path) :] if step in edges]
                circles.append([*circle, circle[0]])
            elif path not in done:
                trail[path] = None
                ways.append(iter((*edges.get(path, ()), *by_owner.get(path, ()))))
    return circles
