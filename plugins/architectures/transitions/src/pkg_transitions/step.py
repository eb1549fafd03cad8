"""One step of the model: from the feature tokens of states to scores of actions.

Axes as in `model`, and
    M   rows of all steps of a walk, one after the other
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from thinc.api import Model, Ops

from kernel.tokens import Doc
from pkg_tok2vec.numerics import backprop_maxout
from pkg_transitions.memory import Spare, TableMemory

#: Rows of the dropout mask to draw at a time.
_MASKS = 1024


@dataclass(frozen=True)
class TransitionStep:
    """The values of one training step that the backward pass needs.

    Attributes:
        rows_SF: Rows of the table that were summed.
        pieces_SQ: The hidden layer before the maximum.
        hidden_SO: The hidden layer, after dropout.
        mask_SO: The dropout mask, or None.
    """

    rows_SF: Any
    pieces_SQ: Any
    hidden_SO: Any
    mask_SO: Any

    def keep(self, rows_S: Any) -> TransitionStep:
        """Return the step for some of the states; `rows_S` must be on the model's device."""
        mask_SO = None if self.mask_SO is None else self.mask_SO[rows_S]
        return TransitionStep(self.rows_SF[rows_S], self.pieces_SQ[rows_S], self.hidden_SO[rows_S], mask_SO)


