"""One real use of pkg-languages, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel

nlp = kernel.blank("fr")
doc = nlp("L'élève n'est-il pas là?")

assert [token.text for token in doc] == ["L'", "élève", "n'", "est", "-il", "pas", "là", "?"]
assert doc[5].is_stop
