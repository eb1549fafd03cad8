"""Finds the entities of a sentence with the pipeline that run.py has trained.

uv run examples/ner_japanese/find.py "1999 年 に 東京 で 設立 さ れ た 。"
"""

from __future__ import annotations

import argparse
from pathlib import Path

import kernel
from kernel.tokens import Doc


def main() -> None:
    """Print one line an entity: its label and its text."""
    parser = argparse.ArgumentParser(description="Find entities in Japanese words, with spaces between them.")
    parser.add_argument("words")
    parser.add_argument("--model", type=Path, default=Path("runs/ner_japanese/model-best"))
    arguments = parser.parse_args()

    nlp = kernel.load(arguments.model)
    words = arguments.words.split()
    for ent in nlp(Doc(nlp.vocab, words=words, spaces=[False] * len(words))).ents:
        print(ent.label_, ent.text)


if __name__ == "__main__":
    main()
