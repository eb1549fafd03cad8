"""Check a distribution's requirements against the installed metadata, importing nothing.

This repeats for one plugin what an installer checks for all, so that a plugin whose dependency is missing, or
that needs another version of the kernel, is refused with a reason instead of failing somewhere later.
Requirements with a marker or an extra, and versions that are not plain numbers, are left to the installer.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping

from importlib_metadata import PackageNotFoundError, version

#: The kernel's distribution; its version is the version of the plugin API.
KERNEL = "pkg-kernel"

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(;.*)?")
#: What is wrong with a line that is not a requirement.
MALFORMED = "expected a requirement such as 'acme-shout>=1.2'"

#: A version range, or a URL.
_WANTED = re.compile(r"(\s*(===|~=|==|!=|<=|>=|<|>)\s*[\w.*+!-]+\s*(,|$))*|@\s*\S+")
_CLAUSE = re.compile(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)(\.\*)?\s*")

_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "==": operator.eq,
    "===": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


def unmet(requirements: Iterable[str]) -> str:
    """Return the first requirement that is not met, as a message; "" where all are.

    Args:
        requirements: Lines as in `Requires-Dist`.
    """
    for line in requirements:
        match = _REQUIREMENT.fullmatch(line)
        if match is None or match[3]:
            continue
        name, wanted = match[1], match[2].strip()
        try:
            installed = version(name)
        except PackageNotFoundError:
            return f"needs {name}{wanted}, which is not installed; pip install '{name}{wanted}'"
        if canonical(name) == KERNEL and not satisfies(installed, wanted):
            return f"requires {KERNEL}{wanted}, got {installed}; install a version for this kernel"
    return ""


def shortfall(line: str, versions: Mapping[str, str]) -> str:
    """Return how a requirement is not met; "" where it is met.

    Args:
        line: The requirement as pip writes it, such as `acme-shout>=1.2`.
        versions: Versions by canonical name of the distributions that are present without metadata.
    """
    match = _REQUIREMENT.fullmatch(line)
    if match is None or not _WANTED.fullmatch(match[2].strip()):
        return MALFORMED
    if match[3]:
        return ""
    try:
        installed = versions.get(canonical(match[1])) or version(match[1])
    except PackageNotFoundError:
        return "not installed"
    return "" if satisfies(installed, match[2]) else f"version {installed} is installed"


def name_of(line: str) -> str:
    """Return the canonical name of the distribution that a requirement names; "" where it is malformed."""
    match = _REQUIREMENT.fullmatch(line)
    return canonical(match[1]) if match else ""


def range_of(name: str, requirements: Iterable[str]) -> str:
    """Return the version range that is required of a distribution, as written; empty where there is none."""
    for line in requirements:
        match = _REQUIREMENT.fullmatch(line)
        if match is not None and not match[3] and canonical(match[1]) == canonical(name):
            return match[2].strip()
    return ""


def satisfies(installed: str, wanted: str) -> bool:
    """Return whether a version is in a range such as `>=0.1,<2`; True where it is not plain numbers."""
    return all(_holds(installed, clause) for clause in wanted.split(",") if clause.strip())


def canonical(name: str) -> str:
    """Return a distribution's name as package indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _holds(installed: str, clause: str) -> bool:
    match = _CLAUSE.fullmatch(clause)
    release = re.match(r"\d+(\.\d+)*", installed)
    if match is None or release is None:
        return True
    sign, text, starred = match.groups()
    have, want = _numbers(release[0]), _numbers(text)
    if starred or sign == "~=":
        prefix = want if starred else want[:-1]
        same = _padded(have, len(prefix))[: len(prefix)] == prefix
        if sign == "!=":
            return not same
        return same and (bool(starred) or have >= want)
    width = max(len(have), len(want))
    return _COMPARE[sign](_padded(have, width), _padded(want, width))


def _numbers(text: str) -> tuple[int, ...]:
    # Python refuses to parse numbers with thousands of digits; no real version has a hundred.
    return tuple(int(part) if len(part) <= 100 else 10**100 for part in text.split("."))


def _padded(numbers: tuple[int, ...], width: int) -> tuple[int, ...]:
    return numbers + (0,) * (width - len(numbers))
