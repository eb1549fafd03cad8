"""What every tokenizer must do."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.contracts import TokenizerFunction

#: Texts that break tokenizers: nothing, spaces of all kinds, marks, joined emoji, a long word, no letters.
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
    """Check that a tokenizer loses no character, makes no empty token, and does the same twice.

    Args:
        tokenizer: What the factory's product made for an nlp object.
        texts: Texts to split, besides nothing.
    """
    assert len(tokenizer("")) == 0, "the empty text has tokens"
    for text in texts:
        doc = tokenizer(text)
        joined = "".join(token.text_with_ws for token in doc)
        assert joined == text, f"it is destructive: {text!r} became {joined!r}"
        assert all(token.text for token in doc), f"it makes an empty token of {text!r}"
        again = [token.text for token in tokenizer(text)]
        assert [token.text for token in doc] == again, f"it splits {text!r} otherwise the second time"
