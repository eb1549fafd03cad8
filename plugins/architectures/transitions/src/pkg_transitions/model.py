"""The model of a transition-based component: what depends on tokens alone is computed once for the batch.

Each state shows F tokens. The hidden layer is a sum over them of W_f · x; those products are computed for all tokens
and slots by one matrix product, and each step only gathers and adds rows.

Axes
    N   tokens of the batch, all documents one after the other
    S   states
    I   width of the token vectors
    F   feature slots
    O   hidden width
    P   maxout pieces
    Q   P · O, pieces in planes
    A   actions
    R   rows of the table: (N + 1) · F; the last F stand for "no token"
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from thinc.api import Model

from kernel.errors import ConfigError, ModelError
from kernel.limits import Positive
from kernel.text.doc import Doc
from pkg_tok2vec.numerics import Cut, flatten
from pkg_transitions.step import StepModel

#: Feature slots by type of state, without and with `extra_state_tokens`.
N_FEATURES = {"parser": (8, 13), "ner": (3, 6)}


def TransitionBasedParser(
    tok2vec: Model[list[Doc], list[Any]],
    state_type: Literal["parser", "ner"],
    extra_state_tokens: bool,
    hidden_width: Positive,
    maxout_pieces: Positive,
    use_upper: bool = True,
    nO: Positive | None = None,
) -> Model[list[Doc], Any]:
    """Score the actions of a parser or entity recogniser, step by step.

    Args:
        tok2vec: Documents to one array (length, width) per document; often a listener.
        state_type: "parser" or "ner": which tokens a state shows.
        extra_state_tokens: Show more tokens of the state: 13 in place of 8 ("parser"), 6 in place of 3 ("ner").
        hidden_width: Of the hidden layer; 64 is usual, 128 for accuracy. Without `use_upper` the number of actions.
        maxout_pieces: Pieces of the hidden layer; 2 is usual, 3 for accuracy.
        use_upper: Put a linear layer behind the hidden one; without it the hidden layer scores the actions.
        nO: Number of actions; taken from the component when None.

    Shapes:
        documents -> a StepModel, which takes tokens_SF to scores_SA

    Source:
        `spacy.TransitionBasedParser.v2`; here token vectors go into the hidden layer as they are.
    """
    if state_type not in N_FEATURES:
        raise ConfigError(
            f"TransitionBasedParser: state_type: no state is of this type, got {state_type!r}; "
            "write 'parser' or 'ner'"
        )
    n_features = N_FEATURES[state_type][bool(extra_state_tokens)]
    lower: Model[Any, Any] = Model(
        "state_hidden",
        _no_forward,
        init=init_lower,
        dims={"nO": hidden_width if use_upper else nO, "nF": n_features, "nP": maxout_pieces, "nI": None},
        params={"W": None, "b": None, "pad": None},
    )
    upper: Model[Any, Any] = Model(
        "state_output",
        _no_forward,
        init=init_upper,
        dims={"nO": nO, "nI": hidden_width},
        params={"W": None, "b": None},
    )
    return Model(
        "transition_parser",
        forward,
        init=init,
        layers=[tok2vec, lower, upper] if use_upper else [tok2vec, lower],
        dims={"nO": nO, "nF": n_features},
        refs={"tok2vec": tok2vec, "lower": lower, "output": upper if use_upper else lower},
        attrs={"resize_output": resize_output, "dropout_rate": 0.0},
    )


def forward(
    model: Model[Any, Any], docs: list[Doc], is_train: bool
) -> tuple[StepModel, Callable[[Any], Any]]:
    ops, tok2vec, lower = model.ops, model.layers[0], model.layers[1]
    Xs, backprop_tok2vec = tok2vec(docs, is_train)
    lengths = [len(X) for X in Xs]
    W_FQI, b_Q, pad_FQ = _weights(lower)
    F, Q, I = W_FQI.shape
    X_NI = flatten(ops, Xs, I)
    N = len(X_NI)

    def table(tokens_K: Any, memory: Any = None) -> Any:
        """Compute the rows of some tokens, or of all, into memory that is big enough where there is some."""
        X_MI = X_NI if tokens_K is None else X_NI[ops.asarray(tokens_K)]
        M = len(X_MI)
        if memory is None or len(memory) < (M + 1) * F:
            memory = ops.xp.empty(((M + 1) * F, Q), dtype="float32")
        table_RQ = memory[: (M + 1) * F]
        rows_MU = table_RQ[: M * F].reshape(M, F * Q)
        ops.xp.matmul(X_MI, W_FQI.reshape(F * Q, I).T, out=rows_MU)
        table_RQ[M * F :] = pad_FQ
        # Every state has a slot 0: the bias goes there once per token, not once per step.
        table_RQ[::F] += b_Q
        return table_RQ

    upper = model.layers[2] if len(model.layers) > 2 else None
    rate = model.attrs["dropout_rate"] if is_train else 0.0
    step_model = StepModel(ops, table, N, F, lower.get_dim("nP"), upper, rate)

    def backprop(d_table_RQ: Any) -> Any:
        d_rows_NU = d_table_RQ[: N * F].reshape(N, F * Q)
        lower.inc_grad("b", d_table_RQ[::F].sum(axis=0).reshape(lower.get_param("b").shape))
        lower.inc_grad("pad", d_table_RQ[N * F :].reshape(lower.get_param("pad").shape))
        lower.inc_grad("W", ops.gemm(d_rows_NU, X_NI, trans1=True).reshape(lower.get_param("W").shape))
        return backprop_tok2vec(Cut(ops.gemm(d_rows_NU, W_FQI.reshape(F * Q, I)), lengths))

    return step_model, backprop


def _weights(lower: Model[Any, Any]) -> tuple[Any, Any, Any]:
    """Give weights (F, Q, I), bias (Q) and padding (F, Q)."""
    W_FPOI = lower.get_param("W")
    F, P, O, I = W_FPOI.shape
    return (
        W_FPOI.reshape(F, P * O, I),
        lower.get_param("b").reshape(P * O),
        lower.get_param("pad").reshape(F, P * O),
    )


def _no_forward(model: Model[Any, Any], X: Any, is_train: bool) -> Any:
    raise ModelError(f"{model.name}: a part of TransitionBasedParser, which cannot be run alone")


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    tok2vec, lower = model.layers[:2]
    if X is not None:
        tok2vec.initialize(X=X)
    if not model.has_dim("nO"):
        raise ModelError(
            "transition_parser: the number of actions is unknown; initialize the component with examples"
        )
    model.get_ref("output").set_dim("nO", model.get_dim("nO"), force=True)
    lower.set_dim("nI", tok2vec.get_dim("nO"))
    for layer in model.layers[1:]:
        layer.initialize()


def init_lower(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    ops = model.ops
    F, P, O, I = (model.get_dim(name) for name in ("nF", "nP", "nO", "nI"))
    # Glorot & Bengio 2010, equation 16; what goes into one unit are all F tokens.
    limit = (6.0 / (F * I + O)) ** 0.5
    model.set_param("W", ops.asarray(ops.xp.random.uniform(-limit, limit, (F, P, O, I)), dtype="float32"))
    model.set_param("b", ops.alloc((P, O)))
    model.set_param("pad", ops.asarray(ops.xp.random.uniform(-limit, limit, (F, P, O)), dtype="float32"))


def init_upper(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    # Zeros: every action is equally likely before the first update.
    model.set_param("W", model.ops.alloc2f(model.get_dim("nO"), model.get_dim("nI")))
    model.set_param("b", model.ops.alloc1f(model.get_dim("nO")))


#: Which axis of each parameter runs over the output, in the layer that scores the actions.
_OUTPUT_AXES = {"state_output": {"W": 0, "b": 0}, "state_hidden": {"W": 2, "b": 1, "pad": 2}}


def resize_output(model: Model[Any, Any], n_actions: int) -> None:
    """Make room for more actions, keeping what was learnt of the others."""
    output = model.get_ref("output")
    axes = _OUTPUT_AXES[output.name]
    kept = {name: output.get_param(name) for name in axes if output.has_param(name)}
    for name in kept:
        # Thinc lets a dimension change only while no parameter has its shape.
        output.set_param(name, None)
    for layer in (model, output):
        layer.set_dim("nO", n_actions, force=True)
    for name, old in kept.items():
        axis = axes[name]
        wider = model.ops.alloc((*old.shape[:axis], n_actions, *old.shape[axis + 1 :]))
        kept_rows = tuple(slice(length) for length in old.shape)
        wider[kept_rows] = old
        output.set_param(name, wider)
        if output.has_grad(name):
            output.set_grad(name, model.ops.alloc(wider.shape))
