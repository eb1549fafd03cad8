"""What `meta.json` says about a pipeline, and the distributions that its config needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from importlib_metadata import PackageNotFoundError, version

from kernel import __version__
from kernel.config.block_tree import registered_names
from kernel.config.plugin_choice import plugins_of
from kernel.errors import KernelError
from kernel.plugins.requirements import canonical
from kernel.plugins.tables import Owner
from kernel.registry import registry
from kernel.text.base.shapes import TEXT_OR_NONE, check_shape

_TEXTS = ("description", "author", "email", "url", "license")
#: What is read of a saved pipeline's facts; people may put others beside.
_SHAPE = {
    **dict.fromkeys(("lang?", "name?", "version?", "kernel_version?", "spacy_version?"), str),
    **dict.fromkeys((f"{key}?" for key in _TEXTS), TEXT_OR_NONE),
    **{key: [str] for key in ("requirements?", "pipeline?", "components?", "disabled?")},
    **dict.fromkeys(("labels?", "performance?", "vectors?"), dict),
    "functions?": {str: {str: str}},
    "code?": {str: str},
}


def checked_meta(meta: Any) -> dict[str, Any]:
    """See that what stands in a `meta.json` is a pipeline's facts.

    Raises:
        ValueError: It is something else; says what.
    """
    check_shape(meta, _SHAPE)
    found: dict[str, Any] = meta
    return found


def write_meta(meta: dict[str, Any], nlp: Any) -> dict[str, Any]:
    """Bring a pipeline's facts up to date.

    Args:
        meta: The facts, changed in place; name, texts and scores stay as they are.
        nlp: The pipeline.
    """
    vectors = nlp.vocab.vectors
    n_rows, width = vectors.shape
    meta["lang"] = nlp.lang
    meta.setdefault("name", "pipeline")
    meta.setdefault("version", "0.0.0")
    meta.setdefault("kernel_version", __version__)
    for key in _TEXTS:
        meta.setdefault(key, "")
    meta["vectors"] = {"width": width, "vectors": n_rows, "keys": vectors.n_keys, "name": vectors.name}
    meta["labels"] = nlp.pipe_labels
    meta["pipeline"] = nlp.pipe_names
    meta["components"] = nlp.component_names
    meta["disabled"] = nlp.disabled
    meta.setdefault("performance", {})
    return meta


def requirements(config: Mapping[str, Any]) -> list[str]:
    """List the distributions behind every registered name of a config, as pip writes them."""
    owners = {owner for _, _, owner in named(config) if owner.distribution}
    found = {(owner.distribution, owner.version) for owner in owners} | {("pkg-kernel", __version__)}
    return [f"{name}=={number}" if number else name for name, number in sorted(found)]


def functions(config: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Say who gives each registered name of a config.

    Args:
        config: The config.
        files: Path of a file that is saved with the pipeline to its name there.

    Returns:
        Kind to name to a distribution at its version, or to a file.
    """
    found: dict[str, dict[str, str]] = {}
    for kind, name, owner in named(config):
        pin = f"{owner.distribution}=={owner.version}" if owner.version else owner.distribution
        found.setdefault(kind, {})[name] = pin or files.get(owner.file, owner.file)
    return {kind: dict(sorted(found[kind].items())) for kind in sorted(found)}


def differences(required: list[str]) -> tuple[list[str], list[str]]:
    """Compare recorded requirements with what is installed.

    Returns:
        Those that are missing, and those that are here in another version.
    """
    missing, other = [], []
    present = {canonical(one.owner.distribution): one.owner.version for one in registry.installed.found}
    for line in required:
        name, _, number = line.partition("==")
        try:
            # What an application hands in needs no metadata.
            installed = present.get(canonical(name)) or version(name)
        except (PackageNotFoundError, ValueError):  # the second where a line names nothing
            missing.append(line)
            continue
        if number and installed != number:
            other.append(f"{line} (installed: {installed})")
    return missing, other


def named(config: Mapping[str, Any]) -> list[tuple[str, str, Owner]]:
    """List every registered name of a config that somebody gives here: kind, name and who that is."""
    with plugins_of(config):
        return list(_named(config))


def _named(config: Mapping[str, Any]) -> Iterator[tuple[str, str, Owner]]:
    names = [(each.kind, each.name) for each in registered_names(config)]
    for block in config.get("components", {}).values():
        if isinstance(block, Mapping) and "factory" in block:
            names.append(("factories", block["factory"]))
    names.append(("languages", config.get("nlp", {}).get("lang", "")))
    for kind, name in names:
        try:
            yield kind, name, registry.provenance(kind, name)
        except KernelError:
            # A name that is gone since, or a language class that nobody registered.
            continue
