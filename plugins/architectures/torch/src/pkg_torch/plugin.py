"""The names that pkg-torch registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    """Return the encoder's name and target."""
    return {"kernel.TorchBiLSTMEncoder.v1": "pkg_torch.encoder:TorchBiLSTMEncoder"}
