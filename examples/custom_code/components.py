"""Components of one's own: one made by a factory, with a setting, and one that is a function."""

from kernel import Language
from kernel.tokens import Doc


class Capitals:
    """Notes which words are in capitals, if it is told to."""

    def __init__(self, your_custom_setting: bool):
        self.your_custom_setting = your_custom_setting

    def __call__(self, doc: Doc) -> Doc:
        if self.your_custom_setting:
            doc.user_data["capitals"] = [token.i for token in doc if token.is_upper]
        return doc


@Language.factory("your_custom_factory", default_config={"your_custom_setting": False})
def create_custom(nlp: Language, name: str, your_custom_setting: bool):
    return Capitals(your_custom_setting)


@Language.component("your_component")
def count_words(doc: Doc) -> Doc:
    doc.user_data["n_words"] = len(doc)
    return doc
