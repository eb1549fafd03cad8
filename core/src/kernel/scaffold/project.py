"""The files of a new plugin that are the same whatever it adds: settings, licence, table, page, tests."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kernel import hookspecs
from kernel.hookspecs import PREFIX
from kernel.scaffold.templates import Part

#: Packages that a part may import, and what to declare for them.
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
        distribution: Its name.
        package: Its package, which is also the name of the plugin.
        kernel: The range of kernels that it is made for, such as "pkg-kernel>=0.1,<0.2".
        parts: What it adds.
    """
    text = "\n".join(part.source for part in parts)
    needs = [
        line for name, line in _NEEDS.items() if re.search(rf"^(from|import) {name}\b", text, re.MULTILINE)
    ]
    dependencies = ", ".join(f'"{line}"' for line in (kernel, *needs))
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
    """Say what a package index shows: the licence, and whom the plugin is for."""
    pythons = "\n".join(f'    "Programming Language :: Python :: 3.{minor}",' for minor in _PYTHONS)
    return f"""\
# The usual licence; whoever prefers another one writes its SPDX identifier here and its text into LICENSE.
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
    """Write `plugin.py`: literal tables, so that they are read and never run for a listing."""
    hooks = [
        f"@hookimpl\ndef {PREFIX}{part.kind}() -> dict[str, str]:\n"
        f'    return {{"{part.name}": "{part.target}"}}\n'
        for part in parts
    ]
    head = f'"""Names that {distribution} adds."""\n\nfrom kernel import hookimpl\n'
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

The second line shows what is installed; with a name of the table, what that name takes.

## Work on it

    pip install -e .[test]
    pytest
    ruff check
    mypy

`src/{package}/plugin.py` is the table of names, the modules beside it are what the names lead to. Each test
begins with the check of `kernel.testing` for its kind. A name that stands in a config goes from `.v1` to `.v2`
when what an existing config means would change.
"""


def tests(package: str) -> str:
    """Write the test of the plugin as a whole."""
    return f'''\
"""{package} as a plugin: its names, and what it costs whoever does not use it."""

from __future__ import annotations

from kernel.testing import check_import_cost, check_imports, check_names


def test_every_name_leads_to_something_typed_and_documented() -> None:
    assert check_names("{package}")


def test_listing_it_imports_none_of_its_code() -> None:
    check_import_cost("{package}", "{package}")


def test_it_imports_what_is_public() -> None:
    check_imports("{package}")
'''


def where(kind: str) -> str:
    """Say where in a config a name of a kind stands, in the words of its hook."""
    spec = getattr(hookspecs, f"{PREFIX}{kind}").__doc__ or ""
    found = re.search(r"Config +(.*)", spec)
    return found[1].replace("|", "/") if found else ""


def _summary(parts: Sequence[Part]) -> str:
    if len(parts) > 4:
        return f"Names of {len(parts)} kinds"
    kinds = [part.kind.replace("_", " ") for part in parts]
    listed = ", ".join(kinds[:-1]) + (" and " if len(kinds) > 1 else "") + kinds[-1]
    return listed[0].upper() + listed[1:]
