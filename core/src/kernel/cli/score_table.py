"""Format scores for people: a table of the main scores, and one for each score that is split by type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MAIN = {
    "TOK": "token_acc",
    "TAG": "tag_acc",
    "POS": "pos_acc",
    "MORPH": "morph_acc",
    "LEMMA": "lemma_acc",
    "UAS": "dep_uas",
    "LAS": "dep_las",
    "NER P": "ents_p",
    "NER R": "ents_r",
    "NER F": "ents_f",
    "TEXTCAT": "cats_score",
    "SENT P": "sents_p",
    "SENT R": "sents_r",
    "SENT F": "sents_f",
    "SPAN P": "spans_{key}_p",
    "SPAN R": "spans_{key}_r",
    "SPAN F": "spans_{key}_f",
    "SPEED": "speed",
}

BY_TYPE = {
    "MORPH (per feat)": "morph_per_feat",
    "LAS (per type)": "dep_las_per_type",
    "NER (per type)": "ents_per_type",
    "SPANS (per type)": "spans_{key}_per_type",
    "TEXTCAT F (per label)": "cats_f_per_type",
    "TEXTCAT ROC AUC (per label)": "cats_auc_per_type",
}


def score_table(scores: Mapping[str, Any], spans_key: str = "sc") -> Iterator[str]:
    """Yield scores as lines of text.

    Args:
        scores: The scores that `nlp.evaluate` returns.
        spans_key: Key of the span group to show.
    """
    names = {title: name.format(key=spans_key) for title, name in MAIN.items()}
    yield from aligned(
        [title_of(title, scores), shown(scores[name], name)]
        for title, name in names.items()
        if name in scores
    )
    for title, name in BY_TYPE.items():
        by_type = scores.get(name.format(key=spans_key))
        if by_type:
            yield from ("", title)
            yield from aligned(type_rows(by_type))


def title_of(title: str, scores: Mapping[str, Any]) -> str:
    """Return the title of a score; that of text classification says which variant it is."""
    description = scores.get("cats_score_desc")
    return f"{title} ({description})" if title == "TEXTCAT" and description else title


def type_rows(scores: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """Yield a row for each type: precision, recall and F, or one number."""
    if all(isinstance(value, Mapping) for value in scores.values()):
        yield ("", "P", "R", "F")
        for name, value in scores.items():
            yield (name, *(shown(value.get(part)) for part in "prf"))
    else:
        for name, value in scores.items():
            yield (name, shown(value))


def shown(value: Any, name: str = "") -> str:
    """Format a score as a percentage, speed as it is, and "-" where there is no number."""
    if not isinstance(value, (int, float)):
        return "-"
    return f"{value:.0f}" if name == "speed" else f"{value * 100:.2f}"


def aligned(rows: Iterator[Sequence[str]] | Any) -> Iterator[str]:
    """Yield aligned rows: names to the left, numbers to the right."""
    rows = [tuple(row) for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells])
