"""A callback that copies tokenizer settings and vocabulary from a saved pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.errors import ConfigError


def copy_from_base_model(tokenizer: str | None = None, vocab: str | None = None) -> Callable[[Any], Any]:
    """Create a callback that copies from another pipeline; for `[initialize] before_init`.

    Args:
        tokenizer: Pipeline from which to copy the tokenizer settings: a folder or an installed package. Both
            pipelines must have the same `[nlp.tokenizer]` block. None copies nothing.
        vocab: Pipeline from which to copy the vocabulary, including word vectors. None copies nothing.
    """

    def copy(nlp: Any) -> Any:
        from kernel import load

        bases = {name: load(name) for name in dict.fromkeys((tokenizer, vocab)) if name}
        if tokenizer:
            copy_tokenizer(bases[tokenizer], nlp)
        if vocab:
            nlp.vocab.from_bytes(bases[vocab].vocab.to_bytes())
        return nlp

    return copy


def copy_tokenizer(base: Any, nlp: Any) -> None:
    """Copy the tokenizer settings of one pipeline to another.

    Raises:
        ConfigError: The pipelines have different `[nlp.tokenizer]` blocks.
    """
    own, other = nlp.config["nlp"]["tokenizer"], base.config["nlp"]["tokenizer"]
    if own != other:
        raise ConfigError(
            f"[nlp.tokenizer]: expected the tokenizer of the base pipeline, {dict(other)!r}, got {dict(own)!r}; "
            "use the same block in both"
        )
    nlp.tokenizer.from_bytes(base.tokenizer.to_bytes())
