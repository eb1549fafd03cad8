"""Import registered languages: `from kernel.lang.en import English`, whichever plugin provides it.

`kernel.lang.CODE` has the class of the language, `kernel.lang.CODE.stop_words` its STOP_WORDS.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from kernel.errors import UnknownName
from kernel.registry import registry

#: No folder: `_Languages` finds the submodules.
__path__: list[str] = []

_WORDS = "stop_words"


class _Languages(MetaPathFinder, Loader):
    """Creates the module of a registered language on import."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{__name__}."):
            return None
        code, _, part = fullname.removeprefix(f"{__name__}.").partition(".")
        if part not in ("", _WORDS):
            return None
        try:
            registry.table("languages").entry(code)
        except UnknownName as error:
            raise ModuleNotFoundError(f"{fullname}: {error}", name=fullname) from None
        return ModuleSpec(fullname, self, is_package=not part)

    def exec_module(self, module: ModuleType) -> None:
        code, _, part = module.__name__.removeprefix(f"{__name__}.").partition(".")
        lang_cls = registry.languages.get(code)
        members = {"STOP_WORDS": lang_cls.Defaults.stop_words} if part else {lang_cls.__name__: lang_cls}
        vars(module).update(members, __all__=list(members))


sys.meta_path.append(_Languages())
