"""Files given with --code: imported once, and failures that name the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.config import import_code
from kernel.errors import ConfigError
from kernel.registry import registry

FUNCTIONS = """\
from kernel.registry import registry

@registry.misc("test.from_code.v1")
def make(size: int = 3) -> int:
    return size
"""


def test_what_a_file_registers_can_be_used(tmp_path: Path):
    path = tmp_path / "functions.py"
    path.write_text(FUNCTIONS)

    module = import_code(path)

    assert registry.get("misc", "test.from_code.v1")() == 3
    assert module.make() == 3


def test_a_file_is_imported_once(tmp_path: Path):
    path = tmp_path / "once.py"
    path.write_text(FUNCTIONS)

    assert import_code(path) is import_code(str(path))


def test_a_file_that_has_changed_is_imported_anew_and_replaces_its_names(tmp_path: Path):
    path = tmp_path / "changing.py"
    path.write_text(FUNCTIONS.replace("from_code", "changing"))
    first = import_code(path)
    path.write_text(FUNCTIONS.replace("from_code", "changing").replace("= 3", "= 4"))

    assert import_code(path) is not first
    assert registry.get("misc", "test.changing.v1")() == 4


def test_two_files_of_one_name_are_two_modules(tmp_path: Path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text(f"WHERE = {folder!r}\n")

    assert [import_code(tmp_path / folder / "same.py").WHERE for folder in "ab"] == ["a", "b"]


def test_a_missing_file_is_named(tmp_path: Path):
    path = tmp_path / "no.py"

    with pytest.raises(ConfigError) as caught:
        import_code(path)

    assert str(caught.value) == f"--code: there is no such file, got {str(path)!r}; check the path"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (
            "x = 1\nimport no_such_module_here\n",
            2,
            "ModuleNotFoundError: No module named 'no_such_module_here'",
        ),
        ("x = 1\ny = 1 / 0\n", 2, "ZeroDivisionError: division by zero"),
        ("import sys\n\nsys.exit(3)\n", 3, "SystemExit: 3"),
    ],
)
def test_a_failing_import_names_the_line(tmp_path: Path, text: str, line: int, reason: str):
    path = tmp_path / "broken.py"
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        import_code(path)

    message = f"{path}:{line}: the code cannot be imported, got {reason}; correct it"
    assert str(caught.value) == message


def test_a_syntax_error_names_the_line(tmp_path: Path):
    path = tmp_path / "broken_syntax.py"
    path.write_text("x = 1\ndef f(:\n")

    with pytest.raises(ConfigError) as caught:
        import_code(path)

    assert str(caught.value).startswith(f"{path}:2: the code cannot be imported, got SyntaxError: ")
