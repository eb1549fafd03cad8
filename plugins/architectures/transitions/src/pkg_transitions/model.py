"""The model of a transition-based component, with everything that depends on tokens alone computed once per batch.

Each state has F feature tokens. The hidden layer is the sum over them of W_f · x; these products are computed for all
tokens and slots in advance, so that each step only gathers and adds rows.

Axes
    N   tokens of the batch, all documents one after the other
    K   tokens of a part of the batch
    S   states
    I   width of the token vectors
    F   feature slots
    O   hidden width
    P   maxout pieces
    Q   P · O, pieces in planes
    A   actions
    R   rows of the table: F · (N + 1), slot by slot; the last row of each slot is for "no token"
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from thinc.api import Model

from kernel.errors import ConfigError, ModelError
from kernel.limits import Labels, Pieces, Width, check_weights
from kernel.tokens import Doc
from pkg_tok2vec.numerics import Cut, flatten
from pkg_transitions.bounds import check_scores
from pkg_transitions.memory import Spare, TableMemory
from pkg_transitions.step import StepModel

#: Number of feature slots by `state_type`, without and with `extra_state_tokens`.
N_FEATURES = {"parser": (8, 13), "ner": (3, 6)}
#: Rows per matrix product: few enough for the processor's cache.
_ROWS = 1024


def TransitionBasedParser(
    tok2vec: Model[list[Doc], list[Any]],
    state_type: Literal["parser", "ner"],
    extra_state_tokens: bool,
    hidden_width: Width,
    maxout_pieces: Pieces,
    use_upper: bool = True,
    nO: Labels | None = None,
) -> Model[list[Doc], Any]:
    """Score the actions of a parser or entity recogniser, step by step.

    Args:
        tok2vec: Maps documents to one array (length, width) per document; often a listener.
        state_type: "parser" or "ner": which tokens of a state are features.
        extra_state_tokens: Use more tokens of the state: 13 instead of 8 ("parser"), 6 instead of 3 ("ner").
        hidden_width: Width of the hidden layer; 64 is usual, 128 for accuracy. Unused without `use_upper`.
        maxout_pieces: Maxout pieces of the hidden layer; 2 is usual, 3 for accuracy.
        use_upper: Add a linear output layer; without it the hidden layer scores the actions.
        nO: Number of actions; None takes it from the component.

    Shapes:
        documents -> a StepModel, which maps tokens_SF to scores_SA

    Raises:
        ConfigError: `state_type` is unknown.

    Source:
        `spacy.TransitionBasedParser.v2`; here token vectors go into the hidden layer unprojected.
    """
    if state_type not in N_FEATURES:
        raise ConfigError(
            f"TransitionBasedParser: state_type: expected 'parser' or 'ner', got {state_type!r}"
        )
    n_features = N_FEATURES[state_type][bool(extra_state_tokens)]
    n_inputs = n_features * (tok2vec.maybe_get_dim("nO") or 1)
    n_outputs = hidden_width if use_upper else nO or 1
    check_weights(
        maxout_pieces * n_outputs * n_inputs + hidden_width * (nO or 1),
        hidden_width=hidden_width,
        maxout_pieces=maxout_pieces,
        nO=nO,
    )
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
        attrs={
            "resize_output": resize_output,
            "param_shapes": param_shapes,
            "dropout_rate": 0.0,
            "spare": Spare(),
        },
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

    def table(tokens_K: Any, memory: TableMemory) -> Any:
        """Compute the table's rows for some tokens, or for all if None."""
        X_KI = X_NI if tokens_K is None else X_NI[ops.asarray(tokens_K)]
        K = len(X_KI)
        table_FKQ = memory.array(ops, (F, K + 1, Q))
        table_FKQ[:, K] = pad_FQ
        for start in range(0, K, _ROWS):
            X_MI, rows = X_KI[start : start + _ROWS], slice(start, min(K, start + _ROWS))
            for slot in range(F):
                ops.xp.matmul(X_MI, W_FQI[slot].T, out=table_FKQ[slot, rows])
            # Every state reads slot 0: add the bias there, once per token instead of once per step.
            table_FKQ[0, rows] += b_Q
        table_FKQ[0, K] += b_Q
        return table_FKQ.reshape(F * (K + 1), Q)

    upper = model.layers[2] if len(model.layers) > 2 else None
    rate = model.attrs["dropout_rate"] if is_train else 0.0
    step_model = StepModel(
        ops, table, model.attrs["spare"], len(X_NI), (F, Q), lower.get_dim("nP"), upper, rate
    )
    step_model.check = lambda name, docs: check_scores(name, docs, Xs, X_NI, model.layers[1:])

    def backprop(d_table_RQ: Any) -> Any:
        d_table_FKQ = d_table_RQ.reshape(F, -1, Q)
        d_rows_FNQ = d_table_FKQ[:, :-1]
        lower.inc_grad("b", d_table_FKQ[0].sum(axis=0).reshape(lower.get_param("b").shape))
        lower.inc_grad("pad", d_table_FKQ[:, -1].reshape(lower.get_param("pad").shape))
        dW_FQI = ops.xp.empty(W_FQI.shape, dtype="float32")
        dX_NI = ops.alloc2f(*X_NI.shape)
        for slot, d_rows_NQ in enumerate(d_rows_FNQ):
            ops.xp.matmul(d_rows_NQ.T, X_NI, out=dW_FQI[slot])
            dX_NI += ops.gemm(d_rows_NQ, W_FQI[slot])
        lower.inc_grad("W", dW_FQI.reshape(lower.get_param("W").shape))
        return backprop_tok2vec(Cut(dX_NI, lengths))

    return step_model, backprop


