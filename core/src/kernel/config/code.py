"""A user's own Python files, imported so that what they register can be named by the config."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from zlib import crc32

from kernel.errors import ConfigError, printable
from kernel.plugins.sandbox import ForeignError, run_foreign


@dataclass(frozen=True)
class Code:
    """A file of the user's as it was read, whatever has become of it since.

    Args:
        path: Where it was; no link.
        source: What stood in it.
    """

    path: str
    source: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The checksum of the source, in hexadecimal."""
        return hashlib.sha256(self.source).hexdigest()


def import_code(path: str | Path) -> ModuleType:
    """Import a Python file by its path, once per process unless it changes.

    Args:
        path: The file; its folder is not put on the path of modules.

    Raises:
        ConfigError: There is no such file, or importing it raises; with the line that raised.
    """
    return import_source(read_code(path), str(path))


def import_files(paths: Iterable[str | Path]) -> list[Code]:
    """Import files in their order, each as `import_code` does, and give what was read of them."""
    return [vars(import_code(path))["__kernel_code__"] for path in paths]


def read_code(path: str | Path) -> Code:
    """Read a Python file without importing it.

    Raises:
        ConfigError: There is no such file, or its name is no text.
    """
    file = Path(path)
    if not file.is_file():
        raise ConfigError(f"--code: there is no such file, got {str(path)!r}; check the path")
    resolved = file.resolve()
    # Under its name it is saved with a pipeline, which lists it as text.
    if printable(resolved.name) != resolved.name or "\n" in resolved.name:
        raise ConfigError(
            f"--code: a file's name is printable text in UTF-8, got {resolved.name!r}; rename the file"
        )
    return Code(str(resolved), resolved.read_bytes())


def import_source(code: Code, address: str = "") -> ModuleType:
    """Import what was read of a file; see `import_code`.

    Args:
        code: The file as it was read.
        address: How messages name it; its full path when empty.
    """
    for known, module in _imported():
        if known == code:
            return module
    stem = Path(code.path).stem
    name = stem if stem not in sys.modules else f"{stem}_{crc32(os.fsencode(code.path) + code.source):x}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=code.path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update(__file__=code.path, __kernel_code__=code)
    sys.modules[name] = module
    try:
        # Without dont_inherit this module's `annotations` import would turn the user's type hints into texts.
        run_foreign(lambda: exec(compile(code.source, code.path, "exec", dont_inherit=True), vars(module)))
    except ForeignError as failure:
        exc = failure.raised
        del sys.modules[name]
        raise ConfigError(
            f"{address or code.path}:{_line(exc, code.path)}: the file given as code does not import, got "
            f"{type(exc).__name__}: {' '.join(str(exc).split())}; correct it"
        ) from exc
    return module


def imported_code() -> list[Code]:
    """The files that this process has imported, in that order."""
    return [code for code, _ in _imported()]


def _imported() -> list[tuple[Code, ModuleType]]:
    # Not getattr: some libraries put objects there that import things when they are asked.
    pairs = [(getattr(one, "__dict__", {}).get("__kernel_code__"), one) for one in list(sys.modules.values())]
    return [(code, module) for code, module in pairs if isinstance(code, Code)]


def _line(exc: BaseException, file: str) -> int:
    """The last line of the file itself that took part in the exception."""
    if isinstance(exc, SyntaxError) and exc.filename == file:
        return exc.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == file]
    return (lines[-1] if lines else 1) or 1
