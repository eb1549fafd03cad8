"""The names that pkg-matcher registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_matchers() -> dict[str, str]:
    """Return the matchers, under the names that `kernel.matcher` exports."""
    return {
        "DependencyMatcher": "pkg_matcher.dependency:DependencyMatcher",
        "Matcher": "pkg_matcher.tokens:Matcher",
        "PhraseMatcher": "pkg_matcher.phrase:PhraseMatcher",
    }
