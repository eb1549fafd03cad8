"""Find all mistakes of a config before anything is built, and report them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, get_args, get_origin

from kernel.config.block_check import BlockCheck
from kernel.config.block_tree import block_kind, follow_section, is_list
from kernel.config.data_paths import check_data
from kernel.config.dry_run import try_functions
from kernel.config.fill import default_score_weights, fill_selected
from kernel.config.format import references
from kernel.config.format.document import Config
from kernel.config.plugin_choice import plugins_of
from kernel.config.rules.component_names import MAX_BYTES, misnomers
from kernel.config.rules.kinds import for_path
from kernel.config.rules.mistakes import Mistakes, shortened
from kernel.config.rules.schema import SCHEMA, Field, Section
from kernel.config.rules.score_weights import combine_score_weights
from kernel.config.rules.typing_rules import fits
from kernel.errors import KernelError, did_you_mean, nearest
from kernel.plugins.requirements import MALFORMED
from kernel.registry import registry

#: The keys of a component that is copied from a saved pipeline.
_SOURCE_KEYS: dict[str, Any] = {"source": str, "component": str, "replace_listeners": list[str]}


def check_config(
    config: Mapping[str, Any],
    *,
    sections: Collection[str] = (),
    exclude: Collection[str] = (),
    unset_is_fine: bool = False,
    has_data: bool = False,
    spoilt: Collection[str] = (),
) -> None:
    """Check a config, filled or not, against the schema and the signatures of the functions that it names.

    Nothing is built and no data is read.

    Args:
        config: Nested sections, preferably not interpolated: user-defined sections and keys are valid only if a
            variable refers to them.
        sections: Top-level sections to check; all of them if empty.
        exclude: Components to leave unchecked.
        unset_is_fine: Whether any argument may be null: a config that is being written may leave paths, for example, to
            the command line.
        has_data: Whether training is about to start: the corpora must exist, and functions may be called.
        spoilt: Dotted paths with mistakes that have been reported already.

    Raises:
        ConfigError: The config has mistakes; the message has one line for each, with file and line if known.
    """
    with plugins_of(config):
        check_filled(
            fill_selected(config),
            config,
            sections=sections,
            exclude=exclude,
            unset_is_fine=unset_is_fine,
            has_data=has_data,
            spoilt=spoilt,
        )


def check_filled(
    filled: Config,
    user: Mapping[str, Any],
    *,
    sections: Collection[str] = (),
    exclude: Collection[str] = (),
    unset_is_fine: bool = False,
    has_data: bool = False,
    spoilt: Collection[str] = (),
) -> Config:
    """Check a filled config within a `with plugins_of(...)` block; see `check_config`.

    Args:
        filled: The filled config, not interpolated.
        user: The config before it was filled.
        sections: As for `check_config`.
        exclude: As for `check_config`.
        unset_is_fine: As for `check_config`.
        has_data: As for `check_config`.
        spoilt: As for `check_config`.

    Returns:
        The filled config with variables replaced by their values.
    """
    check = _Check(filled, user, unset_is_fine, spoilt, exclude)
    check.run(sections)
    if has_data:
        check_data(filled, check.plain, check.mistakes)
        if check.mistakes.messages():
            try_functions(check.plain, check.mistakes)
    check.mistakes.raise_all()
    return check.plain


class _Check:
    """A single check of a filled config.

    Args:
        filled: The filled config, not interpolated.
        user: The config before it was filled.
        unset_is_fine: Whether any argument may be null.
        spoilt: Dotted paths with mistakes that have been reported already.
        exclude: Components to leave unchecked.
    """

    def __init__(
        self,
        filled: Config,
        user: Mapping[str, Any],
        unset_is_fine: bool,
        spoilt: Collection[str],
        exclude: Collection[str] = (),
    ) -> None:
        self.exclude = frozenset(exclude)
        self.mistakes = Mistakes(filled.sources)
        self.mistakes.spoil(spoilt)
        self.mistakes.trace(
            {
                f"{section}.{key}": references.origin(filled, section, key)
                for section, key, value in references.leaves(filled)
                if section and references.variables(value)
            }
        )
        self.plain = self._followed(filled)
        self.used = references.referenced(filled)
        self.used_around = {around for used in self.used for around in references.around(used)}
        # In an interpolated config it is unknown which sections were referred to.
        self.was_interpolated = getattr(user, "is_interpolated", False)
        self.own_readers = set(follow_section(user, "corpora"))
        self.unset_is_fine = unset_is_fine
        self.blocks = BlockCheck(self.mistakes, unset_is_fine=unset_is_fine)

    def _followed(self, filled: Config) -> Config:
        """Replace variables by their values; report broken ones, and replace them by null."""
        broken = references.broken(filled)
        if not broken:
            return filled.interpolate()
        for section, key, what, _ in broken:
            targets = references.variables(follow_section(filled, section).get(key))
            if not any(map(self.mistakes.is_spoilt, targets)):
                self.mistakes.add(section, key, what, about=targets)
        whole, spoilt = references.without_broken(filled, broken)
        self.mistakes.spoil(spoilt)
        return Config(whole, is_interpolated=False).interpolate()

    def run(self, sections: Collection[str]) -> None:
        """Check every section, or those named, and collect the mistakes."""
        for name, section in self.plain.items():
            if sections and name not in sections:
                continue
            if name in SCHEMA:
                self._check_section(name, SCHEMA[name], section)
            else:
                self._check_own_section(name, section)
        if not sections or "plugins" in sections:
            self._check_plugins()
        self._check_language()
        self._check_pipeline(sections)
        if not sections or "training" in sections:
            # To build a pipeline, settings of the training are not needed.
            self._check_requirements()
            self._check_corpora()
            self._check_training()

    def _check_section(self, name: str, schema: Section, section: Mapping[str, Any]) -> None:
        if name == "corpora" and block_kind(section):
            self.blocks.check(name, section, for_path(name))  # one function that returns all readers
            return
        if name == "components":
            for key, what in misnomers(key for key in section if key not in self.exclude).items():
                # An unprintable or long name appears only in the message, not in the address.
                is_shown = key.isprintable() and len(key) <= MAX_BYTES
                self.mistakes.add(f"{name}.{key}" if is_shown else name, "", what)
        for key, value in section.items():
            if key in schema.fields:
                self._check_value(name, key, value, schema.fields[key])
            elif name == "components":
                if key not in self.exclude:
                    self._check_component(key, value)
            elif name == "paths":
                self._check_path(key, value)
            elif schema.others is not None:
                self._check_value(name, key, value, schema.others)
            elif self._is_used(f"{name}.{key}"):
                continue
            elif (name, key) == ("training", "batch_size"):
                if follow_section(section, "batcher").get("size") == value:
                    continue  # the size was a variable that referred to this key
                what = 'the batcher has its own size; remove one of them, or write size = "${training.batch_size}"'
                self.mistakes.add(name, key, what)
            else:
                self.mistakes.add_unknown_key(name, key, value, schema.fields)

    def _check_value(self, section: str, key: str, value: Any, expected: Field) -> None:
        path = f"{section}.{key}"
        if isinstance(value, Mapping) and block_kind(value) and expected.kind:
            self.blocks.check(path, value, {expected.kind})
        elif expected.several and is_list(value):
            self.blocks.check_list(path, value, expected.kind)
        elif isinstance(value, Mapping) and expected.keys:
            for name, item in value.items():
                if name in expected.keys:
                    self._check_value(path, name, item, expected.keys[name])
                else:
                    self.mistakes.add_unknown_key(path, name, item, expected.keys)
        elif isinstance(value, Mapping) and get_origin(expected.type) is dict:
            for name, item in value.items():
                self._check_value(path, name, item, Field(expected.title, get_args(expected.type)[1]))
        elif not fits(value, expected.type):
            self.mistakes.add(section, key, f"expected {expected.words}, got {shortened(value)}")
        elif isinstance(value, Mapping):
            self.blocks.check_below(path, value)

    def _check_path(self, key: str, value: Any) -> None:
        """Check a user-defined path: one that nothing refers to is valid unless it looks like a misspelt key."""
        near = nearest(key, SCHEMA["paths"].fields, n=1)
        if near and not self._is_used(f"paths.{key}"):
            self.mistakes.add_unknown_key("paths", key, value, near)

    def _check_own_section(self, name: str, section: Any) -> None:
        near = did_you_mean(name, SCHEMA)
        if self._is_used(name) or (self.was_interpolated and not near):
            self.blocks.check_below(name, section)
            for path in () if self.was_interpolated else references.unused(section, name, self.used):
                what = "no variable refers to this; remove it, or refer to it"
                self.mistakes.add(*path, what)
        else:
            what = f"no such section, got [{name}]{near or '; remove it, or refer to one of its values'}"
            self.mistakes.add(name, "", what)
            self.mistakes.mean(*nearest(name, SCHEMA, n=1))

    def _is_used(self, path: str) -> bool:
        return path in self.used_around

    def _check_component(self, name: str, block: Any) -> None:
        path = f"components.{name}"
        if not isinstance(block, Mapping):
            self.mistakes.add("components", name, f"expected a section, got {shortened(block)}")
        elif "source" in block and "factory" in block:
            # Filling has added the factory's arguments to the block; the user did not write them.
            what = "a component is either created or copied, got both a factory and a source; remove one"
            self.mistakes.add(path, "factory", what)
        elif "source" in block:
            for key in block:
                if key not in _SOURCE_KEYS:
                    self.mistakes.add_unknown_key(path, key, block[key], _SOURCE_KEYS)
                elif not (self.unset_is_fine and block[key] is None):
                    self._check_value(path, key, block[key], Field("", _SOURCE_KEYS[key]))
        elif "factory" in block:
            self.blocks.check_component(path, block)
        elif not self.mistakes.is_spoilt(f"{path}.factory"):
            misspelt = [key for key in block if nearest(key, ("factory", "source"), n=1)]
            for key in misspelt:
                self.mistakes.add_unknown_key(path, key, block[key], ("factory", "source"))
            if not misspelt:
                self.mistakes.add(path, "", "a component needs a factory or a source, got neither")

    def _check_plugins(self) -> None:
        for key in ("allow", "deny"):
            for name in _names(self.plain.get("plugins", {}).get(key)):
                if what := registry.plugins.unknown(name):
                    self.mistakes.add("plugins", key, what)

    def _check_requirements(self) -> None:
        for line in _names(self.plain.get("plugins", {}).get("require")):
            if what := registry.plugins.shortfall(line):
                way = "correct it" if what == MALFORMED else f"pip install {line!r}"
                self.mistakes.add("plugins", "require", f"{what}, got {line!r}; {way}")

    def _check_language(self) -> None:
        lang = self.plain["nlp"].get("lang")
        if isinstance(lang, str):
            try:
                registry.languages.entry(lang)
            except KernelError as exc:
                self.mistakes.add_error("nlp", "lang", exc)

    def _check_pipeline(self, sections: Collection[str]) -> None:
        components = self.plain.get("components", {})
        pipeline = [one for one in _names(self.plain["nlp"].get("pipeline")) if one not in self.exclude]
        if self.mistakes.is_spoilt("nlp.pipeline"):
            return
        for name in pipeline:
            if name not in components and not self.mistakes.is_spoilt(f"components.{name}"):
                advice = self.mistakes.advice(name, components) or f"; add [components.{name}]"
                self.mistakes.add(
                    "nlp", "pipeline", f"this component has no section, got {name!r:.200}{advice}"
                )
        if doubled := sorted(name for name, count in Counter(pipeline).items() if count > 1):
            self.mistakes.add(
                "nlp", "pipeline", f"a component can be listed only once, got {doubled[0]!r} twice"
            )
        lists = [
            *([("nlp", "disabled")] if not self.exclude else []),
            ("training", "frozen_components"),
            ("training", "annotating_components"),
        ]
        for section, key in lists:
            for name in _names(self.plain[section].get(key)) if not sections or section in sections else ():
                self._check_member(section, key, name, pipeline)
        if sections and "initialize" not in sections:
            return
        if not isinstance(self.plain["nlp"].get("pipeline"), list) or set(pipeline) - set(components):
            return  # further mistakes would only follow from this one
        for name in follow_section(self.plain, "initialize.components"):
            if name not in pipeline:
                self._check_member("initialize.components", name, name, pipeline)

    def _check_member(self, section: str, key: str, name: str, pipeline: list[str]) -> None:
        if name not in pipeline:
            advice = self.mistakes.advice(name, pipeline) or "; it must be in [nlp] pipeline"
            self.mistakes.add(section, key, f"no such component in the pipeline, got {name!r:.200}{advice}")

    def _check_training(self) -> None:
        """Check for settings that are valid individually but contradict each other."""
        training = self.plain["training"]
        patience, frequency = training.get("patience"), training.get("eval_frequency")
        if isinstance(patience, int) and isinstance(frequency, int) and 0 < patience < frequency:
            what = f"must be at least eval_frequency, which is {frequency}, got {patience}"
            self.mistakes.add(
                "training", "patience", f"{what}; training would stop before the first evaluation"
            )
        weights = training.get("score_weights")
        possible = combine_score_weights(default_score_weights(self.plain))
        if isinstance(weights, Mapping) and weights and not any(weights.values()) and any(possible.values()):
            name = next(name for name, weight in possible.items() if weight)
            what = f"no score has a weight, got 0 or null for each; set one, such as {name} = 1.0"
            self.mistakes.add("training.score_weights", "", what)

    def _check_corpora(self) -> None:
        readers = follow_section(self.plain, "corpora")
        if block_kind(readers):
            return  # one function returns all readers: their names are known after the call
        paths = {path for path in references.sections(self.plain) if path.startswith("corpora.")}
        in_use = set()
        for section in ("training", "pretraining"):
            for key in ("train_corpus", "dev_corpus", "corpus"):
                path = self.plain.get(section, {}).get(key)
                if isinstance(path, str) and path and path not in paths:
                    advice = did_you_mean(path, paths) or "; name a section of [corpora]"
                    self.mistakes.add(section, key, f"there is no such section, got {path!r}{advice}")
                in_use.add(str(path).removeprefix("corpora."))
        # A misspelt reader is unused, and the default one is used instead.
        defaults = (in_use & set(readers)) - self.own_readers
        for name in sorted(self.own_readers - in_use):
            if (near := did_you_mean(name, defaults)) and not self._is_used(f"corpora.{name}"):
                self.mistakes.add(f"corpora.{name}", "", f"unused reader, got [corpora.{name}]{near}")


def _names(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
