"""Random models and fns for hypothesis: every name hostile or awkward, every shape right."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from nnc.graph import Fn, FnConst, FnExpr, FnName, FnRef, IndexItem, Object, Scope, Spec, Tensor, TrainConfig
from tests.emit.graphs import Graph, call

# Names of the language are ASCII identifiers; these are the ones that Python, Keras or ruff would trip over.
_LONG = "a_name_that_is_much_longer_than_any_that_a_person_would_ever_think_of_writing_down"
_AWKWARD = "x y h l O I keras layers ops math model build_model train class lambda None print float str type _ part"
NAMES = st.sampled_from(
    [*_AWKWARD.split(), "__import__", "__class__", "match_targets", "n_features", _LONG, f"{_LONG}_too"]
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=30
) | st.sampled_from(['"', "'", "\"'", '"""', "\\", "\\n", "{x}", "%s", "卷积层" * 12, "a" * 100, "\u202e", "é" * 60])

_ELEMENTWISE = ["add", "subtract", "multiply", "divide", "maximum", "power", "mod", "floor_divide"]
_COMPARISONS = ["greater", "less_equal", "equal", "not_equal", "logical_and"]
_UNARY = ["negative", "exp", "relu", "square", "sigmoid", "round", "logical_not"]
NUMBERS = st.integers(-5, 10**12) | st.floats(-1e20, 1e20) | st.sampled_from([1e-7, -0.0, 1e16, 0.1])


def expressions(names: list[str]) -> SearchStrategy[FnExpr]:
    """Expressions of an fn over some names."""
    leaves: SearchStrategy[FnExpr] = st.sampled_from(names).map(FnName) | NUMBERS.map(FnConst)
    leaves |= st.sampled_from([FnConst(1e-7, "epsilon"), FnConst(3.14, "pi")])

    def extend(inner: SearchStrategy[FnExpr]) -> SearchStrategy[FnExpr]:
        return (
            st.builds(call, st.sampled_from(_ELEMENTWISE + _COMPARISONS), inner, inner)
            | st.builds(call, st.sampled_from(_UNARY), inner)
            | st.builds(call, st.just("where"), inner, inner, inner)
            | st.builds(lambda e: call("sum", e, axis=(-1,), keepdims=True), inner)
            | st.builds(lambda e: call("getitem", e, FnConst(IndexItem(0, None, None, True))), inner)  # type: ignore[arg-type]
        )

    return st.recursive(leaves, extend, max_leaves=40)


@st.composite
def fns(draw: DrawFn, arity: int = 2) -> Fn:
    """An fn with locals, some of them never read, some bound again."""
    parameters = draw(st.lists(NAMES, min_size=arity, max_size=arity, unique=True))
    known, body = list(parameters), []
    for _ in range(draw(st.integers(0, 3))):
        expr = draw(expressions(known))
        known.append(draw(NAMES))
        body.append((known[-1], expr))
    doc = draw(TEXTS | st.just(""))
    return Fn(draw(NAMES), tuple(parameters), tuple(body), draw(expressions(known)), doc)


WIDTH = 4


@st.composite
def graphs(draw: DrawFn) -> Graph:
    """A model whose tensors all are [4]: layers, shared ones too, and operators between them."""
    graph = Graph(draw(NAMES))
    tensors = [graph.input(f"in{i}", WIDTH) for i in range(draw(st.integers(1, 2)))]
    shared: list[str] = []
    for number in range(draw(st.integers(1, 8))):
        name = draw(st.none() | NAMES)
        tensor, other = draw(st.sampled_from(tensors)), draw(st.sampled_from(tensors))
        graph.scope = draw(
            st.sampled_from([(), (Scope("Residual", "r1", (0, 2)),), (Scope("Head", "h"), Scope("In", "i"))])
        )
        kind = draw(st.sampled_from(["dense", "add", "operator", "unary", "number", "again"]))
        layer = f"layer{number}{draw(st.sampled_from(['', '卷积', 'x' * 70]))}"
        if kind == "dense":
            graph.layer("Dense", draw(_dense_args()), tensor, layer=layer, name=name)
            shared.append(layer)
        elif kind == "add":
            graph.layer("Add", {}, (tensor, other), layer=layer, name=name)
        elif kind == "operator":
            graph.op(draw(st.sampled_from(["add", "multiply", "maximum"])), tensor, other, shape=(WIDTH,), name=name)
        elif kind == "unary":
            graph.op(draw(st.sampled_from(["negative", "tanh"])), tensor, shape=(WIDTH,), name=name)
        elif kind == "number":
            graph.op("power", tensor, draw(st.sampled_from([2, -1.5])), shape=(WIDTH,), name=name)
        elif shared:
            again = draw(st.sampled_from(shared))
            graph.layer("Dense", graph.layers[again].args, tensor, layer=again, name=name)
        if len(graph.calls) > len(tensors) - len(graph.inputs):
            tensors.append(graph.calls[-1].outputs[0])
    ends: list[Tensor] = draw(st.lists(st.sampled_from(tensors), min_size=1, max_size=2))
    for number, tensor in enumerate(ends):
        graph.output(f"out{number}", tensor)
    return graph


def _dense_args() -> SearchStrategy[dict[str, object]]:
    regularizer = Object("regularizers", "L1L2", {"l1": 1e-5, "l2": 0.01})
    return st.fixed_dictionaries(
        {"units": st.just(WIDTH)},
        optional={
            "activation": st.sampled_from(["relu", "tanh", "softmax"]),
            "use_bias": st.booleans(),
            "kernel_initializer": st.just(Object("initializers", "GlorotUniform", {"seed": 1})),
            "kernel_regularizer": st.just(regularizer),
            "bias_regularizer": st.just(regularizer),
        },
    )


@st.composite
def specs(draw: DrawFn) -> Spec:
    """A spec with a train section whose loss and metrics are fns and Keras's own."""
    graph = draw(graphs())
    found = {fn.name: fn for fn in draw(st.lists(fns(), max_size=2))}
    metrics = (*(FnRef(name) for name in found), "accuracy", Object("metrics", "AUC", {"curve": "PR"}))
    outputs = [output.name for output in graph.outputs]
    train = TrainConfig(
        dict.fromkeys(outputs, "mean_squared_error"),
        Object("optimizers", "Adam", {"learning_rate": Object("optimizers.schedules", "ExponentialDecay", _DECAY)}),
        dict.fromkeys(outputs, metrics),
        class_weight=draw(st.none() | st.just({0: 1.0, 1: 2.5})),
        callbacks=draw(st.sampled_from([(), (Object("callbacks", "EarlyStopping", {"patience": 3}),)])),
        validation_split=draw(st.sampled_from([0.0, 0.2])),
    )
    return graph.spec(*found.values(), train=train, file=draw(TEXTS) + ".nn")


_DECAY = {"initial_learning_rate": 0.01, "decay_steps": 1000, "decay_rate": 0.9}
