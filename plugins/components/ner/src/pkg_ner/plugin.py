"""The names that pkg-ner registers."""

from kernel import hookimpl


@hookimpl
def register_factories() -> dict[str, str]:
    return {"ner": "pkg_ner.component:ner", "beam_ner": "pkg_ner.beam:beam_ner"}


@hookimpl
def register_scorers() -> dict[str, str]:
    return {"kernel.ner_scorer.v1": "pkg_ner.component:ner_scorer"}


@hookimpl
def register_recommendations() -> dict[str, str]:
    return {"ner": "pkg_ner.recommend:recommend", "beam_ner": "pkg_ner.recommend:recommend"}
