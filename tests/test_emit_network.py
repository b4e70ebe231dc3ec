"""The description of a network: what tables and drawings are made of."""

from __future__ import annotations

import pytest

from nnc.catalog import Size
from nnc.emit.network import describe
from nnc.evidence import Network, NetworkNode
from nnc.graph import FnRef, IndexItem, Object, Scope
from nnc.plain_json import from_json, to_json
from tests.emit.graphs import Graph


def rows(network: Network) -> dict[str, NetworkNode]:
    return {node.id: node for node in network.nodes}


def test_the_table_of_a_small_network() -> None:
    graph = Graph("DeepNN")
    x = graph.input("x", 10)
    h = graph.layer("Dense", {"units": 6, "activation": "relu"}, x, layer="h1_dense")
    h = graph.layer("Dropout", {"rate": 0.2}, h, layer="h1_dropout")
    graph.output("y", graph.layer("Dense", {"units": 1, "activation": "sigmoid", "use_bias": False}, h, layer="y"))
    network = describe(graph.model())
    table = [
        (n.id, n.kind, n.role, n.in_shapes, n.out_shapes, n.units, n.activation, n.trainable, n.bias, n.detail)
        for n in network.nodes
    ]
    assert table == [
        ("x", "Input", "input", (), ("[10]",), 10, None, 0, None, ""),
        ("h1_dense", "Dense", "hidden", ("[10]",), ("[6]",), 6, "relu", 66, True, ""),
        ("h1_dropout", "Dropout", "dropout", ("[6]",), ("[6]",), None, None, 0, None, "rate 0.2"),
        ("y", "Dense", "output", ("[6]",), ("[1]",), 1, "sigmoid", 6, False, ""),
    ]
    assert (network.trainable, network.non_trainable, network.outputs) == (72, 0, ("y",))
    assert [node.multiply_adds for node in network.nodes] == [0, 60, 0, 6]
    assert [node.activation_bytes for node in network.nodes] == [40, 24, 24, 4]
    assert from_json(Network, to_json(network)) == network


def test_details_name_what_is_not_at_its_default() -> None:
    graph = Graph()
    x = graph.input("x", 28, 28, 1)
    h = graph.layer("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2}, x, layer="a")
    h = graph.layer("Conv2D", {"filters": 4, "kernel_size": (3, 5), "strides": (1, 1)}, h, layer="b")
    h = graph.layer("Conv2D", {"filters": 4, "kernel_size": (3, 3), "strides": (2, 1)}, h, layer="c")
    h = graph.layer("MaxPooling2D", {"pool_size": 2}, h, layer="d")
    h = graph.layer("Reshape", {"target_shape": (-1, 4)}, h, layer="e")
    graph.output("y", h)
    details = {node.id: node.detail for node in describe(graph.model()).nodes}
    assert details == {
        "x": "", "a": "3×3, stride 2", "b": "3×5", "c": "3×3, stride 2×1", "d": "2×2", "e": "[-1, 4]",
    }  # fmt: skip


def test_a_layer_after_the_last_neurons_leaves_them_the_output() -> None:
    graph = Graph()
    x = graph.input("x", 4)
    h = graph.layer("Dense", {"units": 8}, x, layer="hidden")
    h = graph.layer("Dense", {"units": 3}, h, layer="logits")
    graph.output("y", graph.layer("Activation", {"activation": "softmax"}, h, layer="probabilities"))
    roles = {node.id: node.role for node in describe(graph.model()).nodes}
    assert roles == {"x": "input", "hidden": "hidden", "logits": "output", "probabilities": "other"}


def test_shared_layers_count_once_and_blocks_are_kept() -> None:
    graph = Graph()
    a, b = graph.input("a", 4), graph.input("b", 4)
    left = graph.layer("Dense", {"units": 4, "activation": FnRef("swish")}, a, layer="encoder")
    graph.scope = (Scope("Tower", "tower_1"), Scope("Residual", "residual_2", (1, 3)))
    right = graph.layer("Dense", {"units": 4, "activation": FnRef("swish")}, b, layer="encoder")
    graph.scope = ()
    both = graph.op("subtract", left, right, shape=(4,), name="gap")
    graph.output("y", graph.op("getitem", both, IndexItem(0, 1, None, True), shape=(1,)))
    network = describe(graph.model())
    nodes = rows(network)
    assert (nodes["encoder"].trainable, nodes["encoder"].shared) == (20, False)
    assert (nodes["encoder:2"].trainable, nodes["encoder:2"].shared) == (0, True)
    assert nodes["encoder:2"].layer == "encoder"
    assert nodes["encoder"].activation == "swish"
    assert nodes["encoder:2"].scope == (("Tower", "tower_1"), ("Residual", "residual_2"))
    assert nodes["encoder:2"].repeat == (1, 3)
    assert (nodes["gap"].kind, nodes["gap"].inputs) == ("−", ("encoder", "encoder:2"))
    assert network.trainable == 20
    assert network.outputs == ("getitem",)


def test_a_width_that_is_not_known_has_its_name_and_no_count() -> None:
    graph = Graph()
    x = graph.input("x", Size("features"), features=())
    h = graph.layer("Dense", {"units": 8}, x, layer="h")
    graph.output("y", graph.layer("Dense", {"units": 1}, h, layer="y"))
    network = describe(graph.model())
    nodes = rows(network)
    assert nodes["x"].out_shapes == ("[features]",)
    assert (nodes["x"].units, nodes["x"].activation_bytes) == (None, None)
    assert (nodes["h"].trainable, nodes["h"].multiply_adds) == (None, None)
    assert (nodes["y"].trainable, network.trainable) == (9, None)
    assert from_json(Network, to_json(network)) == network


def test_what_no_output_needs_is_no_part_of_it() -> None:
    graph = Graph()
    x = graph.input("x", 4)
    graph.layer("Dense", {"units": 99}, x, layer="dead")
    graph.output("y", graph.layer("Dense", {"units": 1}, x, layer="y"))
    network = describe(graph.model())
    assert list(rows(network)) == ["x", "y"]
    assert network.trainable == 5


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "linear"), ("relu", "relu"), (Object("layers", "LeakyReLU"), "LeakyReLU")]
)
def test_the_activation_in_words(value: object, shown: str) -> None:
    graph = Graph()
    x = graph.input("x", 4)
    graph.output("y", graph.layer("Dense", {"units": 1, "activation": value}, x, layer="y"))
    assert rows(describe(graph.model()))["y"].activation == shown
