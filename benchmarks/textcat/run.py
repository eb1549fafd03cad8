"""Text classification on BBC News, ours and spaCy's side by side.

    python benchmarks/textcat/run.py --spacy-python VENV/bin/python

A bag of words and an ensemble train on the same articles for the same number of steps, one thread each, the seeds in
turn; the best model by dev is scored on dev and test, and predicts the texts of both. Prints medians over the seeds and
their ratios. The articles are those of `examples/bbc_news`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "examples" / "bbc_news")]

from data import documents, write_splits  # noqa: E402  (the example's)
from side_by_side import LIBRARIES, Task, arguments, compare  # noqa: E402

MODELS = ("bow", "ensemble")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--model", choices=MODELS, nargs="+", default=list(MODELS))
    args = parser.parse_args()
    for model in args.model:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            write_splits(work)
            texts = [article.text for split in ("dev", "test") for article in documents(split)]
            (work / "texts.json").write_text(json.dumps(texts))
            text = "\n".join((HERE / name).read_text() for name in ("config.cfg", f"{model}.cfg"))
            configs = dict.fromkeys(LIBRARIES, text)
            compare(Task(work, configs, ["cats_macro_f"], documents=True, label=model), args)


if __name__ == "__main__":
    main()
