"""The names that pkg-augmenters registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_augmenters() -> dict[str, str]:
    """Return the augmenters by name."""
    return {
        "kernel.char_noise.v1": "pkg_augmenters.noise:char_noise",
        "kernel.combined_augmenter.v1": "pkg_augmenters.combined:combined_augmenter",
        "kernel.lower_case.v1": "pkg_augmenters.lower:lower_case",
        "kernel.orth_variants.v1": "pkg_augmenters.variants:orth_variants",
    }
