"""The public API is what `public_api.txt` says; whoever changes it says so in the CHANGELOG and writes the file anew.

    KERNEL_WRITE_GOLDEN=1 uv run pytest tests/house/test_public_api.py

The command refuses while the CHANGELOG's newest section does not mention what has changed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from api_changes import difference, unmentioned
from public_api import DOORS, PARTS, api_text
from signatures import annotation, members, signature, value
from workspace import ROOT

import kernel

FILE = Path(__file__).with_name("public_api.txt")
CHANGELOG = ROOT / "CHANGELOG.md"
#: Pages, examples, what a new plugin begins with, and plugins of earlier releases.
SHOWN = [
    path
    for pattern in (
        "README.md",
        "docs/*.md",
        "plugins/*/*/README.md",
        "examples/**/*.py",
        "core/src/kernel/scaffold/kinds/*.txt",
        "tests/end_to_end/kept/**/*.py",
    )
    for path in sorted(ROOT.glob(pattern))
]
ADVICE = """
If this is meant: add a line to CHANGELOG.md that names it, and write the file anew:
    KERNEL_WRITE_GOLDEN=1 uv run pytest tests/house/test_public_api.py
A name that goes, or means something else, goes on working for one minor release (CONTRIBUTING.md, API policy).
"""


def test_the_public_api_is_what_the_file_says() -> None:
    text = api_text()
    held = FILE.read_text(encoding="utf-8") if FILE.is_file() else ""
    if os.environ.get("KERNEL_WRITE_GOLDEN") and text != held:
        missing = unmentioned(held, text, CHANGELOG.read_text(encoding="utf-8")) if held else []
        assert missing == [], "the newest section of CHANGELOG.md has to name these first"
        FILE.write_text(text, encoding="utf-8")
    elif text != held:
        pytest.fail(f"the public API has changed\n\n{difference(held, text)}\n{ADVICE}", pytrace=False)


def test_every_public_module_is_covered() -> None:
    assert {"kernel", *(f"kernel.{name}" for name in kernel._MODULES if name != "lang")} <= set(DOORS)


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_people_are_shown_imports_public_modules_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    imported = re.findall(r"^ *(?:from|import) (kernel[\w.]*)(?: import (.*))?$", text, re.MULTILINE)

    assert [
        (module, names)
        for module, names in imported
        if module not in DOORS and not set(names.split(", ")) <= set(PARTS.get(module, ()))
    ] == []


# -- what is in a line ---------------------------------------------------------------------------------------


def sample(a, /, b: int = 1, *rest: str, key: dict[str, int | None] = {}, **more) -> None:  # noqa: B006
    """Have every kind of argument."""


class Sample:
    """Has every kind of member."""

    limit = 3
    kind: str

    def __init__(self) -> None:
        self.name = ""
        self._hidden = 0

    def method(self, x: int) -> str:
        """Take the object."""
        return ""

    @property
    def size(self) -> int:
        """Be read only."""
        return 0

    @classmethod
    def make(cls) -> Sample:
        """Take the class."""
        return cls()


def test_a_signature_is_written_as_in_the_source() -> None:
    assert signature(sample) == (
        "(a, /, b: int = 1, *rest: str, key: dict[str, int | None] = {}, **more) -> None"
    )


def test_members_are_those_that_others_may_use() -> None:
    assert dict(members(Sample)) == {
        "kind": ": str",
        "limit": " = 3",
        "make": "() -> Sample (class method)",
        "method": "(x: int) -> str",
        "name": "",
        "size": ": int (property)",
    }


def test_types_and_values_are_written_alike_in_every_python() -> None:
    assert annotation(dict[str, int | None]) == "dict[str, int | None]"
    assert annotation("dict[str,  int |\n None]") == "dict[str, int | None]"
    assert annotation(Path) == "Path"
    assert value({"b", "a"}) == "{'a', 'b'}"
    assert value(sample) == "<sample>"
    assert value(object()) == "<object>"


# -- what the CHANGELOG must name ----------------------------------------------------------------------------

OLD = """
kernel.load(path: str) -> Language
kernel.Doc: class made by (vocab: Vocab) -> None
kernel.Doc.copy() -> Doc
[training] patience: an int
kernel train CONFIG
kernel train --resume
loggers kernel.Log.v1(path: str) -> Logger (pkg-log)
"""


@pytest.mark.parametrize(
    ("line", "new", "name"),
    [
        ("kernel.load(path: str)", "kernel.load(path: str, verify: bool = True)", "load"),
        ("kernel.Doc.copy() -> Doc", "kernel.Doc.copied() -> Doc", "copied"),
        ("[training] patience: an int", "[training] patience: a float", "patience"),
        ("kernel train --resume", "kernel train --resume/--restart", "--resume"),
        ("kernel.Log.v1(path: str)", "kernel.Log.v1(path: str, mode: str)", "kernel.Log.v1"),
        ("[training] patience: an int\n", "", "patience"),
    ],
)
def test_a_change_has_to_be_named(line: str, new: str, name: str) -> None:
    changed = OLD.replace(line, new)
    assert changed != OLD

    assert name in unmentioned(OLD, changed, "# Changes\n\n## 2.0\n\n- nothing\n\n## 1.0\n\n- `x`\n")
    assert unmentioned(OLD, changed, f"## 2.0\n\n- `{name}` and `copy`: other\n\n## 1.0\n") == []
    assert name in unmentioned(OLD, changed, f"## 2.0\n\n- \n\n## 1.0\n\n- `{name}`\n")


def test_a_new_class_is_named_once_without_its_members() -> None:
    new = f"{OLD}kernel.Span: class made by () -> None\nkernel.Span.text: str (property)\n"

    assert unmentioned(OLD, new, "## 2.0\n\n- `Span`\n") == []
    assert unmentioned(OLD, new, "## 2.0\n\n- `Spans`\n") == ["Span"]


def test_the_difference_shows_what_was_and_what_is() -> None:
    shown = difference(OLD, OLD.replace("patience: an int", "patience: a float"))

    assert shown == "- [training] patience: an int\n+ [training] patience: a float"
