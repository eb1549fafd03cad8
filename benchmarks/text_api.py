"""What documents answer, ours beside spaCy's: the same expressions on the same documents, compared.

    uv run python benchmarks/text_api.py --spacy-python PYTHON

PYTHON is the interpreter of an environment with spaCy 3.8. Prints each expression whose results differ, then how many
agree. The expressions stand in text_api_expressions.py; results are compared as text, errors as errors.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from text_api_expressions import EXPRESSIONS, MEANT, PREPARATION


def names(house: str) -> dict[str, Any]:
    """What expressions may use, from one of the two houses."""
    found: dict[str, Any] = {"np": importlib.import_module("numpy"), "house": importlib.import_module(house)}
    found["new_vocab"] = lambda: new_vocab(house)
    for module, wanted in {
        "tokens": ("Doc", "Token", "Span", "SpanGroup", "DocBin", "MorphAnalysis"),
        "vocab": ("Vocab",),
        "strings": ("StringStore",),
        "vectors": ("Vectors",),
        "lookups": ("Lookups", "Table"),
        "training": (
            *(
                "Example",
                "Alignment",
                "offsets_to_biluo_tags",
                "biluo_tags_to_offsets",
                "biluo_tags_to_spans",
            ),
            *("iob_to_biluo", "biluo_to_iob", "tags_to_entities", "split_bilu_label", "remove_bilu_prefix"),
        ),
        "util": ("filter_spans",),
    }.items():
        for name in wanted:
            found[name] = getattr(importlib.import_module(f"{house}.{module}"), name)
    return found


def new_vocab(house: str) -> Any:
    """A vocabulary with the English attributes of words."""
    if house == "spacy":
        english = importlib.import_module("spacy.lang.en").English
        return importlib.import_module("spacy.vocab").create_vocab("en", english.Defaults)
    english = importlib.import_module("pkg_english.language").English
    return importlib.import_module("kernel.pipeline.builder").language_vocab(english, True, None)


def plain(value: Any) -> Any:
    """A result as something that JSON holds and that is the same in both houses."""
    if isinstance(value, float) or type(value).__name__.startswith("float"):
        return round(float(value), 2)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    kind = type(value).__name__
    if kind == "Token":
        return f"<{value.i} {value.text}>"
    if kind == "Span":
        return f"<{value.start}:{value.end} {value.label_} {value.kb_id_} {value.id_}>"
    if kind in ("Doc", "Lexeme", "MorphAnalysis"):
        return f"<{value}>" if kind != "Lexeme" else f"<{value.text}>"
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if hasattr(value, "__iter__") and not isinstance(value, bytes):
        return [plain(one) for one in value]
    return str(value)


def answers(house: str, first: int = 0) -> Iterator[Any]:
    """What one house says to every expression, from one on."""
    for expression in EXPRESSIONS[first:]:
        space = names(house)
        exec(PREPARATION, space)  # every expression has documents of its own, since some change them
        *statements, last = expression.split("; ")
        try:
            for statement in statements:
                exec(statement, space)
            yield plain(eval(last, space))
        except Exception as error:
            yield f"error ({type(error).__name__}: {error})"


def answers_of_other(python: str) -> list[Any]:
    """What spaCy says, in a process of its own that is started again where it dies."""
    found: list[Any] = []
    while len(found) < len(EXPRESSIONS):
        command = [python, __file__, "--answer", "spacy", "--first", str(len(found))]
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line for line in process.stdout.splitlines() if line.startswith("{")]
        found.extend(json.loads(line)["answer"] for line in lines)
        if process.returncode:
            found.append(f"error (the process died: {process.stderr.strip().splitlines()[-1:]})")
    return found


def excerpts(our: str, their: str, width: int = 300) -> tuple[str, str]:
    """Both results from a little before where they begin to differ."""
    same = next((i for i, (a, b) in enumerate(zip(our, their, strict=False)) if a != b), 0)
    first = max(0, same - 60)
    return our[first : first + width], their[first : first + width]


def main(arguments: argparse.Namespace, say: Callable[..., None] = print) -> int:
    """Compare; 1 where something differs that is not meant to."""
    warnings.simplefilter("ignore")
    if arguments.answer:
        for answer in answers(arguments.answer, arguments.first):
            say(json.dumps({"answer": answer}), flush=True)
        return 0
    logging.disable()
    ours = dict(zip(EXPRESSIONS, answers("kernel"), strict=True))
    theirs = dict(zip(EXPRESSIONS, answers_of_other(arguments.spacy_python), strict=True))
    n_different = 0
    for expression, our in ours.items():
        their = theirs[expression]
        both_fail = str(our).startswith("error") and str(their).startswith("error")
        if our != their and not both_fail:
            meant = next(
                (why for why, parts in MEANT.items() if any(part in expression for part in parts)), None
            )
            n_different += meant is None
            ends = excerpts(repr(our), repr(their))
            say(f"{expression}\n    ours   {ends[0]}\n    theirs {ends[1]}\n    {meant or 'NOT MEANT'}")
    say(f"{len(ours)} expressions, {len(ours) - n_different} agree or differ as meant")
    return int(n_different > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spacy-python", default="python", help="interpreter of an environment with spaCy")
    parser.add_argument("--first", type=int, default=0, help="number of the expression to begin with")
    parser.add_argument("--answer", help="print one house's answers as JSON")
    sys.exit(main(parser.parse_args()))
