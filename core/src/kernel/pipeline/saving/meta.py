"""The content of `meta.json`, including the distributions that a config needs."""

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
#: The keys that are read from a saved pipeline's meta; users may add others.
_SHAPE = {
    **dict.fromkeys(("lang?", "name?", "version?", "kernel_version?", "spacy_version?"), str),
    **dict.fromkeys((f"{key}?" for key in _TEXTS), TEXT_OR_NONE),
    **{key: [str] for key in ("requirements?", "pipeline?", "components?", "disabled?")},
    **dict.fromkeys(("labels?", "performance?", "vectors?"), dict),
    "functions?": {str: {str: str}},
    "code?": {str: str},
}


def checked_meta(meta: Any) -> dict[str, Any]:
    """Check and return the content of a `meta.json`.

    Raises:
        ValueError: It is not a pipeline's meta; the message says why.
    """
    check_shape(meta, _SHAPE)
    checked: dict[str, Any] = meta
    return checked


def write_meta(meta: dict[str, Any], nlp: Any) -> dict[str, Any]:
    """Update a pipeline's meta.

    Args:
        meta: The meta, changed in place; name, texts and scores are kept.
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
    """List the distributions behind the registered names in a config, as pip requirements."""
    owners = {owner for _, _, owner in named(config) if owner.distribution}
    pins = {(owner.distribution, owner.version) for owner in owners} | {("pkg-kernel", __version__)}
    return [f"{name}=={number}" if number else name for name, number in sorted(pins)]


def functions(config: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Map each registered name in a config to where it comes from.

    Args:
        config: The config.
        files: Path of each file that is saved with the pipeline, to its name there.

    Returns:
        For each kind, name to a pinned distribution or a file.
    """
    origins: dict[str, dict[str, str]] = {}
    for kind, name, owner in named(config):
        pin = f"{owner.distribution}=={owner.version}" if owner.version else owner.distribution
        origins.setdefault(kind, {})[name] = pin or files.get(owner.file, owner.file)
    return {kind: dict(sorted(origins[kind].items())) for kind in sorted(origins)}


def differences(required: list[str]) -> tuple[list[str], list[str]]:
    """Compare recorded requirements with the installed distributions.

    Returns:
        Those that are missing, and those installed in another version.
    """
    missing, other = [], []
    present = {canonical(one.owner.distribution): one.owner.version for one in registry.installed.found}
    for line in required:
        name, _, number = line.partition("==")
        try:
            # Plugins that an application passes in need no metadata.
            installed = present.get(canonical(name)) or version(name)
        except (PackageNotFoundError, ValueError):  # ValueError: the line is not a requirement
            missing.append(line)
            continue
        if number and installed != number:
            other.append(f"{line} (installed: {installed})")
    return missing, other


def named(config: Mapping[str, Any]) -> list[tuple[str, str, Owner]]:
    """List the registered names in a config that are available here: kind, name and owner."""
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
            # A name that is no longer available, or a language class that was never registered.
            continue
