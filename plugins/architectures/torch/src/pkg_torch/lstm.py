"""The LSTM as a module of PyTorch, over documents of different lengths.

Axes
    N   tokens in the batch, all docs concatenated
    I   vector width
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.utils.rnn import PackedSequence, pack_sequence, unpack_sequence


class PackedLSTM(torch.nn.Module):
    """A bidirectional LSTM that reads each document from its first to its last token and back.

    Args:
        width: Of the vectors, in and out; even.
        depth: Layers.
        dropout: Share of the output of a layer, but the last, that is set to zero in training.
    """

    def __init__(self, width: int, depth: int, dropout: float) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(
            width, width // 2, depth, bidirectional=True, dropout=dropout if depth > 1 else 0.0
        )

    def forward(self, X_NI: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
        """Encode.

        Args:
            X_NI: Vectors.
            lengths: Tokens of each document; 0 is possible.
        """
        filled = [length for length in lengths if length]
        if not filled:
            return X_NI * 1.0
        packed: PackedSequence = pack_sequence(list(X_NI.split(filled)), enforce_sorted=False)
        encoded, _ = self.lstm(packed)
        return torch.cat(unpack_sequence(encoded))
