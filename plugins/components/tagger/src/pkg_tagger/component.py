"""The `tagger` component: fine-grained part-of-speech tags."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.contracts import Loss, factory
from kernel.limits import Share
from kernel.scorer import Scorer
from kernel.tokens import Doc
from kernel.training import Example
from pkg_tagger.labeler import TokenLabeler
from pkg_tagger.loss import MISSING, LabelIndex

logger = logging.getLogger(__name__)

DEFAULT_MODEL = {
    "@architectures": "kernel.Tagger.v1",
    "nO": None,
    "normalize": False,
    "tok2vec": {
        "@architectures": "kernel.HashEmbedCNN.v1",
        "pretrained_vectors": None,
        "width": 96,
        "depth": 4,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
    },
}


def tagger_score(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Score the tags of examples as `tag_acc`, 0 to 1."""
    return Scorer.score_token_attr(examples, "tag", **kwargs)


def tagger_scorer() -> Callable[..., dict[str, Any]]:
    """Return the tagger's scorer: `tag_acc`, the share of tokens with the correct tag."""
    return tagger_score


@factory(
    "tagger",
    assigns=["token.tag"],
    default_config={
        "model": DEFAULT_MODEL,
        "overwrite": False,
        "scorer": {"@scorers": "kernel.tagger_scorer.v1"},
        "neg_prefix": "!",
        "label_smoothing": 0.0,
    },
    default_score_weights={
        "tag_acc": 1.0,
        "pos_acc": 0.0,
        "tag_micro_p": None,
        "tag_micro_r": None,
        "tag_micro_f": None,
    },
)
def tagger(
    nlp: Any,
    name: str,
    model: Model[list[Doc], list[Any]],
    overwrite: bool,
    scorer: Callable[..., dict[str, Any]] | None,
    neg_prefix: str,
    label_smoothing: Share,
    loss: Loss | None = None,
) -> TaggerComponent:
    """Predict a fine-grained part-of-speech tag for each token.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to one array (length, number of tags) of scores per document.
        overwrite: Whether to replace existing tags.
        scorer: Computes scores from examples; null for none.
        neg_prefix: Prefix of gold tags that the token must not get.
        label_smoothing: Share of the target probability to spread over the other tags, 0 to 1.
        loss: Compares probabilities with the gold tags; null for cross-entropy.
    """
    component = TaggerComponent(
        nlp.vocab,
        model,
        name,
        scorer=scorer,
        overwrite=overwrite,
        neg_prefix=neg_prefix,
        label_smoothing=label_smoothing,
    )
    component.use_loss(loss)
    return component


class TaggerComponent(TokenLabeler):
    """Predicts `token.tag`, one of the tags from the training data."""

    wants = "tag"

    def __init__(
        self,
        vocab: Any,
        model: Model[list[Doc], list[Any]],
        name: str = "tagger",
        *,
        scorer: Callable[..., dict[str, Any]] | None = tagger_score,
        overwrite: bool = False,
        neg_prefix: str = "!",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            vocab,
            model,
            name,
            scorer=scorer,
            labels=[],
            overwrite=overwrite,
            neg_prefix=neg_prefix,
            label_smoothing=label_smoothing,
        )
        self._unknown: set[str] = set()
        self._label_index = LabelIndex([])

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Any]) -> None:
        """Write tags; existing ones are kept unless `overwrite`."""
        keys_L = self._index().keys
        for doc, guesses in zip(docs, predictions, strict=True):
            if len(doc):
                doc.set_column("TAG", keep_existing(doc, "TAG", keys_L[guesses], self.cfg["overwrite"]))

    def get_loss(self, examples: Sequence[Example], scores: Sequence[Any]) -> tuple[float, list[Any]]:
        """Compare tag probabilities with the gold tags; tokens without a gold tag teach nothing.

        Returns:
            The loss, and its gradient per document; see `TokenLabeler.compare`.
        """
        columns = [eg.aligned_column("TAG") for eg in examples]
        keys_N = np.concatenate([values for values, _ in columns])
        has_tag_N = np.concatenate([has_tag_X for _, has_tag_X in columns])
        gold_N = np.where(has_tag_N, self._index()(keys_N), MISSING)
        negated_N = self._find_negated(keys_N, has_tag_N, gold_N)
        return self.compare(scores, gold_N, negated_N)

    def find_labels(self, get_examples: Callable[[], Iterable[Example]]) -> list[str]:
        """Return the tags of the examples, sorted, without negated ones."""
        keys: set[int] = set()
        for eg in get_examples():
            keys.update(np.unique(eg.reference.column("TAG")).tolist())
        tags = (self.vocab.strings[key] for key in keys if key)
        prefix = self.cfg["neg_prefix"]
        return sorted(tag for tag in tags if not (prefix and tag.startswith(prefix)))

    def _index(self) -> LabelIndex:
        """Return the index of labels by key, updated after labels were added."""
        if len(self._label_index.keys) != len(self.labels):
            self._label_index = LabelIndex([self.vocab.strings.add(label) for label in self.labels])
        return self._label_index

    def _find_negated(self, keys_N: Any, has_tag_N: Any, gold_N: Any) -> Any | None:
        """Find negated gold tags and write their labels to `gold_N`; warn once about every other unknown tag."""
        unknown = np.flatnonzero(has_tag_N & (gold_N == MISSING))
        if not len(unknown):
            return None
        negated_N = np.zeros(len(gold_N), dtype=bool)
        prefix, labels = self.cfg["neg_prefix"], {label: i for i, label in enumerate(self.labels)}
        for key in np.unique(keys_N[unknown]).tolist():
            tag = self.vocab.strings[key]
            if prefix and tag.startswith(prefix) and tag[len(prefix) :] in labels:
                tokens = unknown[keys_N[unknown] == key]
                gold_N[tokens], negated_N[tokens] = labels[tag[len(prefix) :]], True
            elif tag not in self._unknown:
                self._unknown.add(tag)
                logger.warning(
                    "%s: unknown tag %r in the gold annotation; its tokens teach nothing", self.name, tag
                )
        return negated_N


def keep_existing(doc: Doc, column: str, new_N: Any, overwrite: bool) -> Any:
    """Combine a document's existing values with predicted ones.

    Returns:
        The predicted values, except where existing values are set and `overwrite` is off, (N).
    """
    if overwrite:
        return new_N
    old_N = doc.column(column)
    return np.where(old_N != 0, old_N, new_N) if old_N.any() else new_N
