"""Whether a version is in a declared range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.plugins.requirements import canonical, satisfies, unmet


@pytest.mark.parametrize(
    ("installed", "wanted", "expected"),
    [
        ("0.1.0", "", True),
        ("0.1.0", ">=0.1", True),
        ("0.1.0", ">=0.1,<1", True),
        ("1.0", ">=0.1,<1", False),
        ("1.0", "==1.0.0", True),
        ("1.0.1", "==1.0.*", True),
        ("1.1", "!=1.0.*", True),
        ("1.1", "~=1.0", True),
        ("2.0", "~=1.0", False),
        ("1.4.5", "~=1.4.2", True),
        ("1.5", "~=1.4.2", False),
        ("1.4.1", "~=1.4.2", False),
        ("10.0", ">9", True),
        ("1.0rc1", ">=2", False),
        ("1.0", f"<{'9' * 5000}", True),
        ("1.0", f">={'9' * 5000}", False),
        ("1.0", "@ file:///elsewhere", True),
    ],
)
def test_a_version_is_in_a_range_or_not(installed: str, wanted: str, expected: bool) -> None:
    assert satisfies(installed, wanted) is expected


NUMBERS = st.lists(st.integers(0, 20), min_size=1, max_size=3)


@given(one=NUMBERS, two=NUMBERS)
def test_exactly_one_of_less_equal_and_greater_holds(one: list[int], two: list[int]) -> None:
    installed, wanted = (".".join(map(str, numbers)) for numbers in (one, two))

    holds = [satisfies(installed, f"{sign}{wanted}") for sign in ("<", "==", ">")]

    assert sum(holds) == 1


def test_what_is_installed_or_not_judged_is_met() -> None:
    lines = ["click>=8.1", "pytest[dev]>=8", "acme-nowhere; sys_platform == 'never'", "click (>=8)"]

    assert unmet(lines) == ""


def test_what_is_missing_is_named_with_its_range() -> None:
    assert unmet(["click", "acme-nowhere >=1,<2"]) == (
        "needs acme-nowhere>=1,<2, which is not installed; pip install 'acme-nowhere>=1,<2'"
    )


def test_names_are_compared_as_indexes_spell_them() -> None:
    assert canonical("Pkg_Kernel.x") == "pkg-kernel-x"
