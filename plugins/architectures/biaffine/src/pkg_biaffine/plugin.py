"""The names that pkg-biaffine registers."""

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    return {"kernel.BiaffineParser.v1": "pkg_biaffine.model:BiaffineParser"}
