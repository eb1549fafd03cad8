"""The check of languages."""

from __future__ import annotations

from typing import Any

from kernel.testing.data.tokenizers import TEXTS, check_tokenizer


def check_language(language: type[Any], *texts: str) -> None:
    """Check a language's code, defaults and tokenizer.

    Args:
        language: The registered subclass of Language.
        texts: Texts in the language to tokenize, in addition to the usual edge cases.
    """
    from kernel.pipeline.language import Language

    assert issubclass(language, Language), f"it is not a subclass of Language: {language!r}"
    assert language.lang, "its attribute `lang` is empty"
    invalid = [word for word in language.Defaults.stop_words if not word or word != word.strip()]
    assert not invalid, f"stop words are empty or have spaces around them: {invalid[:8]}"
    nlp = language()
    assert nlp.lang == language.lang, f"the pipeline has another language, {nlp.lang!r}"
    check_tokenizer(nlp.tokenizer, (*TEXTS, *texts))
    restored = language().from_bytes(nlp.to_bytes())
    for text in texts:
        before = [token.text for token in nlp(text)]
        after = [token.text for token in restored(text)]
        assert before == after, f"after saving and loading it splits {text!r} into {after}, not {before}"
