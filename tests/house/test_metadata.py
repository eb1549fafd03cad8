"""What a package index shows of a distribution: licence, addresses, classifiers; all say what the root says."""

from __future__ import annotations

import re

import pytest
from packaging.specifiers import SpecifierSet
from trove_classifiers import classifiers as known_classifiers
from workspace import ROOT, Distribution, core, plugins, read_toml

from kernel.scaffold import project as new_project
from kernel.scaffold.templates import part

WORKSPACE = read_toml(ROOT / "pyproject.toml")["project"]
EXAMPLE = ROOT / "examples" / "third_party_plugin"
EVERY = [
    pytest.param(one, id=one.name)
    for one in (
        core(),
        *plugins(),
        Distribution(EXAMPLE, read_toml(EXAMPLE / "pyproject.toml")["project"]),
    )
]
PYTHON = re.compile(r"Programming Language :: Python :: 3\.(\d+)")


def minors(classifiers: list[str]) -> list[int]:
    """The versions of Python 3 that classifiers name."""
    return [int(found[1]) for found in map(PYTHON.fullmatch, classifiers) if found]


@pytest.mark.parametrize("distribution", EVERY)
def test_every_distribution_says_what_the_root_says(distribution: Distribution) -> None:
    shared = ("license", "license-files", "requires-python", "classifiers", "urls")

    assert {key: distribution.project.get(key) for key in shared} == {
        key: WORKSPACE.get(key) for key in shared
    }, f"copy these keys of the root's pyproject.toml into {distribution.folder.name}/pyproject.toml"


@pytest.mark.parametrize("distribution", EVERY)
def test_the_licence_lies_beside_every_distribution(distribution: Distribution) -> None:
    found = distribution.folder / "LICENSE"

    # A build does not look above the folder of its pyproject.toml, and links are no files everywhere.
    assert found.is_file(), f"copy the root's LICENSE into {distribution.folder.name}"
    assert found.read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("distribution", EVERY)
def test_every_distribution_is_described_and_built_by_a_backend_that_knows_licences(
    distribution: Distribution,
) -> None:
    build = read_toml(distribution.folder / "pyproject.toml")["build-system"]

    assert distribution.project["description"]
    assert distribution.project["readme"] == "README.md"
    assert build == {"requires": ["hatchling>=1.27"], "build-backend": "hatchling.build"}


def test_classifiers_are_those_of_an_index_and_name_the_pythons_that_are_supported() -> None:
    listed, supported = WORKSPACE["classifiers"], SpecifierSet(WORKSPACE["requires-python"])
    named = minors(listed)

    assert [line for line in listed if line not in known_classifiers] == []
    assert listed == sorted(set(listed), key=listed.index)
    assert named == list(range(named[0], named[-1] + 1))
    assert all(f"3.{minor}" in supported for minor in named)
    assert f"3.{named[0] - 1}" not in supported


def test_a_new_plugin_names_the_same_pythons() -> None:
    text = new_project.settings("acme-x", "acme_x", "pkg-kernel", [part("loggers", "acme_x")])
    lines = re.findall(r'^    "(.*)",$', text, re.MULTILINE)

    assert minors(lines) == minors(WORKSPACE["classifiers"])
    assert [line for line in lines if line not in known_classifiers] == []