def _weights(lower: Model[Any, Any]) -> tuple[Any, Any, Any]:
    """Return the weights (F, Q, I), bias (Q) and padding (F, Q)."""
    W_FPOI = lower.get_param("W")
    F, P, O, I = W_FPOI.shape
    return (
        W_FPOI.reshape(F, P * O, I),
        lower.get_param("b").reshape(P * O),
        lower.get_param("pad").reshape(F, P * O),
    )


def _no_forward(model: Model[Any, Any], X: Any, is_train: bool) -> Any:
    raise ModelError(
        f"{model.name}: this layer of TransitionBasedParser cannot be run on its own; run the whole model"
    )


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


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layers' parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    tok2vec, lower, *uppers = model.layers
    A, I = model.get_dim("nO"), tok2vec.get_dim("nO")
    F, P, O = (lower.get_dim(name) for name in ("nF", "nP", "nO"))
    O = O if uppers else A
    shapes: dict[str, tuple[int, ...]] = {"W": (F, P, O, I), "b": (P, O), "pad": (F, P, O)}
    params: list[tuple[Any, str, tuple[int, ...]]] = [(lower, name, shape) for name, shape in shapes.items()]
    for upper in uppers:
        params += [(upper, "W", (A, O)), (upper, "b", (A,))]
    return params


def init_lower(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    ops = model.ops
    F, P, O, I = (model.get_dim(name) for name in ("nF", "nP", "nO", "nI"))
    # Glorot & Bengio 2010, equation 16; the fan-in of a unit is all F tokens.
    limit = (6.0 / (F * I + O)) ** 0.5
    model.set_param("W", ops.asarray(ops.xp.random.uniform(-limit, limit, (F, P, O, I)), dtype="float32"))
    model.set_param("b", ops.alloc((P, O)))
    model.set_param("pad", ops.asarray(ops.xp.random.uniform(-limit, limit, (F, P, O)), dtype="float32"))


def init_upper(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    # Zeros make every action equally likely before the first update.
    model.set_param("W", model.ops.alloc2f(model.get_dim("nO"), model.get_dim("nI")))
    model.set_param("b", model.ops.alloc1f(model.get_dim("nO")))


#: The output axis of each parameter, by name of the layer that scores the actions.
_OUTPUT_AXES = {"state_output": {"W": 0, "b": 0}, "state_hidden": {"W": 2, "b": 1, "pad": 2}}


def resize_output(model: Model[Any, Any], n_actions: int) -> None:
    """Enlarge the output to `n_actions`, keeping the weights of the existing actions."""
    output = model.get_ref("output")
    axes = _OUTPUT_AXES[output.name]
    kept = {name: output.get_param(name) for name in axes if output.has_param(name)}
    for name in kept:
        # Thinc allows a dimension to change only while no parameter is set.
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