class StepModel:
    """Scores the actions of the states of one batch.

    Args:
        ops: The model's ops.
        table: Computes the table of the tokens with the given indices, or of all for None, in the given memory.
        spare: Memory for predictions.
        n_tokens: N.
        table_shape: F and Q.
        pieces: P.
        upper: The linear output layer, or None.
        dropout_rate: Share of hidden values to drop, 0 to 1.

    Attributes:
        check: Called with the component's name and the batch; raises NotFinite if scores may not be finite.
    """

    check: Callable[[str, Sequence[Doc]], None]

    def __init__(
        self,
        ops: Ops,
        table: Callable[[Any, TableMemory], Any],
        spare: Spare,
        n_tokens: int,
        table_shape: tuple[int, int],
        pieces: int,
        upper: Model[Any, Any] | None,
        dropout_rate: float = 0.0,
    ) -> None:
        self.ops = ops
        self.spare = spare
        self.table_shape = table_shape
        self._table = table
        self._tokens_K: Any = None
        self._computed_table: Any = None
        self.memory = TableMemory()
        self.upper = upper
        self.pieces = pieces
        self._dropout_rate = dropout_rate
        self._masks: Any = ()
        # The row of each token within a slot; index -1, no token, reads the last.
        self._row_N = np.arange(n_tokens + 1, dtype=np.int32)
        self._slots_F = self._slot_offsets(n_tokens)
        if upper is not None:
            # Transposed and contiguous, for the many small products.
            self._W_OA, self._b_A = ops.as_contig(upper.get_param("W").T), upper.get_param("b")

    @property
    def table_RQ(self) -> Any:
        """The products of every token and slot; computed on first access."""
        if self._computed_table is None:
            self._computed_table = self._table(self._tokens_K, self.memory)
        return self._computed_table

    def part(self, tokens_K: Any, memory: TableMemory) -> StepModel:
        """Return a step model for some of the tokens, with a smaller table, also computed on first access.

        Args:
            tokens_K: Indices of the tokens in the batch, on the CPU.
            memory: Memory for the table; its contents are overwritten.
        """
        part = copy(self)
        part._row_N = np.empty_like(self._row_N)
        part._row_N[tokens_K] = np.arange(len(tokens_K), dtype=np.int32)
        part._row_N[-1] = len(tokens_K)
        part._slots_F = self._slot_offsets(len(tokens_K))
        part._tokens_K, part._computed_table, part.memory = tokens_K, None, memory
        return part

    def _slot_offsets(self, n_tokens: int) -> Any:
        """Return the first row of each slot in a table of `n_tokens` tokens, int32 (F)."""
        return self.ops.xp.arange(self.table_shape[0], dtype="int32") * (n_tokens + 1)

    def predict(self, tokens_SF: Any) -> Any:
        """Score the actions of some states, (S, A).

        Args:
            tokens_SF: The feature tokens, int32, on the CPU; -1 for no token.
        """
        hidden_SO, _ = self._hidden(self._rows(tokens_SF))
        return self._scores(hidden_SO)

    def token_rows(self, tokens_N: Any) -> list[int]:
        """Return the row of each token within a slot, for `predict_one`; tokens as for `predict`."""
        rows: list[int] = self._row_N[tokens_N].tolist()
        return rows

    def slots(self) -> list[int]:
        """Return the first row of each slot, for `predict_one`."""
        slots: list[int] = self._slots_F.tolist()
        return slots

    def predict_one(self, rows: Sequence[int]) -> Any:
        """Score the actions of a single state, on the CPU: `predict` with less overhead.

        Args:
            rows: For each slot, the sum of its first row (`slots`) and its token's row (`token_rows`).
        """
        pieces_Q = self.table_RQ.take(rows, axis=0).sum(axis=0)
        hidden_O = pieces_Q.reshape(self.pieces, -1).max(axis=0)
        return hidden_O if self.upper is None else hidden_O @ self._W_OA + self._b_A

    def begin_update(self, tokens_SF: Any) -> tuple[Any, TransitionStep]:
        """Score with dropout; also return what `backprop` needs."""
        rows_SF = self._rows(tokens_SF)
        hidden_SO, pieces_SQ = self._hidden(rows_SF)
        mask_SO = None
        if self._dropout_rate and self.upper is not None:
            mask_SO = self._mask(*hidden_SO.shape)
            hidden_SO = hidden_SO * mask_SO
        return self._scores(hidden_SO), TransitionStep(rows_SF, pieces_SQ, hidden_SO, mask_SO)

    def backprop(self, steps: Sequence[TransitionStep], d_scores: Sequence[Any]) -> Any:
        """Accumulate the output layer's gradients from all steps of a walk.

        Args:
            steps: The steps that `begin_update` returned; at least one.
            d_scores: The gradient of each step's scores.

        Returns:
            The gradient of the table, (R, Q).
        """
        ops, xp = self.ops, self.ops.xp
        dY_MA = xp.concatenate(list(d_scores))
        pieces_MQ = xp.concatenate([step.pieces_SQ for step in steps])
        best_MO = self._best(pieces_MQ)
        d_hidden_MO = dY_MA
        if self.upper is not None:
            hidden_MO = xp.concatenate([step.hidden_SO for step in steps])
            self.upper.inc_grad("W", ops.gemm(dY_MA, hidden_MO, trans1=True))
            self.upper.inc_grad("b", dY_MA.sum(axis=0))
            d_hidden_MO = ops.gemm(dY_MA, self.upper.get_param("W"))
            if steps[0].mask_SO is not None:
                d_hidden_MO *= xp.concatenate([step.mask_SO for step in steps])
        d_pieces_MQ = backprop_maxout(ops, d_hidden_MO, best_MO, pieces_MQ)
        rows_MF = xp.concatenate([step.rows_SF for step in steps])
        d_table_RQ = ops.alloc2f(*self.table_RQ.shape)
        for slot in range(rows_MF.shape[1]):
            ops.scatter_add(d_table_RQ, ops.as_contig(rows_MF[:, slot]), d_pieces_MQ)
        return d_table_RQ

    def _mask(self, n_states: int, width: int) -> Any:
        """Return the next rows of the dropout mask, which is drawn for many steps at a time."""
        if len(self._masks) < n_states:
            self._masks = self.ops.get_dropout_mask((max(n_states, _MASKS), width), self._dropout_rate)
        mask_SO, self._masks = self._masks[:n_states], self._masks[n_states:]
        return mask_SO

    def _rows(self, tokens_SF: Any) -> Any:
        rows_SF = self.ops.asarray(self._row_N[tokens_SF])
        rows_SF += self._slots_F
        return rows_SF

    def _hidden(self, rows_SF: Any) -> tuple[Any, Any]:
        pieces_SQ = self.ops.gather_add(self.table_RQ, rows_SF)
        return self._best(pieces_SQ), pieces_SQ

    def _best(self, pieces_SQ: Any) -> Any:
        O = pieces_SQ.shape[1] // self.pieces
        best_SO = pieces_SQ[:, :O]
        for piece in range(1, self.pieces):
            best_SO = self.ops.xp.maximum(best_SO, pieces_SQ[:, piece * O : (piece + 1) * O])
        return best_SO

    def _scores(self, hidden_SO: Any) -> Any:
        if self.upper is None:
            return hidden_SO
        scores_SA = hidden_SO @ self._W_OA
        scores_SA += self._b_A
        return scores_SA
