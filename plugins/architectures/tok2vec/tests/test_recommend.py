"""What is proposed for a shared tok2vec."""

from __future__ import annotations

from kernel.config import recommend_config


def test_accuracy_means_a_larger_encoder_and_averaged_weights() -> None:
    small, large = (recommend_config("xx", ["tok2vec"], optimize=aim) for aim in ("efficiency", "accuracy"))

    widths = [config["components"]["tok2vec"]["model"]["encode"]["width"] for config in (small, large)]
    averages = [config["training"]["optimizer"]["use_averages"] for config in (small, large)]
    assert widths == [96, 256]
    assert averages == [False, True]
