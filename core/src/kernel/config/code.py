"""A user's own Python file, imported so that what it registers can be named by the config."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from zlib import crc32

from kernel.errors import ConfigError


def import_code(path: str | Path) -> ModuleType:
    """Import a Python file by its path, once per process for each file.

    Args:
        path: The file; its folder is not put on the path of modules.

    Raises:
        ConfigError: There is no such file, or importing it raises; with the line that raised.
    """
    file = Path(path)
    if not file.is_file():
        raise ConfigError(f"--code: there is no such file, got {str(path)!r}; check the path")
    resolved = file.resolve()
    for module in list(sys.modules.values()):
        if getattr(module, "__kernel_code__", None) == str(resolved):
            return module
    name = file.stem if file.stem not in sys.modules else f"{file.stem}_{crc32(str(resolved).encode()):x}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(resolved))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update(__file__=str(resolved), __kernel_code__=str(resolved))
    sys.modules[name] = module
    try:
        # Without dont_inherit this module's `annotations` import would turn the user's type hints into texts.
        exec(compile(file.read_bytes(), str(resolved), "exec", dont_inherit=True), vars(module))
    except (Exception, SystemExit) as exc:
        del sys.modules[name]
        raise ConfigError(
            f"{path}:{_line(exc, str(resolved))}: the file given as code does not import, got "
            f"{type(exc).__name__}: {' '.join(str(exc).split())}; correct it"
        ) from exc
    return module


def _line(exc: BaseException, file: str) -> int:
    """The last line of the file itself that took part in the exception."""
    if isinstance(exc, SyntaxError) and exc.filename == file:
        return exc.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == file]
    return (lines[-1] if lines else 1) or 1
