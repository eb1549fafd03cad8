"""One real use of pkg-matcher, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel.matcher import Matcher, PhraseMatcher

nlp = kernel.blank("xx")
doc = nlp("Anna moved to New York in 1999")
matcher, phrases = Matcher(nlp.vocab), PhraseMatcher(nlp.vocab, attr="LOWER")
matcher.add("YEAR", [[{"LOWER": "in"}, {"TEXT": {"REGEX": r"^\d{4}$"}}]])
phrases.add("CITY", [nlp("new york")])

assert [(span.label_, span.text) for span in matcher(doc, as_spans=True)] == [("YEAR", "in 1999")]
assert [(span.label_, span.text) for span in phrases(doc, as_spans=True)] == [("CITY", "New York")]
