"""One name for a plugin: folder, entry point, package, distribution; and one list in the house."""

from __future__ import annotations

import re

import pytest
from generated import check_generated
from workspace import ROOT, Distribution, core, plugins, read_toml

PLUGINS = [pytest.param(one, id=one.folder.name) for one in plugins()]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_folder_package_distribution_and_entry_point_are_one_name(plugin: Distribution) -> None:
    name = plugin.folder.name

    assert plugin.name == f"pkg-{name}"
    assert plugin.package == plugin.folder / "src" / f"pkg_{name}"
    assert plugin.project["entry-points"]["kernel"] == {name: f"pkg_{name}.plugin"}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_room_has_its_files(plugin: Distribution) -> None:
    expected = [
        plugin.folder / "README.md",
        plugin.folder / "tests" / "alone.py",
        plugin.package / "plugin.py",
        plugin.package / "py.typed",
    ]

    assert [path for path in expected if not path.is_file()] == []
    assert list((plugin.folder / "tests").glob("test_*.py")) != []
    assert (plugin.package / "__init__.py").read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_readme_fits_on_two_screens(plugin: Distribution) -> None:
    lines = (plugin.folder / "README.md").read_text(encoding="utf-8").splitlines()

    assert 5 <= len(lines) <= 60


def test_the_house_installs_every_folder_that_is_light() -> None:
    settings = ROOT / "pyproject.toml"
    names = [core().name, *sorted(one.name for one in plugins() if not one.is_heavy)]
    house = "".join(f'    "{name}",\n' for name in names)
    sources = "".join(f"{name} = {{ workspace = true }}\n" for name in names)
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r"(?<=^house = \[\n)[^\]]*", house, text, flags=re.MULTILINE)
    text = re.sub(r"(?<=^\[tool\.uv\.sources\]\n)[^\[]*", f"{sources}\n", text, flags=re.MULTILINE)

    check_generated(settings, text)
    assert read_toml(settings)["dependency-groups"]["house"] == names
    assert read_toml(settings)["tool"]["uv"]["sources"] == {name: {"workspace": True} for name in names}


def test_what_is_left_out_of_the_house_is_there_and_on_the_path_of_the_tests() -> None:
    settings = read_toml(ROOT / "pyproject.toml")["tool"]
    heavy = [one.folder.relative_to(ROOT).as_posix() for one in plugins() if one.is_heavy]

    assert sorted(settings["uv"]["workspace"]["exclude"]) == sorted(heavy)
    paths = settings["pytest"]["ini_options"]["pythonpath"]
    assert sorted(paths) == sorted(["tests/support", *(f"{folder}/src" for folder in heavy)])


def test_every_distribution_is_released_at_one_version() -> None:
    assert {one.project["version"] for one in (core(), *plugins())} == {core().project["version"]}


def test_every_distribution_supports_the_same_pythons() -> None:
    assert {one.project["requires-python"] for one in (core(), *plugins())} == {">=3.10"}
