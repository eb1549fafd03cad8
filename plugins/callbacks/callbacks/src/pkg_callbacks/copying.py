"""The callback that takes tokenizer rules and words over from a saved pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.errors import ConfigError


def copy_from_base_model(tokenizer: str | None = None, vocab: str | None = None) -> Callable[[Any], Any]:
    """Create a callback that copies from another pipeline; for `[initialize] before_init`.

    Args:
        tokenizer: Pipeline whose tokenizer settings are taken over: a folder or an installed package. Both
            pipelines must use the same tokenizer function. None: keep the own.
        vocab: Pipeline whose vocabulary, with its word vectors, is taken over. None: keep the own.
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
    """Give a pipeline's tokenizer the settings of another's.

    Raises:
        ConfigError: The two tokenizers are not of one kind.
    """
    own, other = nlp.config["nlp"]["tokenizer"], base.config["nlp"]["tokenizer"]
    if own != other:
        raise ConfigError(
            f"[nlp.tokenizer]: the base pipeline has another tokenizer, got {dict(own)!r} and {dict(other)!r}; "
            "use the same block in both"
        )
    nlp.tokenizer.from_bytes(base.tokenizer.to_bytes())
