"""Named entities on WNUT17 and Danish DDT, ours and spaCy's side by side.

    KERNEL_DATA=FOLDER python benchmarks/ner/run.py --spacy-python VENV/bin/python

Both train on the same documents with the default efficiency settings for the same number of steps, one thread each,
the seeds in turn; the best model by dev is scored on dev and test, and predicts the texts of both. Prints medians
over the seeds and their ratios, and how far the scores of our entities are from shares of right ones (expected
calibration error, 10 bins).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from side_by_side import LIBRARIES, Result, Task, arguments, compare, convert, recommended, with_sections  # noqa: E402

import kernel  # noqa: E402
from kernel.tokens import DocBin  # noqa: E402
from pkg_ner.calibration import calibration_error  # noqa: E402
from pkg_readers.corpus import Corpus  # noqa: E402

CORPORA = {
    "wnut17": ("en", "wnut17/{}.iob"),
    "danish": ("xx", "uner_danish_ddt/da_ddt-ud-{}.iob2.gz"),
}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--corpus", choices=CORPORA, nargs="+", default=list(CORPORA))
    parser.add_argument(
        "--recommended",
        action="store_true",
        help="ours with what our `init config` recommends",
    )
    args = parser.parse_args()
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds wnut17/ and uner_danish_ddt/")
    for corpus in args.corpus:
        lang, files = CORPORA[corpus]
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            texts = list(corpora(work, os.path.join(os.environ["KERNEL_DATA"], files)))
            (work / "texts.json").write_text(json.dumps(texts))
            configs = configs_of(lang, with_ours=args.recommended)
            compare(Task(work, configs, ["ents_f"], label=corpus, measure=calibration), args)


def corpora(work: Path, files: str) -> Iterator[str]:
    """Convert the three splits with our converter, for both libraries; gives the texts of dev and test."""
    for split in ("train", "dev", "test"):
        target = work / f"{split}.spacy"
        convert(Path(files.format(split)), target)
        if split != "train":
            yield from (doc.text for doc in DocBin().from_disk(target).get_docs(kernel.blank("xx").vocab))


def configs_of(lang: str, *, with_ours: bool) -> dict[str, str]:
    """Give each library's config."""
    found = dict.fromkeys(LIBRARIES, (HERE / "config.cfg").read_text().replace('"LANG"', f'"{lang}"'))
    if with_ours:
        found["kernel"] = with_sections(found["kernel"], recommended("ner", lang))
    return found


def calibration(model: Path) -> Result:
    """Measure the expected calibration error of a pipeline's entities; its corpora lie beside its run."""
    nlp = kernel.load(model)
    found = {}
    for split in ("dev", "test"):
        examples = list(Corpus(model.parents[1] / f"{split}.spacy")(nlp))
        list(nlp.pipe(eg.predicted for eg in examples))
        found[f"calibration error, {split}"] = calibration_error(examples) or 0.0
    return found


if __name__ == "__main__":
    main()
