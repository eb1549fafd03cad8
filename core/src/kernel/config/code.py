"""Import a user's own Python files, so that a config can use the names that they register."""

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
    """A user's Python file as it was when it was read.

    Args:
        path: Its path, with links resolved.
        source: Its content.
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
        path: The file; its folder is not added to `sys.path`.

    Raises:
        ConfigError: There is no such file, or importing it raises; the message names the line.
    """
    return import_source(read_code(path), str(path))


def import_files(paths: Iterable[str | Path]) -> list[Code]:
    """Import files in order, each like `import_code`, and return them as they were read."""
    return [vars(import_code(path))["__kernel_code__"] for path in paths]


def read_code(path: str | Path) -> Code:
    """Read a Python file without importing it.

    Raises:
        ConfigError: There is no such file, or its name is not printable.
    """
    file = Path(path)
    if not file.is_file():
        raise ConfigError(f"--code: there is no such file, got {str(path)!r}; check the path")
    resolved = file.resolve()
    # The file is saved with a pipeline under its name, which is written to a text file.
    if printable(resolved.name) != resolved.name or "\n" in resolved.name:
        raise ConfigError(
            f"--code: a file name must be printable UTF-8 text, got {resolved.name!r}; rename the file"
        )
    return Code(str(resolved), resolved.read_bytes())


def import_source(code: Code, address: str = "") -> ModuleType:
    """Import a file that has been read; see `import_code`.

    Args:
        code: The file as it was read.
        address: Its name in messages; its full path if empty.
    """
    for other, module in _imported():
        if other == code:
            return module
    stem = Path(code.path).stem
    name = stem if stem not in sys.modules else f"{stem}_{crc32(os.fsencode(code.path) + code.source):x}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=code.path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update(__file__=code.path, __kernel_code__=code)
    sys.modules[name] = module
    try:
        # Without dont_inherit this module's `annotations` import would turn the user's type hints into strings.
        run_foreign(lambda: exec(compile(code.source, code.path, "exec", dont_inherit=True), vars(module)))
    except ForeignError as failure:
        exc = failure.raised
        del sys.modules[name]
        raise ConfigError(
            f"{address or code.path}:{_line(exc, code.path)}: the code cannot be imported, got "
            f"{type(exc).__name__}: {' '.join(str(exc).split())}; correct it"
        ) from exc
    return module


def imported_code() -> list[Code]:
    """Return the files that this process has imported, in order."""
    return [code for code, _ in _imported()]


def _imported() -> list[tuple[Code, ModuleType]]:
    # Not getattr on the module: some libraries add lazy modules, which import others on attribute access.
    pairs = [(getattr(one, "__dict__", {}).get("__kernel_code__"), one) for one in list(sys.modules.values())]
    return [(code, module) for code, module in pairs if isinstance(code, Code)]


def _line(exc: BaseException, file: str) -> int:
    """Return the last line of the file itself in the traceback of an exception."""
    if isinstance(exc, SyntaxError) and exc.filename == file:
        return exc.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == file]
    return (lines[-1] if lines else 1) or 1
