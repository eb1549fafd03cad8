"""Tagger, morphologizer and parser on UD English-EWT, ours and spaCy's side by side.

    KERNEL_DATA=FOLDER python benchmarks/parser/run.py --spacy-python VENV/bin/python

Does what the tagger's benchmark does, with a parser added to its pipeline.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
TAGGER = HERE.parent / "tagger"
sys.path.insert(0, str(TAGGER))

from run import SCORES, main  # noqa: E402  (the tagger's benchmark)


def config() -> str:
    """Add the parser to the tagger's config."""
    text = (TAGGER / "config.cfg").read_text()
    text = text.replace('"morphologizer"]', '"morphologizer","parser"]')
    return text.replace("[corpora]\n", (HERE / "parser.cfg").read_text() + "\n[corpora]\n", 1)


if __name__ == "__main__":
    main(config(), [*SCORES, "dep_uas", "dep_las", "sents_f"], __doc__)
