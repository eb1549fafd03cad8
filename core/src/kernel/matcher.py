"""Import registered matchers: `from kernel.matcher import Matcher`, whichever plugin provides it.

Each name here is a name of the kind `matchers`, looked up on first use; pkg-matcher registers `Matcher`,
`PhraseMatcher` and `DependencyMatcher`. Type checkers read `matcher.pyi` instead.
"""

from __future__ import annotations

from typing import Any

from kernel.errors import UnknownName
from kernel.plugins import catalogue
from kernel.registry import registry


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return catalogue.known_names("matchers")
    if name.startswith("_"):
        raise AttributeError(f"module 'kernel.matcher' has no attribute {name!r}")
    try:
        return registry.table("matchers").get(name)
    except UnknownName as error:
        # For `from kernel.matcher import ...`, Python hides the text of an AttributeError.
        is_known = bool(catalogue.providers("matchers", name))
        raise (ImportError if is_known else AttributeError)(f"kernel.matcher: {error}") from None


def __dir__() -> list[str]:
    return list(registry.table("matchers"))
