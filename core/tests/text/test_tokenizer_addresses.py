"""Web and mail addresses stay whole."""

from __future__ import annotations

import pytest

from kernel.text.tokenizer.web_addresses import match_url


@pytest.mark.parametrize(
    "address",
    [
        "example.com",
        "www.example.co.uk",
        "http://example.com",
        "https://user:secret@example.com:8080/a/b?c=d#e",
        "ftp://files.example.org/",
        "sub_domain.example.com",
        "me@example.com",
        "first.last+tag@mail.example.com",
        "mailto:me@example.com",
        "192.168.0.1",
        "http://10.0.0.255:5000/x",
        "münchen.de",
        "例え.テスト",
        "example.com#top",
        "example.com?q",
    ],
)
def test_an_address_matches_from_end_to_end(address: str) -> None:
    assert match_url(address)
    assert not match_url(f"{address} and more")


@pytest.mark.parametrize(
    "word",
    [
        "",
        ".",
        "word",
        "U.S.",
        "e.g",
        "end.The",
        "a.COM",
        "http://",
        "1.5",
        "256.1.1.1",
        "a b.com",
        "-a.com",
        "a..com",
    ],
)
def test_other_words_with_dots_do_not(word: str) -> None:
    assert not match_url(word)


@pytest.mark.parametrize(
    "text", ["a." * 5_000, "a@" * 5_000 + ".", "http://" + "a-" * 5_000 + ".", ":." * 5_000]
)
def test_a_long_text_that_is_none_is_told_in_linear_time(text: str) -> None:
    assert not match_url(text)
