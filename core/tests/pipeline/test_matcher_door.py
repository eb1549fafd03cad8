"""Matchers are found where people look for them, whichever plugin gives them, and not before they are asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

import kernel
import kernel.matcher
from kernel.plugins.manager import load_plugins
from kernel.plugins.selection import Choice
from kernel.registry import Registry, registry


@pytest.fixture
def only_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The door of an environment without plugins."""
    monkeypatch.setattr(kernel.matcher, "registry", Registry(load_plugins([], choice=Choice())))


@pytest.fixture
def own() -> Iterator[type]:
    """A matcher that somebody registers by decorator."""

    class OwnMatcher:
        """Finds nothing."""

    registry.table("matchers").register("OwnMatcher", func=OwnMatcher)
    yield OwnMatcher
    del registry.table("matchers")._own["OwnMatcher"]


def test_every_registered_matcher_can_be_imported(own: type) -> None:
    from kernel.matcher import Matcher, OwnMatcher

    assert own is OwnMatcher
    assert Matcher is registry.get("matchers", "Matcher")
    assert {"Matcher", "OwnMatcher"} <= {*dir(kernel.matcher)}


def test_all_of_them_are_imported_with_a_star() -> None:
    found: dict[str, object] = {}
    exec("from kernel.matcher import *", found)

    assert {"DependencyMatcher", "Matcher", "PhraseMatcher"} <= {*found}


@pytest.mark.usefixtures("only_the_kernel")
def test_without_the_plugin_it_says_what_to_install() -> None:
    with pytest.raises(ImportError, match=r"^kernel\.matcher: .*'Matcher'; .*: pip install pkg-matcher$"):
        from kernel.matcher import Matcher  # noqa: F401

    assert dir(kernel.matcher) == []


def test_a_plugin_that_is_left_out_is_named() -> None:
    with registry.narrowed(Choice("-matcher", "[plugins] deny")), pytest.raises(ImportError) as caught:
        from kernel.matcher import Matcher  # noqa: F401

    assert "'matcher' (pkg-matcher 0" in str(caught.value)
    assert str(caught.value).endswith("is excluded by [plugins] deny")


def test_a_name_of_nobody_is_no_attribute() -> None:
    assert not hasattr(kernel.matcher, "Mather")
    assert not hasattr(kernel.matcher, "__path__")
    with pytest.raises(ImportError, match=r"cannot import name 'Mather' from 'kernel\.matcher'"):
        from kernel.matcher import Mather  # noqa: F401


def test_the_door_imports_no_plugin_until_a_name_is_asked_for() -> None:
    code = (
        "import sys, kernel, kernel.matcher\n"
        "assert not [name for name in sys.modules if name.startswith('pkg_') or name == 'numpy']\n"
        "kernel.matcher.Matcher\n"
        "assert 'pkg_matcher.tokens' in sys.modules\n"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KERNEL_")}

    subprocess.run([sys.executable, "-c", code], env=clean, check=True, timeout=60)
