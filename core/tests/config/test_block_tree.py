"""The one walk over sections and blocks."""

from __future__ import annotations

from typing import Any

from kernel.config.block_tree import Block, Expected, Visitor, fold, fold_block, registered_names

CONFIG = {
    "free": {"deep": {"@misc": "outer.v1", "size": 3, "inner": {"@misc": "inner.v1", "name": "a"}}},
    "items": [{"@misc": "item.v1"}, 1],
}


class Recorder(Visitor[str, str]):
    """Writes down each station; its context is the way to a place."""

    def __init__(self, *, enters_lists: bool = False, over: str = "") -> None:
        self.enters_lists = enters_lists
        self.over = over
        self.stations: list[str] = []

    def enter(self, block: Block, context: str) -> str | None:
        self.stations.append(f"enter {block.path} {block.name} {context}")
        return None if block.name == self.over else block.name

    def argument(self, block: Block, function: str, key: str) -> str:
        return f"{function}({key})"

    def item(self, context: str) -> str:
        return f"{context}*"

    def leave(self, block: Block, function: str, parts: dict[str, Any]) -> Any:
        self.stations.append(f"leave {block.path}")
        return (function, parts)

    def leaf(self, value: Any, path: str, context: str) -> Any:
        self.stations.append(f"leaf {path} {context}")
        return value


def test_arguments_are_visited_between_entering_and_leaving_their_block():
    recorder = Recorder()

    made = fold(CONFIG["free"], "free", recorder, "top")

    assert recorder.stations == [
        "enter free.deep outer.v1 top*",
        "leaf free.deep.size outer.v1(size)",
        "enter free.deep.inner inner.v1 outer.v1(inner)",
        "leaf free.deep.inner.name inner.v1(name)",
        "leave free.deep.inner",
        "leave free.deep",
    ]
    assert made == {"deep": ("outer.v1", {"size": 3, "inner": ("inner.v1", {"name": "a"})})}


def test_a_visitor_passes_over_a_block_by_finding_no_function():
    recorder = Recorder(over="outer.v1")

    assert fold(CONFIG["free"], "free", recorder, "") == {"deep": None}
    assert recorder.stations == ["enter free.deep outer.v1 *"]


def test_lists_are_leaves_unless_a_visitor_enters_them():
    closed, opened = Recorder(), Recorder(enters_lists=True)

    fold(CONFIG["items"], "items", closed, "")
    fold(CONFIG["items"], "items", opened, "")

    assert closed.stations == ["leaf items "]
    assert opened.stations == ["enter items item.v1 *", "leave items", "leaf items *"]


def test_a_component_is_a_block_whose_name_stands_under_factory():
    block = Block.component("components.a", {"factory": "tagger", "@misc": "odd", "model": {"@misc": "m.v1"}})
    recorder = Recorder()

    fold_block(block, recorder, "")

    assert block.arguments.keys() == {"@misc", "model"}
    assert recorder.stations[0] == "enter components.a tagger "
    assert "enter components.a.model m.v1 tagger(model)" in recorder.stations


def test_the_registered_names_of_a_config_are_found_in_its_order():
    assert [tuple(each) for each in registered_names(CONFIG)] == [
        ("free.deep", "misc", "outer.v1"),
        ("free.deep.inner", "misc", "inner.v1"),
    ]


def test_what_may_stand_in_a_list_follows_from_its_type():
    assert Expected(list[int], "loggers").item == Expected(int, "loggers")
    assert Expected(only=frozenset(("readers",))).admitted == {"readers"}
