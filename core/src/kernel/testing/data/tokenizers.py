"""The check of tokenizers."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.contracts import TokenizerFunction

#: Edge cases: no text, all kinds of whitespace, combining marks, joined emoji, a long word, no letters.
TEXTS: tuple[str, ...] = (
    "",
    " ",
    "  two  spaces ",
    "\n\ttabs\r\nand lines\n",
    "Hello, world! (It's 5 o'clock.)",
    "a\u00a0no-break\u2009thin\u3000wide",
    "e\u0301 combining, \u200bzero width, \ufeffmark",
    "👩\u200d👩\u200d👧 family 🇩🇰",
    "x" * 1000,
    "...!!!???",
    "https://example.com/a?b=c#d mail@example.com",
    "日本語のテキスト العربية हिन्दी",
    "\u0000\u001f control",
)


def check_tokenizer(tokenizer: TokenizerFunction, texts: Iterable[str] = TEXTS) -> None:
    """Check that a tokenizer preserves the text, creates no empty tokens, and is deterministic.

    Args:
        tokenizer: The tokenizer, created by the factory's product for an nlp object.
        texts: Texts to tokenize, in addition to the empty one.
    """
    assert len(tokenizer("")) == 0, "the empty text has tokens"
    for text in texts:
        doc = tokenizer(text)
        joined = "".join(token.text_with_ws for token in doc)
        assert joined == text, f"it does not preserve the text: {text!r} became {joined!r}"
        assert all(token.text for token in doc), f"it creates an empty token in {text!r}"
        again = [token.text for token in tokenizer(text)]
        assert [token.text for token in doc] == again, f"a second call splits {text!r} differently"
