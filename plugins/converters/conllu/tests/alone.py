"""One real use of pkg-conllu, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import kernel
from kernel.tokens import DocBin

ROWS = [
    "1\tBirds\tbird\tNOUN\tNNS\tNumber=Plur\t2\tnsubj\t_\t_",
    "2\tsing\tsing\tVERB\tVBP\t_\t0\troot\t_\tSpaceAfter=No",
    "3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_",
]
Path("birds.conllu").write_text("\n".join([*ROWS, "", *ROWS, "", ""]), encoding="utf-8")

subprocess.run([sys.executable, "-m", "kernel", "convert", "birds.conllu", "birds.spacy"], check=True)

docs = list(DocBin().from_disk("birds.spacy").get_docs(kernel.blank("xx").vocab))
assert [doc.text.strip() for doc in docs] == ["Birds sing."] * 2
assert [token.tag_ for token in docs[0]] == ["NNS", "VBP", "."]
