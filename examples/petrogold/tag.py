"""Tags and parses a sentence with the pipeline that run.py has trained.

uv run examples/petrogold/tag.py "O poço perfurou rochas do Cretáceo."
"""

from __future__ import annotations

import argparse
from pathlib import Path

import kernel


def main() -> None:
    """Print one line a token: the word, its part of speech, the label of its arc, its head, its features."""
    parser = argparse.ArgumentParser(description="Tag and parse a Portuguese sentence.")
    parser.add_argument("text")
    parser.add_argument("--model", type=Path, default=Path("runs/petrogold/model-best"))
    arguments = parser.parse_args()

    nlp = kernel.load(arguments.model)
    for token in nlp(arguments.text):
        print(f"{token.text:15} {token.pos_:6} {token.dep_:10} {token.head.text:15} {token.morph}".rstrip())


if __name__ == "__main__":
    main()
