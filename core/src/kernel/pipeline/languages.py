"""The multi-language class, for texts in any language."""

from __future__ import annotations

from kernel.pipeline.language import Language


class MultiLanguage(Language):
    """A pipeline with the rules that most languages share (`lang = "xx"`)."""

    lang = "xx"
