"""Tagger, morphologizer and parser on UD English-EWT, ours and spaCy's side by side.

    KERNEL_DATA=FOLDER python benchmarks/parser/run.py --spacy-python VENV/bin/python

Does what the tagger's benchmark does, with a parser added to its pipeline. With `--config accuracy` each side has
what it recommends for accuracy, and the best model by dev is scored on dev and test; with `--config arc-eager` ours
has the arc-eager parser in place of the biaffine one. That takes hours: with `--results FOLDER` it can be stopped, and
goes on with the runs that are missing.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
TAGGER = HERE.parent / "tagger"
sys.path.insert(0, str(HERE.parent))

from side_by_side import LIBRARIES, Task, arguments, compare, ewt_corpora, recommended, with_sections  # noqa: E402

SCORES = ("tag_acc", "pos_acc", "morph_acc", "dep_uas", "dep_las", "sents_f")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--config", choices=["efficiency", "accuracy", "arc-eager"], default="efficiency")
    parser.add_argument(
        "--best", action="store_true", help="score the best model on dev and test, as other configs always do"
    )
    args = parser.parse_args()
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds ud_english_ewt/")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        ewt_corpora(work, Path(os.environ["KERNEL_DATA"]) / "ud_english_ewt")
        best = args.best or args.config != "efficiency"
        compare(Task(work, configs(args.config), SCORES, best=best), args)


def efficiency() -> str:
    """Add the parser to the tagger's config."""
    text = (TAGGER / "config.cfg").read_text().replace('"morphologizer"]', '"morphologizer","parser"]')
    return with_sections(text, (HERE / "parser.cfg").read_text())


def configs(kind: str) -> dict[str, str]:
    """Give each library's config."""
    found = dict.fromkeys(LIBRARIES, efficiency())
    if kind != "efficiency":
        proposed = recommended("tagger,morphologizer,parser", "en", "accuracy")
        changes = {"kernel": proposed, "spacy": (HERE / "accuracy-spacy.cfg").read_text()}
        found = {library: with_sections(text, changes[library]) for library, text in found.items()}
    if kind == "arc-eager":
        found["kernel"] = with_sections(found["kernel"], (HERE / "parser.cfg").read_text())
    return found


if __name__ == "__main__":
    main()
