"""The names that people import from `kernel.training`."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kernel.training


@pytest.mark.parametrize("name", kernel.training.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(kernel.training, name).__name__ == name


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'kernel\.training' has no attribute 'Exmaple'$"):
        _ = kernel.training.Exmaple


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("GoldParse", r"write Example\.from_dict\(nlp\.make_doc"),
        ("Corpus", r"write from pkg_readers\.corpus import"),
    ],
)
def test_names_that_people_look_for_say_what_to_write(name: str, instead: str) -> None:
    with pytest.raises(ImportError, match=rf"^kernel\.training: '{name}' is not available here; {instead}"):
        exec(f"from kernel.training import {name}")


def test_opening_the_door_imports_no_arrays() -> None:
    code = "import sys, kernel.training; print(sorted({'numpy', 'thinc', 'confection'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
