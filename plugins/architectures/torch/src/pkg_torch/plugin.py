"""Names that pkg-torch adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    """Name the encoder."""
    return {"kernel.TorchBiLSTMEncoder.v1": "pkg_torch.encoder:TorchBiLSTMEncoder"}
