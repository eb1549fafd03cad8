"""Tagger and morphologizer on UD English-EWT, ours and spaCy's side by side.

    KERNEL_DATA=FOLDER python benchmarks/tagger/run.py --spacy-python VENV/bin/python

Both train on the same documents with the default efficiency settings for the same number of steps, one thread each,
the seeds in turn; then each predicts the same raw texts. Prints medians over the seeds and their ratios.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from side_by_side import LIBRARIES, Task, arguments, compare, ewt_corpora  # noqa: E402


def main() -> None:
    args = arguments(__doc__).parse_args()
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds ud_english_ewt/")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        ewt_corpora(work, Path(os.environ["KERNEL_DATA"]) / "ud_english_ewt")
        configs = dict.fromkeys(LIBRARIES, (HERE / "config.cfg").read_text())
        compare(Task(work, configs, ("tag_acc", "pos_acc", "morph_acc"), best=False), args)


if __name__ == "__main__":
    main()
