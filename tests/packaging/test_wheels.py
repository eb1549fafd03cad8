"""What is inside the wheels."""

from __future__ import annotations

import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from workspace import ROOT, Distribution, core, plugins

EVERY = [pytest.param(one, id=one.name) for one in (core(), *plugins())]


@pytest.mark.parametrize("distribution", EVERY)
def test_a_wheel_is_pure_python(wheels: dict[str, Path], distribution: Distribution) -> None:
    name = wheels[distribution.name].name

    assert name == f"{distribution.name.replace('-', '_')}-{distribution.project['version']}-py3-none-any.whl"


@pytest.mark.parametrize("distribution", EVERY)
def test_a_wheel_holds_the_package_and_nothing_else(
    wheels: dict[str, Path], distribution: Distribution
) -> None:
    source = distribution.package.parent
    expected = {
        path.relative_to(source).as_posix()
        for path in distribution.package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(wheels[distribution.name]) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert found == expected


@pytest.mark.parametrize("distribution", EVERY)
def test_a_wheel_says_that_it_is_typed(wheels: dict[str, Path], distribution: Distribution) -> None:
    with zipfile.ZipFile(wheels[distribution.name]) as archive:
        assert f"{distribution.package.name}/py.typed" in archive.namelist()


@pytest.mark.parametrize("distribution", EVERY)
def test_a_wheel_has_the_licence_and_says_so(wheels: dict[str, Path], distribution: Distribution) -> None:
    folder = f"{distribution.name.replace('-', '_')}-{distribution.project['version']}.dist-info"

    with zipfile.ZipFile(wheels[distribution.name]) as archive:
        licence = archive.read(f"{folder}/licenses/LICENSE")
        metadata = message_from_bytes(archive.read(f"{folder}/METADATA"))

    assert licence == (ROOT / "LICENSE").read_bytes()
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata.get_all("Classifier") == distribution.project["classifiers"]
