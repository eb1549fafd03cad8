"""The names that pkg-transitions registers."""

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    return {"kernel.TransitionBasedParser.v1": "pkg_transitions.model:TransitionBasedParser"}
