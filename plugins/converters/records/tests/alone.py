"""One real use of pkg-records, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

from pathlib import Path

from kernel.registry import registry

Path("in.jsonl").write_text('{"text": "Anna sings.", "entities": [[0, 4, "PER"]]}\n', encoding="utf-8")
(doc,) = registry.converters.get("jsonl")(Path("in.jsonl"))

assert [(ent.text, ent.label_) for ent in doc.ents] == [("Anna", "PER")]
