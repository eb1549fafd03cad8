"""The component that the `parser` factory creates for a biaffine model.

Axes
    N   tokens of a batch
    K   words: tokens that are not whitespace
    D   documents
    G   segments, see `segments`
    L   labels
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from thinc.api import Model, Optimizer, Ragged, set_dropout_rate

from kernel.errors import ModelError, NotFinite
from kernel.pipeline import TrainableComponent
from kernel.pipeline.components.trainable import check_loss
from kernel.pipeline.optim.finite import first_bad, is_finite, no_scores
from kernel.tokens import Doc
from kernel.training import Example
from pkg_biaffine.buckets import bucketed
from pkg_biaffine.gold import GoldArcs, count_labels, read_gold
from pkg_biaffine.learn import arc_loss, cross_entropy, start_loss
from pkg_biaffine.segments import cut_segments, cut_windows, find_starts
from pkg_biaffine.trees import best_trees
from pkg_parser.moves import FALLBACK
from pkg_parser.words import find_words, forced_starts
from pkg_parser.write import with_whitespace, write_tree
from pkg_tok2vec.numerics import Cut

#: Number of words whose arcs and labels are scored together in prediction; bounds memory.
PART_WORDS = 8_000
#: Share of the gradient passed to the token vectors: four losses per word would outweigh those of other components.
ONWARD = 0.4


@dataclass(frozen=True)
class ParsedSentences:
    """The predicted trees of a batch.

    Attributes:
        token_K: The token of each word.
        head_K: The token of each word's head, its own for a root.
        label_K: Index of the label.
    """

    token_K: Any
    head_K: Any
    label_K: Any


class BiaffineComponent(TrainableComponent):
    """Predicts trees: one root per sentence, no cycles, every head in its own sentence; arcs may cross.

    The first label is the label of roots.
    """

    wants = "head or dependency label"

    def __init__(
        self,
        vocab: Any,
        model: Model[list[Doc], Any],
        name: str = "parser",
        *,
        scorer: Callable[..., dict[str, Any]] | None = None,
        moves: list[str] | None = None,
        update_with_oracle_cut_size: int = 100,
        learn_tokens: bool = False,
        min_action_freq: int = 30,
    ) -> None:
        super().__init__(
            vocab,
            model,
            name,
            scorer=scorer,
            labels=[],
            update_with_oracle_cut_size=update_with_oracle_cut_size,
            learn_tokens=learn_tokens,
            min_action_freq=min_action_freq,
        )
        for label in moves or ():
            self.add_label(label)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Set the labels, from the examples or from `labels`, and initialize the model.

        Args:
            get_examples: Returns the training examples; called twice.
            nlp: The pipeline.
            labels: The labels, the root label first; None takes them from the examples.

        Raises:
            DataError: There are no examples, or none with the annotation.
            ModelError: A label is not a str.
        """
        sample = [eg.predicted for eg in self.sample(get_examples)]
        added = self.labels
        new_labels = self._find_labels(get_examples()) if labels is None else list(labels)
        self.check_labels(new_labels)
        wrong = next((label for label in new_labels if not isinstance(label, str)), None)
        if wrong is not None:
            raise ModelError(f"{self.name}: expected labels as str, got {wrong!r}")
        self._restore_cfg({"labels": list(dict.fromkeys([*new_labels, *added]))})
        self.model.attrs["resize_output"](self.model, len(self.labels))
        self.model.initialize(X=sample)

    def predict(self, docs: Sequence[Doc]) -> ParsedSentences:
        """Parse a batch, part by part, to bound memory.

        Raises:
            NotFinite: A score is nan or inf.
        """
        try:
            with np.errstate(all="ignore"):
                return self._parse(docs)
        except NotFinite as error:
            vectors = Cut(self.model.predict(list(docs)), [len(doc) for doc in docs])
            doc_index = first_bad(self.model.ops, vectors)
            raise no_scores(self.name, docs, doc_index, f", {error}") from error

    def _parse(self, docs: Sequence[Doc]) -> ParsedSentences:
        ops, words = self.model.ops, find_words(docs)
        token_K, K = words.token_K, len(words.token_K)
        head_K, label_K = np.arange(K), np.zeros(K, dtype=np.int64)
        if not K:
            return ParsedSentences(token_K, token_K, label_K)
        X_KI, odds_K = self._context(
            self.model.predict(list(docs))[ops.asarray(token_K)], cut_windows(words.first_D)
        )
        fixed_N = forced_starts(docs)
        fixed_K = np.where(words.marks(fixed_N == 1), 1, fixed_N[token_K])
        lengths_G, continues_G = cut_segments(find_starts(odds_K, fixed_K, words.first_D))
        ends_G = np.cumsum(lengths_G)
        first_G = ends_G - lengths_G
        part_G = first_G // PART_WORDS
        last_root = -1
        for part in np.unique(part_G).tolist():
            some = np.flatnonzero(part_G == part)
            rows = slice(int(first_G[some[0]]), int(ends_G[some[-1]]))
            heads = rows.start + self._heads(X_KI[rows], lengths_G[some])
            # The root of a later part of a sentence depends on the root of the part before.
            roots = np.flatnonzero(heads == np.arange(rows.start, rows.stop)) + rows.start
            previous_roots = np.append(last_root, roots[:-1])
            last_root = int(roots[-1])
            heads[roots - rows.start] = np.where(continues_G[some], previous_roots, roots)
            head_K[rows] = heads
            label_K[rows] = self._labels(X_KI[rows], heads - rows.start)
        label_K[head_K == np.arange(K)] = 0
        return ParsedSentences(token_K, token_K[head_K], label_K)

    def _context(self, X_KI: Any, windows_G: Any) -> tuple[Any, Any]:
        """Return word vectors with arc context, (K, I), and the log odds of a sentence start at each word, (K)."""
        ops, ends_G = self.model.ops, np.cumsum(windows_G)
        part_G = (ends_G - windows_G) // PART_WORDS
        vectors, odds = [], []
        for part in np.unique(part_G).tolist():
            some = np.flatnonzero(part_G == part)
            words = slice(int(ends_G[some[0]] - windows_G[some[0]]), int(ends_G[some[-1]]))
            _, X, crossing_K = self.model.get_ref("context").predict(
                Ragged(X_KI[words], ops.asarray1i(windows_G[some]))
            )
            vectors.append(X.dataXd)
            odds.append(ops.to_numpy(self.model.get_ref("starts").predict((X.dataXd, crossing_K))))
        odds_K = np.concatenate(odds)
        if not np.isfinite(odds_K).all():
            raise NotFinite("the odds of a sentence start are nan or inf")
        return ops.xp.concatenate(vectors), odds_K

    def _heads(self, X_KI: Any, lengths_G: Any) -> Any:
        """Find the best trees over segments; return the index of each word's head, its own for a root."""
        ops = self.model.ops
        head_K = np.arange(len(X_KI))
        scores = self.model.get_ref("arcs").predict(Ragged(X_KI, ops.asarray1i(lengths_G)))
        for bucket, scores_BTS in zip(bucketed(lengths_G), scores, strict=True):
            heads_BT = best_trees(ops.to_numpy(scores_BTS), bucket.is_arc_BTS)
            heads_BT = bucket.first_B[:, None] + heads_BT - 1
            is_arc_BT = bucket.is_word_BT & (heads_BT >= bucket.first_B[:, None])
            head_K[bucket.rows_BT[is_arc_BT]] = heads_BT[is_arc_BT]
        return head_K

    def _labels(self, X_KI: Any, head_K: Any) -> Any:
        ops = self.model.ops
        head_K = np.maximum(head_K, 0)
        scores_KL = self.model.get_ref("labels").predict((X_KI, ops.asarray1i(head_K)))
        if not is_finite(ops, scores_KL):
            raise NotFinite("a score of a label is nan or inf")
        return ops.to_numpy(scores_KL.argmax(axis=1))

    def set_annotations(self, docs: Sequence[Doc], predictions: ParsedSentences) -> None:
        """Write heads and labels, which imply the sentence starts."""
        if not docs:
            return
        key_L = np.array([self.vocab.strings.add(label) for label in self.labels], dtype=np.uint64)
        offsets_D, head_N, key_N = with_whitespace(
            docs, predictions.token_K, predictions.head_K, key_L[predictions.label_K], key_L[0]
        )
        for doc, start, end in zip(docs, offsets_D[:-1], offsets_D[1:], strict=True):
            write_tree(doc, head_N[start:end] - start, key_N[start:end])

    def update(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Update from a batch of examples; the loss is the cross-entropy of heads, labels and starts, in nats."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        gold = read_gold(examples, self.labels, self.cfg["learn_tokens"])
        if not gold.is_any_known:
            return losses
        set_dropout_rate(self.model, drop)
        X_NI, backprop = self.model.begin_update([eg.predicted for eg in examples])
        rows_K = self.model.ops.asarray(gold.token_K)
        loss, dX_KI = self._learn(X_NI[rows_K], gold)
        check_loss(self.name, loss)
        dX_NI = self.model.ops.alloc2f(*X_NI.shape)
        dX_NI[rows_K] = ONWARD * dX_KI
        backprop(dX_NI)
        losses[self.name] += loss
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def _learn(self, X_KI: Any, gold: GoldArcs) -> tuple[float, Any]:
        """Score the words of segments and compare with gold; return the loss and the gradient of the word vectors."""
        ops = self.model.ops
        starts, arcs, labels = (self.model.get_ref(name) for name in ("starts", "arcs", "labels"))
        windows = Ragged(X_KI, ops.asarray1i(gold.windows_G))
        (scores, X, crossing_K), backprop_context = self.model.get_ref("context").begin_update(windows)
        loss_of_context, d_context = arc_loss(ops, scores, bucketed(gold.windows_G), gold.in_window_K)
        odds_K, backprop_starts = starts.begin_update((X.dataXd, crossing_K))
        loss_of_starts, d_odds_K = start_loss(ops, odds_K, gold.start_K)
        scores, backprop_arcs = arcs.begin_update(Ragged(X.dataXd, ops.asarray1i(gold.lengths_G)))
        loss_of_arcs, d_arcs = arc_loss(ops, scores, bucketed(gold.lengths_G), gold.in_segment_K)
        scores_KL, backprop_labels = labels.begin_update((X.dataXd, ops.asarray1i(gold.row_K)))
        loss_of_labels = cross_entropy(ops, scores_KL, gold.label_K)
        dX_KI, d_crossing_K = backprop_starts(d_odds_K)
        dX_KI = dX_KI + backprop_arcs(d_arcs).dataXd + backprop_labels(scores_KL)[0]
        dX_KI = backprop_context((d_context, Ragged(dX_KI, windows.lengths), d_crossing_K)).dataXd
        return loss_of_context + loss_of_starts + loss_of_arcs + loss_of_labels, dX_KI

    def _find_labels(self, examples: Iterable[Example]) -> list[str]:
        """Return the root label, FALLBACK, and the arc labels that are frequent enough, most frequent first."""
        roots: Counter[str] = Counter()
        arcs: Counter[str] = Counter()
        for number, eg in enumerate(examples):
            for is_root, label, count in count_labels(eg, number, self.cfg["learn_tokens"]):
                (roots if is_root else arcs)[label] += count
        if not roots and not arcs:
            return []
        root = min(roots, key=lambda label: (-roots[label], label), default="ROOT")
        frequent = [label for label, count in arcs.items() if count >= self.cfg["min_action_freq"]]
        frequent.sort(key=lambda label: (-arcs[label], label))
        return list(dict.fromkeys([root, FALLBACK, *frequent]))
