"""The names that pkg-textcat registers."""

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    return {
        "kernel.TextCatBOW.v1": "pkg_textcat.bow:TextCatBOW",
        "kernel.TextCatCNN.v1": "pkg_textcat.reduce:TextCatCNN",
        "kernel.TextCatReduce.v1": "pkg_textcat.reduce:TextCatReduce",
        "kernel.TextCatEnsemble.v1": "pkg_textcat.ensemble:TextCatEnsemble",
        "kernel.TextCatParametricAttention.v1": "pkg_textcat.attention:TextCatParametricAttention",
        "kernel.TextCatLowData.v1": "pkg_textcat.lowdata:TextCatLowData",
    }


@hookimpl
def register_factories() -> dict[str, str]:
    return {
        "textcat": "pkg_textcat.component:textcat",
        "textcat_multilabel": "pkg_textcat.multilabel:textcat_multilabel",
    }


@hookimpl
def register_scorers() -> dict[str, str]:
    return {
        "kernel.textcat_scorer.v1": "pkg_textcat.component:textcat_scorer",
        "kernel.textcat_multilabel_scorer.v1": "pkg_textcat.multilabel:textcat_multilabel_scorer",
    }


@hookimpl
def register_recommendations() -> dict[str, str]:
    return {
        "textcat": "pkg_textcat.recommend:recommend",
        "textcat_multilabel": "pkg_textcat.recommend:recommend",
    }
