"""The `morphologizer` component: part of speech and morphological features in one prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.contracts import Loss, factory
from kernel.errors import ModelError, did_you_mean
from kernel.limits import Share
from kernel.scorer import Scorer
from kernel.symbols import IDS, NAMES
from kernel.text.base.symbols import PARTS_OF_SPEECH
from kernel.text.doc.doc_arrays import distinct_pairs
from kernel.tokens import Doc
from kernel.training import Example
from pkg_morphologizer.labels import EMPTY, join_label, merge_feats, split_label
from pkg_tagger.component import DEFAULT_MODEL, keep_existing
from pkg_tagger.labeler import TokenLabeler
from pkg_tagger.loss import MISSING


def morphologizer_score(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Score parts of speech and features as `pos_acc`, `morph_acc` and `morph_per_feat`, 0 to 1."""
    examples = list(examples)
    scores = Scorer.score_token_attr(examples, "pos", **kwargs)
    scores.update(Scorer.score_token_attr(examples, "morph", **kwargs))
    scores.update(Scorer.score_token_attr_per_feat(examples, "morph", **kwargs))
    return scores


def morphologizer_scorer() -> Callable[..., dict[str, Any]]:
    """Return the morphologizer's scorer: `pos_acc`, `morph_acc` and `morph_per_feat`."""
    return morphologizer_score


@factory(
    "morphologizer",
    assigns=["token.morph", "token.pos"],
    default_config={
        "model": DEFAULT_MODEL,
        "overwrite": True,
        "extend": False,
        "scorer": {"@scorers": "kernel.morphologizer_scorer.v1"},
        "label_smoothing": 0.0,
    },
    default_score_weights={"pos_acc": 0.5, "morph_acc": 0.5, "morph_per_feat": None},
)
def morphologizer(
    nlp: Any,
    name: str,
    model: Model[list[Doc], list[Any]],
    overwrite: bool,
    extend: bool,
    scorer: Callable[..., dict[str, Any]] | None,
    label_smoothing: Share,
    loss: Loss | None = None,
) -> MorphologizerComponent:
    """Predict the part of speech and the morphological features of each token.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to one array (length, number of labels) of scores per document.
        overwrite: Whether to replace existing annotation.
        extend: Whether to add predicted features to existing ones.
        scorer: Computes scores from examples; null for none.
        label_smoothing: Share of the target probability to spread over the other labels, 0 to 1.
        loss: Compares probabilities with the gold labels; null for cross-entropy.
    """
    component = MorphologizerComponent(
        nlp.vocab,
        model,
        name,
        scorer=scorer,
        overwrite=overwrite,
        extend=extend,
        label_smoothing=label_smoothing,
    )
    component.use_loss(loss)
    return component


