"""The configuration of a functional or Sequential model as a table of its layers and where each is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from nnc.keras_import.raw import Broken, Raw, mapping, sequence, text, whole
from nnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor: its layer, which of its applications, which of its outputs; `about` has shape and dtype."""

    layer: str
    node: int
    tensor: int
    about: Mapping[str, Any] | None = None


# What stands in a call: tensors, lists of them, and plain serialized values.
Given: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Node:
    """One application of a layer."""

    args: tuple[Given, ...]
    kwargs: Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class Entry:
    """A layer, operation or nested model, and its applications in order."""

    name: str
    class_name: str
    module: Any
    config: Mapping[str, Any]
    data: Mapping[str, Any]
    nodes: tuple[Node, ...]

    @property
    def is_model(self) -> bool:
        """Whether it is a model inside the model."""
        return isinstance(self.config.get("layers"), (list, tuple))


@dataclass(frozen=True, slots=True)
class Network:
    """A model's layers by name, its inputs, and its outputs with the names that they have in it (None: no own name)."""

    name: str
    entries: Mapping[str, Entry]
    inputs: tuple[Ref, ...]
    outputs: tuple[tuple[str | None, Ref], ...]


def network_of(class_name: Raw, config: Mapping[str, Any], data: Mapping[str, Any]) -> Network:
    """The network of a model's configuration. Raises Broken where it has none."""
    name = config.get("name")
    name = name if isinstance(name, str) and name else "model"
    layers = sequence(config.get("layers"), f"the layers of {name}")
    if class_name == "Sequential" or "input_layers" not in config:
        return _sequential(name, layers, config, data)
    entries: dict[str, Entry] = {}
    for item in layers:
        entry = _entry(item)
        if entry.name in entries:
            raise Broken(f"two layers are called {entry.name}")
        entries[entry.name] = entry
    inputs = tuple(ref for _, ref in _ends(config["input_layers"], entries, "the inputs"))
    outputs = tuple(_ends(config.get("output_layers"), entries, "the outputs"))
    return Network(name, entries, inputs, outputs)


def _entry(item: Raw, nodes: tuple[Node, ...] | None = None) -> Entry:
    data = mapping(item, "a layer")
    class_name = text(data.get("class_name"), "the class of a layer")
    config = mapping(data.get("config") or {}, f"the configuration of {class_name}")
    name = text(data.get("name") or config.get("name"), f"the name of a {class_name}")
    if nodes is None:
        applied = sequence(data.get("inbound_nodes") or [], f"the calls of {name}")
        nodes = tuple(_node(node, name) for node in applied)
    return Entry(name, class_name, data.get("module"), config, data, nodes)


def _node(raw: Raw, name: str) -> Node:
    if isinstance(raw, dict):
        args = sequence(raw.get("args") or [], f"the operands of {name}")
        kwargs = mapping(raw.get("kwargs") or {}, f"the operands of {name}")
        return Node(tuple(_given(arg) for arg in args), {key: _given(value) for key, value in kwargs.items()})
    return _old_node(sequence(raw, f"a call of {name}"), name)


def _old_node(raw: Sequence[Raw], name: str) -> Node:
    """A call as Keras 2 wrote it: a list of [layer, node, tensor, kwargs]."""
    if len(raw) >= 3 and isinstance(raw[0], str):
        raw = [raw]
    refs: list[Ref] = []
    kwargs: dict[str, Given] = {}
    for item in raw:
        parts = sequence(item, f"an operand of {name}")
        if len(parts) not in (3, 4):
            raise Broken(f"an operand of {name} has {len(parts)} parts")
        refs.append(Ref(text(parts[0], "a layer"), whole(parts[1], "a node"), whole(parts[2], "a tensor")))
        for key, value in mapping(parts[3] if len(parts) == 4 else {}, f"the operands of {name}").items():
            old = isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)
            kwargs[key] = Ref(value[0], whole(value[1], "a node"), whole(value[2], "a tensor")) if old else value
    return Node((refs[0] if len(refs) == 1 else tuple(refs),), kwargs)


def _given(raw: Raw) -> Given:
    if isinstance(raw, (list, tuple)):
        return tuple(_given(item) for item in raw)
    if isinstance(raw, dict) and raw.get("class_name") == "__keras_tensor__":
        config = mapping(raw.get("config"), "a tensor")
        history = sequence(config.get("keras_history"), "the origin of a tensor")
        if len(history) != 3:
            raise Broken("the origin of a tensor should have three parts")
        return Ref(text(history[0], "a layer"), whole(history[1], "a node"), whole(history[2], "a tensor"), config)
    return raw


def _ends(raw: Raw, entries: Mapping[str, Entry], what: str, name: str | None = None) -> list[tuple[str | None, Ref]]:
    """The tensors of a structure of [layer, node, tensor], with their keys where the structure is a dict."""
    if isinstance(raw, dict):
        return [end for key, item in raw.items() for end in _ends(item, entries, what, str(key))]
    parts = sequence(raw, what)
    if len(parts) == 3 and isinstance(parts[0], str):
        node = whole(parts[1], "a node")
        entry = entries.get(parts[0])
        if entry is not None and entry.is_model and entry.class_name != "Sequential":
            node = max(0, node - 1)  # a functional model counts its own inputs as its first application
        return [(name, Ref(parts[0], node, whole(parts[2], "a tensor")))]
    return [end for item in parts for end in _ends(item, entries, what, name)]


def _sequential(name: str, layers: Sequence[Raw], config: Mapping[str, Any], data: Mapping[str, Any]) -> Network:
    """A Sequential model as the functional one that it is; its input is the first layer or stands beside the layers."""
    entries: dict[str, Entry] = {}
    items = [mapping(item, "a layer") for item in layers]
    if not items or items[0].get("class_name") != "InputLayer":
        items.insert(0, _input_of(name, items, config, data))
    before: Ref | None = None
    for item in items:
        entry = _entry(item, (Node((before,), {}),) if before is not None else ())
        if entry.name in entries:
            raise Broken(f"two layers are called {entry.name}")
        entries[entry.name] = entry
        before = Ref(entry.name, 0, 0)
    first = Ref(next(iter(entries)), 0, 0)
    return Network(name, entries, (first,), ((None, before or first),))


def _input_of(
    name: str, items: Sequence[Mapping[str, Any]], config: Mapping[str, Any], data: Mapping[str, Any]
) -> Mapping[str, Any]:
    first = items[0].get("config") if items else None
    built = data.get("build_config")
    shape = config.get("build_input_shape")
    dtype: Any = "float32"
    if isinstance(first, dict) and (first.get("batch_input_shape") or first.get("batch_shape")):
        shape = first.get("batch_input_shape") or first.get("batch_shape")
        dtype = first.get("dtype") if isinstance(first.get("dtype"), str) else dtype
    elif shape is None and isinstance(built, dict):
        shape = built.get("input_shape")
    if shape is None:
        raise Broken(f"the Sequential model {name} does not know its input; build it or give it an Input before saving")
    return {"class_name": "InputLayer", "config": {"name": f"{name}_input", "batch_shape": shape, "dtype": dtype}}
