"""One real use of pkg-iob, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import kernel
from kernel.tokens import DocBin

Path("people.iob").write_text("Anna\tB-PER\nSmith\tI-PER\nsings\tO\n\nBerlin\tB-LOC\n", encoding="utf-8")

subprocess.run([sys.executable, "-m", "kernel", "convert", "people.iob", "people.spacy"], check=True)

docs = list(DocBin().from_disk("people.spacy").get_docs(kernel.blank("xx").vocab))
found = [[(ent.text, ent.label_) for ent in doc.ents] for doc in docs]
assert found == [[("Anna Smith", "PER")], [("Berlin", "LOC")]]
