"""The files that every new plugin has: settings, licence, table, README and tests."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kernel import hookspecs
from kernel.hookspecs import PREFIX
from kernel.scaffold.templates import Part

#: Packages that a part may import, and their requirements.
_NEEDS = {"click": "click>=8.1", "numpy": "numpy>=2", "thinc": "thinc>=8.3.14,<8.4"}

#: The versions of Python 3 that the kernel runs on; a test compares them with its own metadata.
_PYTHONS = range(10, 15)

_LICENCE = """\
MIT License

Copyright (c) The {distribution} authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def settings(distribution: str, package: str, kernel: str, parts: Sequence[Part]) -> str:
    """Write `pyproject.toml`.

    Args:
        distribution: Name of the distribution.
        package: Name of the package, which is also the name of the plugin.
        kernel: The compatible range of kernel versions, such as "pkg-kernel>=0.1,<0.2".
        parts: The parts it adds.
    """
    text = "\n".join(part.source for part in parts)
    requirements = [
        line for name, line in _NEEDS.items() if re.search(rf"^(from|import) {name}\b", text, re.MULTILINE)
    ]
    dependencies = ", ".join(f'"{line}"' for line in (kernel, *requirements))
    return f"""\
[project]
name = "{distribution}"
version = "0.1.0"
description = "{_summary(parts)} for kernel"
readme = "README.md"
{_index_entry()}dependencies = [{dependencies}]

# The addresses that a package index shows; fill them in before the first upload.
# [project.urls]
# Homepage = "https://..."
# Documentation = "https://..."
# Issues = "https://..."

[project.optional-dependencies]
test = ["pytest>=8", "ruff>=0.8", "mypy>=1.13"]

[project.entry-points.kernel]
{package} = "{package}.plugin"

[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]

[tool.pytest.ini_options]
addopts = "--import-mode=importlib"
testpaths = ["tests"]

[tool.ruff]
line-length = 110
src = ["src"]

[tool.ruff.lint]
select = ["E", "F", "W", "I", "UP", "B"]
ignore = ["E501"]

[tool.mypy]
strict = true
files = ["src"]
disallow_subclassing_any = false

[[tool.mypy.overrides]]
module = ["thinc.*"]
follow_imports = "skip"
ignore_missing_imports = true
"""


def _index_entry() -> str:
    """Return the settings that a package index shows: the licence and the intended audience."""
    pythons = "\n".join(f'    "Programming Language :: Python :: 3.{minor}",' for minor in _PYTHONS)
    return f"""\
# The usual licence; to choose another, write its SPDX identifier here and its text into LICENSE.
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.{_PYTHONS[0]}"
classifiers = [
    "Development Status :: 3 - Alpha",
    "Intended Audience :: Developers",
    "Programming Language :: Python :: 3 :: Only",
{pythons}
    "Topic :: Scientific/Engineering :: Artificial Intelligence",
    "Topic :: Text Processing :: Linguistic",
    "Typing :: Typed",
]
"""


def licence(distribution: str) -> str:
    """Write `LICENSE`."""
    return _LICENCE.format(distribution=distribution)


def table(distribution: str, parts: Sequence[Part]) -> str:
    """Write `plugin.py` with literal tables, so that a listing can read it without running it."""
    hooks = [
        f"@hookimpl\ndef {PREFIX}{part.kind}() -> dict[str, str]:\n"
        f'    return {{"{part.name}": "{part.target}"}}\n'
        for part in parts
    ]
    head = f'"""Names that {distribution} registers."""\n\nfrom kernel import hookimpl\n'
    return "\n\n".join([head, *hooks])


def page(distribution: str, package: str, parts: Sequence[Part]) -> str:
    """Write `README.md`."""
    rows = "\n".join(f"| {part.kind} | `{part.name}` | {where(part.kind)} |" for part in parts)
    return f"""\
# {distribution}

{_summary(parts)} for kernel.

| kind | name | in a config |
| --- | --- | --- |
{rows}

    pip install {distribution}
    kernel plugins show {package}

The second command shows what is installed; `kernel plugins show NAME` shows the arguments of a name in the table.

## Work on it

    pip install -e .[test]
    pytest
    ruff check
    mypy

`src/{package}/plugin.py` is the table of names, the modules beside it contain their targets. Each test begins with the
check from `kernel.testing` for its kind. Increase the version of a name, from `.v1` to `.v2`, when a change would alter
the meaning of existing configs.
"""


def tests(package: str) -> str:
    """Write the test of the plugin as a whole."""
    return f'''\
"""Tests of {package} as a plugin: its names, and its import cost."""

from __future__ import annotations

from kernel.testing import check_import_cost, check_imports, check_names


def test_every_name_resolves_and_is_typed_and_documented() -> None:
    assert check_names("{package}")


def test_listing_it_imports_none_of_its_code() -> None:
    check_import_cost("{package}", "{package}")


def test_it_imports_what_is_public() -> None:
    check_imports("{package}")
'''


def where(kind: str) -> str:
    """Return where names of a kind are used in a config, from the docstring of its hook."""
    spec = getattr(hookspecs, f"{PREFIX}{kind}").__doc__ or ""
    match = re.search(r"Config +(.*)", spec)
    return match[1].replace("|", "/") if match else ""


def _summary(parts: Sequence[Part]) -> str:
    if len(parts) > 4:
        return f"Names of {len(parts)} kinds"
    kinds = [part.kind.replace("_", " ") for part in parts]
    listed = ", ".join(kinds[:-1]) + (" and " if len(kinds) > 1 else "") + kinds[-1]
    return listed[0].upper() + listed[1:]
