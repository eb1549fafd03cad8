"""The same callback, whose `debug` takes `true` or `false` and nothing that only counts as such."""

from typing import List

import pydantic

import kernel


@kernel.registry.callbacks("customize_language_data")
def create_callback(extra_stop_words: List[str] = [], debug: pydantic.StrictBool = False):
    def customize_language_data(lang_cls):
        lang_cls.Defaults.suffixes = lang_cls.Defaults.suffixes + (r"-+$",)
        lang_cls.Defaults.stop_words.update(extra_stop_words)
        if debug:
            print("Updated stop words and tokenizer suffixes")
        return lang_cls

    return customize_language_data