class MorphologizerComponent(TokenLabeler):
    """Predicts `token.pos` and `token.morph` together, as one label from the training data."""

    wants = "part of speech or features"

    def __init__(
        self,
        vocab: Any,
        model: Model[list[Doc], list[Any]],
        name: str = "morphologizer",
        *,
        scorer: Callable[..., dict[str, Any]] | None = morphologizer_score,
        overwrite: bool = True,
        extend: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            vocab,
            model,
            name,
            scorer=scorer,
            labels=[],
            overwrite=overwrite,
            extend=extend,
            label_smoothing=label_smoothing,
        )
        self._by_label: dict[str, int] = {}
        self._label_columns: tuple[Any, Any] = ([], [])
        self._indices: dict[tuple[int, int], int] = {}

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Any]) -> None:
        """Write parts of speech and features; existing annotation is kept unless `overwrite`."""
        feats_L, pos_L = self._columns()
        overwrite = self.cfg["overwrite"]
        for doc, guesses in zip(docs, predictions, strict=True):
            if not len(doc):
                continue
            feats_N = feats_L[guesses]
            if self.cfg["extend"]:
                feats_N = self._extended(doc.column("MORPH"), feats_N)
            doc.set_column("MORPH", keep_existing(doc, "MORPH", feats_N, overwrite or self.cfg["extend"]))
            doc.set_column("POS", keep_existing(doc, "POS", pos_L[guesses], overwrite))

    def get_loss(self, examples: Sequence[Example], scores: Sequence[Any]) -> tuple[float, list[Any]]:
        """Compare label probabilities with the gold parts of speech and features.

        Returns:
            The loss, and its gradient per document; see `TokenLabeler.compare`.
        """
        columns = [(*eg.aligned_column("MORPH"), *eg.aligned_column("POS")) for eg in examples]
        feats_N, has_feats_N, pos_N, has_pos_N = (
            np.concatenate(parts) for parts in zip(*columns, strict=True)
        )
        gold_N = np.full(len(feats_N), MISSING, dtype=np.int64)
        annotated = np.flatnonzero(has_feats_N | has_pos_N)
        if len(annotated):
            feats_U, pos_U, pair_N = distinct_pairs(feats_N[annotated], pos_N[annotated])
            pairs = zip(feats_U.tolist(), pos_U.tolist(), strict=True)
            indices_U = np.asarray([self._label_index(feats, pos) for feats, pos in pairs], dtype=np.int64)
            gold_N[annotated] = indices_U[pair_N]
        return self.compare(scores, gold_N)

    def add_label(self, label: str) -> int:
        """Add a label such as "Number=Plur|POS=NOUN".

        Returns:
            1 if the label was added, 0 if it was already present.

        Raises:
            ModelError: Its part of speech is not a universal one.
        """
        feats, pos = split_label(label)
        if pos and pos not in PARTS_OF_SPEECH:
            raise ModelError(f"{self.name}: {_unknown_pos(label, pos)}")
        self._indices.clear()
        return super().add_label(join_label(feats, pos))

    def find_labels(self, get_examples: Callable[[], Iterable[Example]]) -> list[str]:
        """Return the labels of the examples, sorted; tokens with neither part of speech nor features have none."""
        pairs: set[tuple[int, int]] = set()
        for eg in get_examples():
            feats_N, pos_N = eg.reference.column("MORPH"), eg.reference.column("POS")
            pairs.update(zip(feats_N.tolist(), pos_N.tolist(), strict=True))
        pairs.discard((0, 0))
        return sorted({self._label(feats, pos) for feats, pos in pairs})

    def _restore_cfg(self, cfg: Any) -> None:
        super()._restore_cfg(cfg)
        for label in self.labels:
            _, pos = split_label(label)
            if pos and pos not in PARTS_OF_SPEECH:
                raise ValueError(_unknown_pos(label, pos))

    def _label(self, feats: int, pos: int) -> str:
        return join_label(self.vocab.strings[feats], NAMES[pos] if pos else "")

    def _label_index(self, feats: int, pos: int) -> int:
        """Return the index of the label with these keys of features and part of speech; MISSING if there is none."""
        if not self._indices:
            self._by_label = {label: index for index, label in enumerate(self.labels)}
            self._indices[0, 0] = MISSING
        index = self._indices.get((feats, pos))
        if index is None:
            index = self._by_label.get(self._label(feats, pos), MISSING)
            self._indices[feats, pos] = index
        return index

    def _columns(self) -> tuple[Any, Any]:
        """Return the MORPH key and the POS id of each label, in the order of the labels."""
        if len(self._label_columns[0]) != len(self.labels):
            self._label_columns = self._split_labels()
        return self._label_columns

    def _split_labels(self) -> tuple[Any, Any]:
        parts = [split_label(label) for label in self.labels]
        feats = [self.vocab.strings.add(feats or EMPTY) for feats, _ in parts]
        pos = [IDS[pos] if pos else 0 for _, pos in parts]
        return np.asarray(feats, dtype=np.uint64), np.asarray(pos, dtype=np.uint64)

    def _extended(self, old_N: Any, new_N: Any) -> Any:
        """Merge predicted features into existing ones; `overwrite` decides which wins if both have a feature."""
        strings, prefer_new = self.vocab.strings, self.cfg["overwrite"]
        old_U, new_U, pair_N = distinct_pairs(old_N, new_N)
        merged = [
            strings.add(merge_feats(strings[old], strings[new], prefer_new=prefer_new) or EMPTY)
            for old, new in zip(old_U.tolist(), new_U.tolist(), strict=True)
        ]
        return np.asarray(merged, dtype=np.uint64)[pair_N]


def _unknown_pos(label: str, pos: str) -> str:
    """Return the message about a label with an unknown part of speech."""
    return f"label {label!r:.60}: unknown part of speech {pos!r:.40}{did_you_mean(pos, PARTS_OF_SPEECH)}"
