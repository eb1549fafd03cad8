"""The contracts say everything that the kernel asks of what plugins give, and each thing has one name."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from workspace import ROOT, core

from kernel import contracts, hookspecs
from kernel.config.rules import kinds
from kernel.contracts import capabilities

MODULES = core().modules()
PROTOCOLS = [
    found
    for name, found in vars(contracts).items()
    if inspect.isclass(found) and Protocol in found.__mro__ and not name.startswith("_")
]

#: Where the kernel asks for what may be missing in another way: a method of the class, to compare it with another's.
ASKED_OTHERWISE = {("pipeline/initialize.py", "rehearse")}


def members(protocol: type) -> set[str]:
    """The public names that a Protocol has of its own."""
    return {
        name for name in (*vars(protocol), *inspect.get_annotations(protocol)) if not name.startswith("_")
    }


def asked(path: Path) -> Iterator[str]:
    """Yield the names that a module looks for in objects that may lack them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(ast.Name("getattr" | "hasattr"), [_, ast.Constant(str(name)), *_]):
                yield name


def test_what_the_kernel_asks_for_is_asked_in_one_place() -> None:
    optional = set().union(*map(members, PROTOCOLS))
    package = core().package
    places = [path.relative_to(package).as_posix() for path in MODULES]
    found = {
        (place, name)
        for place in places
        if place.split("/")[0] not in ("testing", "contracts")
        for name in asked(package / place)
        if name in optional
    }

    assert found == ASKED_OTHERWISE


def test_what_is_asked_for_stands_in_a_contract() -> None:
    written = set().union(*map(members, PROTOCOLS))

    # `walk` is how a model of Thinc's is known.
    assert set(asked(Path(str(capabilities.__file__)))) - written == {"walk"}


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.__name__)
def test_a_contract_and_its_members_say_what_they_are_for(protocol: type) -> None:
    functions = [found for found in vars(protocol).values() if inspect.isfunction(found)]
    own = [found for found in functions if found.__name__ in (*members(protocol), "__call__")]

    assert inspect.getdoc(protocol)
    assert [found.__name__ for found in own if not inspect.getdoc(found)] == []


def test_no_two_public_classes_of_the_kernel_have_one_name() -> None:
    places = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(ROOT).as_posix())

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("kind", hookspecs.KINDS)
def test_a_hook_names_what_is_there(kind: str) -> None:
    spec = getattr(hookspecs, f"{hookspecs.PREFIX}{kind}").__doc__
    for name in re.findall(r"\bkernel\.[\w.]+\w", spec):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


@pytest.mark.parametrize(("module", "name"), [key for key in kinds._PRODUCTS if key[0].startswith("kernel")])
def test_a_type_of_arguments_that_a_config_knows_is_there(module: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) is getattr(contracts, name)
