"""Languages are found where people look for them, whichever plugin gives them."""

from __future__ import annotations

import importlib

import pytest

import kernel


@pytest.mark.parametrize("code", sorted(kernel.registry.languages))
def test_a_language_has_a_module_with_its_class_and_its_stop_words(code):
    lang_cls = kernel.registry.languages.get(code)

    module = importlib.import_module(f"kernel.lang.{code}")
    words = importlib.import_module(f"kernel.lang.{code}.stop_words")

    assert getattr(module, lang_cls.__name__) is lang_cls
    assert module.__all__ == [lang_cls.__name__]
    assert words.STOP_WORDS is lang_cls.Defaults.stop_words


def test_the_usual_import_works():
    from kernel.lang.en import English
    from kernel.lang.en.stop_words import STOP_WORDS

    assert [token.text for token in English()("It isn't.")] == ["It", "is", "n't", "."]
    assert "the" in STOP_WORDS


def test_a_language_of_nobody_says_who_gives_which():
    with pytest.raises(
        ModuleNotFoundError, match=r"^kernel\.lang\.tlh: languages: unknown name .* available: .*en"
    ):
        importlib.import_module("kernel.lang.tlh")


@pytest.mark.parametrize("name", ["kernel.lang.en.char_classes", "kernel.lang.en.stop_words.more"])
def test_there_is_nothing_else(name):
    with pytest.raises(ModuleNotFoundError, match=name.replace(".", r"\.")):
        importlib.import_module(name)
