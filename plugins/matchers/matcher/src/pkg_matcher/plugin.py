"""Names that pkg-matcher adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_matchers() -> dict[str, str]:
    """Name the matchers as `kernel.matcher` gives them."""
    return {
        "DependencyMatcher": "pkg_matcher.dependency:DependencyMatcher",
        "Matcher": "pkg_matcher.tokens:Matcher",
        "PhraseMatcher": "pkg_matcher.phrase:PhraseMatcher",
    }
