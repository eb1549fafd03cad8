"""What every language must do."""

from __future__ import annotations

from typing import Any

from kernel.testing.data.tokenizers import TEXTS, check_tokenizer


def check_language(language: type[Any], *texts: str) -> None:
    """Check a language's code, defaults and tokenizer.

    Args:
        language: The subclass of Language that the name stands for.
        texts: Texts of the language to split, besides those that break tokenizers.
    """
    from kernel.pipeline.language import Language

    assert issubclass(language, Language), f"it is no Language: {language!r}"
    assert language.lang, "it has no code in `lang`"
    stray = [word for word in language.Defaults.stop_words if not word or word != word.strip()]
    assert not stray, f"stop words are no words: {stray[:8]}"
    nlp = language()
    assert nlp.lang == language.lang, f"the pipeline is of another language, {nlp.lang!r}"
    check_tokenizer(nlp.tokenizer, (*TEXTS, *texts))
    restored = language().from_bytes(nlp.to_bytes())
    for text in texts:
        before = [token.text for token in nlp(text)]
        after = [token.text for token in restored(text)]
        assert before == after, f"saved and loaded, it splits {text!r} into {after} instead of {before}"
