"""What type checkers see of `kernel.matcher`: the classes of pkg-matcher, and whatever others register."""

from typing import Any

from pkg_matcher.dependency import DependencyMatcher as DependencyMatcher
from pkg_matcher.phrase import PhraseMatcher as PhraseMatcher
from pkg_matcher.tokens import Matcher as Matcher

def __getattr__(name: str) -> Any: ...
