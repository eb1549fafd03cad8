"""Rules over tokens: sequences of tokens, phrases, and parts of trees.

Matcher             patterns of tokens, with operators
PhraseMatcher       many phrases at once
DependencyMatcher   tokens that stand in relations of the tree
"""

from __future__ import annotations

from kernel.matcher.dependency import DependencyMatcher as DependencyMatcher
from kernel.matcher.phrase import PhraseMatcher as PhraseMatcher
from kernel.matcher.tokens import Matcher as Matcher
