"""A callback that changes the language before the `nlp` object is made: trailing hyphens become tokens."""

import kernel


@kernel.registry.callbacks("customize_language_data")
def create_callback():
    def customize_language_data(lang_cls):
        lang_cls.Defaults.suffixes = lang_cls.Defaults.suffixes + (r"-+$",)
        return lang_cls

    return customize_language_data
