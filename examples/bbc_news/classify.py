"""Classifies a text with the pipeline that run.py has trained.

uv run examples/bbc_news/classify.py "The striker signed a new contract."
"""

from __future__ import annotations

import argparse
from pathlib import Path

import kernel


def main() -> None:
    """Print the categories and their probabilities, the best first."""
    parser = argparse.ArgumentParser(description="Classify a text.")
    parser.add_argument("text")
    parser.add_argument("--model", type=Path, default=Path("runs/bbc_news/model-best"))
    arguments = parser.parse_args()

    nlp = kernel.load(arguments.model)
    cats = nlp(arguments.text).cats
    for category in sorted(cats, key=lambda category: -cats[category]):
        print(f"{category:15} {cats[category]:.3f}")


if __name__ == "__main__":
    main()
