"""A PyTorch module that runs an LSTM over documents of different lengths.

Axes
    N   tokens in the batch, all docs concatenated
    I   vector width
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.utils.rnn import PackedSequence, pack_sequence, unpack_sequence


class PackedLSTM(torch.nn.Module):
    """A bidirectional LSTM over each document, without padding.

    Args:
        width: Width of the input and output vectors; even.
        depth: Number of layers.
        dropout: Share of the output of each layer except the last to set to zero in training.
    """

    def __init__(self, width: int, depth: int, dropout: float) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(
            width, width // 2, depth, bidirectional=True, dropout=dropout if depth > 1 else 0.0
        )

    def forward(self, X_NI: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
        """Encode all documents, (N, I).

        Args:
            X_NI: The vectors of all documents.
            lengths: Number of tokens of each document; may be 0.
        """
        nonzero_lengths = [length for length in lengths if length]
        if not nonzero_lengths:
            return X_NI * 1.0
        packed: PackedSequence = pack_sequence(list(X_NI.split(nonzero_lengths)), enforce_sorted=False)
        encoded, _ = self.lstm(packed)
        return torch.cat(unpack_sequence(encoded))
