"""Every language: nothing is lost, a sentence falls into the tokens that one expects, words are known."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kernel
from kernel.config import fill_config, recommend_config
from kernel.errors import ConfigError, DataError
from kernel.language import Language
from kernel.registry import registry
from kernel.testing.data.languages import check_language
from kernel.testing.data.tokenizers import check_tokenizer
from kernel.testing.runs.names import check_names

#: For each language a sentence cut into its tokens by `|`, a numeral and a stop word.
SAMPLES = {
    "da": ("Den| 3.| maj| kom| f.eks.| E-mail-adressen| (|ikke| d.v.s.| 5| kr.|)|.", "tyve", "ikke"),
    "de": ("Am| 3.| Mai| kam| z.B.| die| E-Mail-Adresse|,| „|also|“| 5|€|!", "zwölf", "nicht"),
    "es": ("¿|El| Sr.| López| pagó| el| 50%| de| 3|€|,| EE.UU.|?", "veintidós", "pero"),
    "fr": ("L'|élève| n'|est|-il| pas| là|,| aujourd'hui| M.| Dupont|?", "soixante-dix", "pas"),
    "it": ("L'|arte| dell'|uomo| costa| 3|€|,| po'| il| dott.| Rossi|.", "venti", "non"),
    "ja": ("日|本|の| 3|人|。", "第三", "の"),
    "nb": ("Han| kom| f.eks.| med| e-post|,| 5| kr.| (|ikke|)|.", "tjue", "ikke"),
    "nl": ("'s| Avonds| kost| zo'n| foto-album| bijv.| 50%|,| nietwaar|?", "twintig", "niet"),
    "pl": ("Biało|-|czarny| kot| np.| ma| 5|kg|,| prawda|?", "dwadzieścia", "nie"),
    "pt": ("O| Sr.| Silva| pagou| R$|50| pela| segunda-feira|,| etc.", "vinte", "não"),
    "ru": ("Он| пришёл| в| 10| ч|,| т.е.| поздно|!", "двадцать", "не"),
    "sv": ("EU:s| e-post| kostar| t.ex.| 5| kr|,| eller| hur|?", "tjugo", "inte"),
    "zh": ("我|爱|北|京|。| 3|人", "第十二", "的"),
}
LANGUAGES = {code: registry.languages.get(code) for code in SAMPLES}
PIPELINES = {code: language() for code, language in LANGUAGES.items()}


def test_its_names_resolve() -> None:
    languages = {name for kind, name in check_names("languages") if kind == "languages"}

    assert languages == set(SAMPLES)


@pytest.mark.parametrize("code", SAMPLES)
def test_a_language_is_one(code: str) -> None:
    check_language(LANGUAGES[code], SAMPLES[code][0].replace("|", ""))


@pytest.mark.parametrize("code", SAMPLES)
def test_a_sentence_falls_into_its_tokens(code: str) -> None:
    pieces = SAMPLES[code][0].split("|")
    doc = PIPELINES[code]("".join(pieces))

    assert [token.text for token in doc] == [piece.strip() for piece in pieces]


@pytest.mark.parametrize("code", SAMPLES)
def test_numerals_and_stop_words_are_known(code: str) -> None:
    _, numeral, stop_word = SAMPLES[code]
    vocab = PIPELINES[code].vocab

    assert vocab[numeral].like_num
    assert vocab["12"].like_num
    assert not vocab[stop_word].like_num
    assert vocab[stop_word].is_stop
    assert not vocab["12"].is_stop


@settings(deadline=None, max_examples=30)
@given(text=st.text())
def test_no_character_of_all_of_unicode_is_lost(text: str) -> None:
    for nlp in PIPELINES.values():
        assert "".join(token.text_with_ws for token in nlp.make_doc(text)) == text


@settings(deadline=None, max_examples=60)
@given(
    words=st.lists(
        st.sampled_from(["l'", "z.B.", "-", "('", "A", "é", "5€", "3.", "…", " ", "'s", "。", "\n"])
    )
)
def test_no_mark_of_the_rules_is_lost(words: list[str]) -> None:
    text = "".join(words)
    for nlp in PIPELINES.values():
        assert "".join(token.text_with_ws for token in nlp.make_doc(text)) == text


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_a_config_of_the_language_tokenizes_like_the_language(code: str) -> None:
    text = SAMPLES[code][0].replace("|", "")
    proposed = recommend_config(code, [])
    filled = fill_config({"nlp": {"lang": code, "pipeline": []}, "components": {}})

    for config in (proposed, filled):
        nlp = Language.from_config(config)
        assert [token.text for token in nlp(text)] == [token.text for token in PIPELINES[code](text)]


def test_a_segmenter_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for code, package, segmenter in (("zh", "jieba", "jieba"), ("ja", "sudachipy", "sudachi")):
        monkeypatch.setitem(sys.modules, package, None)
        config = {"nlp": {"tokenizer": {"segmenter": segmenter}}}
        with pytest.raises(
            ConfigError, match=rf"not installed, got '{segmenter}'; pip install pkg-languages\[{code}\]"
        ):
            kernel.blank(code, config=config)


def test_a_segmenter_that_changes_the_text_is_not_believed() -> None:
    nlp = PIPELINES["zh"]
    tokenizer = type(nlp.tokenizer)(nlp.vocab, lambda text: [text.upper(), ""], {})

    check_tokenizer(tokenizer)
    assert [token.text for token in tokenizer("ab c")] == ["ab", "c"]


def test_a_tokenizer_saved_with_other_settings_is_refused() -> None:
    tokenizer = PIPELINES["ja"].tokenizer

    with pytest.raises(DataError, match=r"make \[nlp.tokenizer\] the same"):
        tokenizer.from_bytes(PIPELINES["zh"].tokenizer.to_bytes())
    with pytest.raises(DataError, match="its settings cannot be read"):
        tokenizer.from_bytes(b"\xc1")
