"""What a config leaves of the plugins, for itself alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kernel.config.plugin_choice import plugins_of
from kernel.errors import ConfigError, NameTaken, UnknownName
from kernel.plugins.manager import Plugins
from kernel.plugins.selection import Choice
from kernel.registry import Registry, registry
from kernel.testing.runs.distributions import table_module, write_distribution

Load = Callable[..., Plugins]

CODE = "def f() -> str:\n    return __name__\n"


@pytest.fixture(autouse=True)
def acme(site: Path, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three plugins, two of which give the same name, in the place of what is installed."""
    for name, names in (("one", ["acme.Same.v1"]), ("two", ["acme.Same.v1"]), ("three", ["acme.Three.v1"])):
        tables = table_module(misc=dict.fromkeys(names, f"acme_{name}.code:f"))
        write_distribution(site, name, tables, modules={"code": CODE})
    monkeypatch.setitem(vars(registry), "installed", load())


def config(**section: list[str]) -> dict[str, dict[str, list[str]]]:
    return {"plugins": section}


def test_what_is_denied_is_left_out_within_the_block_and_not_imported() -> None:
    with plugins_of(config(deny=["three", "acme-one"])):
        assert registry.get("misc", "acme.Same.v1")() == "acme_two.code"
        assert not registry.has("misc", "acme.Three.v1")
        assert [plugin.state for plugin in registry.plugins.records] == ["excluded", "excluded", "ok"]
        assert {"acme_one.plugin", "acme_three.plugin"} & set(sys.modules) == set()

    assert registry.has("misc", "acme.Three.v1")


def test_what_is_not_allowed_is_left_out() -> None:
    with plugins_of(config(allow=["acme_one"])):
        assert registry.get("misc", "acme.Same.v1")() == "acme_one.code"
        assert [plugin.name for plugin in registry.plugins.records if plugin.state == "ok"] == ["one"]


@pytest.mark.parametrize("section", [{}, {"plugins": {}}, {"plugins": {"allow": [], "deny": []}}])
def test_a_config_that_says_nothing_leaves_all(section: dict[str, dict[str, list[str]]]) -> None:
    with plugins_of(section):
        assert registry.plugins is registry.installed


def test_a_variable_may_stand_there() -> None:
    with plugins_of({"paths": {"mine": ["one"]}, "plugins": {"deny": "${paths.mine}"}}):
        assert registry.get("misc", "acme.Same.v1")() == "acme_two.code"


def test_blocks_inside_one_another_narrow_further() -> None:
    with plugins_of(config(deny=["one"])), plugins_of(config(deny=["three"])):
        states = {plugin.name: plugin.state for plugin in registry.plugins.records}

    assert states == {"one": "excluded", "three": "excluded", "two": "ok"}


def test_a_config_does_not_bring_back_what_the_process_leaves_out(load: Load) -> None:
    mine = Registry(load(choice="-one"))

    with mine.narrowed(Choice("one,three")):
        assert [plugin.left_out_by for plugin in mine.plugins.records] == [
            "KERNEL_PLUGINS",
            "",
            "KERNEL_PLUGINS",
        ]


def test_configs_in_two_threads_do_not_disturb_each_other() -> None:
    def give(denied: str) -> set[str]:
        with plugins_of(config(deny=[denied])):
            return {registry.get("misc", "acme.Same.v1")() for _ in range(200)}

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(give, ["one", "two"] * 10))

    assert given == [{"acme_two.code"}, {"acme_one.code"}] * 10


def test_names_of_the_users_files_are_there_whatever_is_left_out() -> None:
    with plugins_of(config(deny=["one"])):
        registry.misc.register("mine.v1", func=config)

    assert registry.get("misc", "mine.v1") is config
    with plugins_of(config(allow=["three"])):
        assert registry.get("misc", "mine.v1") is config


def test_the_message_about_a_conflict_says_what_to_write_and_that_ends_it() -> None:
    with pytest.raises(NameTaken) as taken:
        registry.get("misc", "acme.Same.v1")

    assert str(taken.value) == (
        "misc: 'acme.Same.v1' is registered by acme-one 1.0 and acme-two 1.0; "
        'write [plugins] deny = ["two"] in the config, or set KERNEL_PLUGINS=-two, or uninstall one'
    )
    with plugins_of(config(deny=["two"])):
        assert registry.get("misc", "acme.Same.v1")() == "acme_one.code"


def test_two_plugins_of_one_name_are_told_apart_by_their_distributions(site: Path, load: Load) -> None:
    for name in ("east", "west"):
        write_distribution(site, name, table_module(misc={"acme.Side.v1": f"acme_{name}.code:f"}))
        (site / f"acme_{name}-1.0.dist-info" / "entry_points.txt").write_text(
            f"[kernel]\nside = acme_{name}.plugin\n"
        )
    mine = Registry(load())

    with pytest.raises(NameTaken, match=r'write \[plugins\] deny = \["acme-west"\]'):
        mine.get("misc", "acme.Side.v1")
    with mine.narrowed(Choice("-acme-west")):
        assert mine.provenance("misc", "acme.Side.v1").distribution == "acme-east"


def test_a_name_of_what_is_left_out_says_so() -> None:
    with plugins_of(config(allow=["one"])), pytest.raises(UnknownName) as unknown:
        registry.get("misc", "three.Thing.v1")

    assert str(unknown.value) == (
        "misc: unknown name 'three.Thing.v1'; plugin 'three' (acme-three 1.0) is excluded by "
        "[plugins] of the config"
    )


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            {"deny": ["thre"]},
            "[plugins] deny: unknown plugin 'thre'; did you mean 'three'?",
        ),
        (
            {"allow": ["acme-oen"]},
            "[plugins] allow: unknown plugin 'acme-oen'; installed:",
        ),
        ({"deny": "one"}, "[plugins] deny: expected a list of strings, got 'one'"),
        ({"denied": ["one"]}, "[plugins] denied: no such key, got ['one']; did you mean 'deny'?"),
    ],
)
def test_mistakes_in_the_section_are_named(section: dict[str, object], message: str) -> None:
    from kernel.config import check_config

    with pytest.raises(ConfigError) as caught:
        check_config({"nlp": {"lang": "xx"}, "plugins": section}, sections=["plugins"])

    assert str(caught.value).startswith(message)


def test_the_section_stays_where_it_is_given_and_comes_nowhere_else() -> None:
    from kernel.config import Config, apply_overrides, fill_config

    filled = fill_config({"nlp": {"lang": "xx"}, "plugins": {"deny": ["one"]}})

    assert "plugins" not in fill_config({"nlp": {"lang": "xx"}})
    assert filled.to_str().startswith('[plugins]\ndeny = ["one"]\n')
    assert apply_overrides(Config(), {"plugins.deny": ["one"]}) == {"plugins": {"deny": ["one"]}}


def test_a_pipeline_keeps_to_what_its_config_leaves() -> None:
    import kernel

    registry.factories.register("toy_keeps", func=lambda nlp, name: lambda doc: doc)
    nlp = kernel.blank("xx", config={"plugins": {"deny": ["two"]}})

    nlp.add_pipe("toy_keeps")

    assert nlp.config["plugins"] == {"deny": ["two"]}
    assert registry.plugins is registry.installed
