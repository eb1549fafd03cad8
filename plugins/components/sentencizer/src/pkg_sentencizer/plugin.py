"""The names that pkg-sentencizer registers."""

from kernel import hookimpl


@hookimpl
def register_factories() -> dict[str, str]:
    return {"sentencizer": "pkg_sentencizer.component:sentencizer"}


@hookimpl
def register_scorers() -> dict[str, str]:
    return {"kernel.senter_scorer.v1": "pkg_sentencizer.component:senter_scorer"}
