"""Files that are written from others: a stale one is told with the command that writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from generated import COMMAND, check_generated
from workspace import ROOT


def test_a_stale_file_is_told_with_the_command_that_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KERNEL_WRITE_GOLDEN", raising=False)
    page = tmp_path / "page.md"
    page.write_text("old\n", encoding="utf-8")

    with pytest.raises(AssertionError, match=rf"page\.md is stale; write it anew: {re.escape(COMMAND)}"):
        check_generated(page, "new\n")
    assert page.read_text(encoding="utf-8") == "old\n"


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL_WRITE_GOLDEN", "1")

    check_generated(tmp_path / "page.md", "new\n")

    assert (tmp_path / "page.md").read_text(encoding="utf-8") == "new\n"


def test_the_command_is_documented() -> None:
    assert COMMAND in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
