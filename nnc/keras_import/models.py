"""A model's configuration → `nnc.graph.ModelGraph`: layers, and calls in the order of a walk from the outputs.

The walk goes into each branch before it comes to where the branches meet, so the calls of a piece of the network
stand together. Models inside the model are laid into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from nnc import codes, limits
from nnc.diagnostics import Findings, UserFault
from nnc.graph import ModelGraph, ModelInput, ModelOutput, Spec, Tensor
from nnc.keras_import.apply import Maker
from nnc.keras_import.names import identifier
from nnc.keras_import.nodes import Entry, Network, Node, Ref, network_of
from nnc.keras_import.raw import Broken, Unsayable, mapping, shown
from nnc.keras_import.values import sizes_of
from nnc.lean import dataclass


@dataclass(frozen=True)
class Imported:
    """What came of a configuration. `origins` gives each layer's place in the original: the names of the models

    around it and its own. `findings` say what the language has no words for; such a layer stands in the graph under
    its own class's name, at which `nnc check` points.
    """

    spec: Spec
    findings: Findings
    origins: Mapping[str, tuple[str, ...]]


def import_config(config: Mapping[str, Any], shown_as: str) -> Imported:
    """The graph of a model's configuration. Raises UserFault where there is no graph in it."""
    findings = Findings()
    try:
        return _Import(findings).run(config, shown_as)
    except (Broken, Unsayable) as broken:
        findings.add(codes.MODEL_FILE, f"`{shown_as}` holds no model that nnc can read: {broken}")
    except RecursionError:
        findings.add(codes.MODEL_FILE, f"`{shown_as}` holds no model that nnc can read: it is nested too deeply")
    raise UserFault(findings)


@dataclass
class _Model:
    """A network being walked: what its tensors have become, by layer, application and output."""

    network: Network
    path: tuple[str, ...]
    tensors: dict[tuple[str, int], tuple[Tensor, ...]] = field(default_factory=dict)
    shared: str = ""


class _Import:
    """One import: the layers and calls so far."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.maker = Maker(findings)

    def run(self, config: Mapping[str, Any], shown_as: str) -> Imported:
        inner = mapping(config.get("config"), "its configuration")
        class_name = config.get("class_name")
        if not isinstance(inner.get("layers"), (list, tuple)):
            raise Broken(
                f"{shown(class_name)} is a model whose Python code alone knows its graph; "
                "only functional and Sequential models have it in their file"
            )
        model = _Model(network_of(class_name, inner, config), ())
        inputs = [self._input(model, ref) for ref in model.network.inputs]
        for _, ref in model.network.outputs:
            self._walk(model, ref, 0)
        outputs: list[ModelOutput] = []
        taken: set[str] = {item.name for item in inputs}
        for key, ref in model.network.outputs:
            name = identifier(key or ref.layer, taken)
            taken.add(name)
            outputs.append(ModelOutput(name, self._tensor(model, ref)))
        if not outputs:
            raise Broken("it has no output")
        name = identifier(model.network.name, set())
        made = self.maker
        graph = ModelGraph(name, tuple(inputs), tuple(outputs), made.layers, tuple(made.calls))
        return Imported(Spec(shown_as, {}, {}, {name: graph}), self.findings, made.origins)

    def _input(self, model: _Model, ref: Ref) -> ModelInput:
        entry = self._entry(model, ref)
        shape = entry.config.get("batch_shape") or entry.config.get("batch_input_shape")
        if entry.class_name != "InputLayer" or shape is None:
            raise Broken(f"the input {entry.name} is no InputLayer with a shape")
        sizes = sizes_of(shape, f"the input {entry.name}")
        if not sizes:
            raise Broken(f"the input {entry.name} has no axis, not even that of the batch")
        name = identifier(entry.name, self.maker.inputs)
        if name != entry.name:
            self.findings.add(
                codes.RENAMED, f"the input {shown(entry.name)} is called `{name}` in the spec", help=_NAMES
            )
        tensor = self.maker.input(name, sizes[1:], entry.config.get("dtype"))
        model.tensors[entry.name, 0] = (tensor,)
        return ModelInput(name, tensor)

    # ---- the walk --------------------------------------------------------------------------------

    def _entry(self, model: _Model, ref: Ref) -> Entry:
        entry = model.network.entries.get(ref.layer)
        if entry is None:
            raise Broken(f"there is no layer {shown(ref.layer)}, from which a tensor is said to come")
        return entry

    def _tensor(self, model: _Model, ref: Ref) -> Tensor:
        made = model.tensors[ref.layer, self._place(model, ref)]
        if ref.tensor >= len(made):
            raise Broken(f"{ref.layer} has no output {ref.tensor}")
        return made[ref.tensor]

    def _place(self, model: _Model, ref: Ref) -> int:
        """Which application is meant. Keras 2 counts those of a functional model from 1."""
        entry = self._entry(model, ref)
        count = max(1, len(entry.nodes))
        if ref.node == count and entry.is_model:
            return count - 1
        if ref.node >= count:
            raise Broken(f"{ref.layer} is not applied {ref.node + 1} times")
        return ref.node

    def _walk(self, model: _Model, goal: Ref, depth: int) -> None:
        """Make the tensor and all that it hangs on. No recursion but into models inside the model."""
        if depth > limits.MAX_MODEL_DEPTH:
            raise Broken(f"there are more than {limits.MAX_MODEL_DEPTH} models inside each other")
        open_: set[tuple[str, int]] = set()
        stack: list[tuple[Ref, bool]] = [(goal, False)]
        while stack:
            ref, ready = stack.pop()
            key = (ref.layer, self._place(model, ref))
            if key in model.tensors:
                continue
            entry = self._entry(model, ref)
            if not entry.nodes:
                raise Broken(f"{entry.name} is neither an input of the model nor applied to anything")
            node = entry.nodes[key[1]]
            if ready:
                open_.discard(key)
                model.tensors[key] = self._apply(model, entry, node, depth)
                continue
            if key in open_:
                raise Broken(f"{entry.name} takes what it gives: the graph has a circle")
            open_.add(key)
            stack.append((ref, True))
            stack += [(item, False) for item in reversed(list(refs_in(node)))]

    def _apply(self, model: _Model, entry: Entry, node: Node, depth: int) -> tuple[Tensor, ...]:
        def built(given: Any) -> Any:
            if isinstance(given, Ref):
                return self._tensor(model, given)
            return tuple(built(item) for item in given) if isinstance(given, tuple) else given

        args = tuple(built(arg) for arg in node.args)
        kwargs = {key: built(value) for key, value in node.kwargs.items()}
        if entry.is_model:
            return self._nested(model, entry, args, depth)
        wanted = [ref for ref in (self._seen(model, entry, place) for place in range(len(entry.nodes))) if ref]
        return self.maker.apply((*model.path, entry.name), entry, args, kwargs, wanted[0] if wanted else None)

    def _seen(self, model: _Model, entry: Entry, place: int) -> Mapping[str, Any] | None:
        """Shape and dtype of a layer's output, as a layer behind it has them written down."""
        if self._abouts.get(id(model)) is None:
            self._abouts[id(model)] = {
                (ref.layer, ref.node): ref.about
                for other in model.network.entries.values()
                for node in other.nodes
                for ref in refs_in(node)
                if ref.about is not None and ref.tensor == 0
            }
        return self._abouts[id(model)].get((entry.name, place))

    @property
    def _abouts(self) -> dict[int, dict[tuple[str, int], Mapping[str, Any] | None]]:
        return self.maker.abouts

    def _nested(self, model: _Model, entry: Entry, args: tuple[Any, ...], depth: int) -> tuple[Tensor, ...]:
        """A model inside the model: its calls are laid into ours, its layers made once for all its uses."""
        network = network_of(entry.class_name, entry.config, entry.data)
        inner = _Model(network, (*model.path, entry.name))
        given = args[0] if len(args) == 1 else args
        flat = list(_flat(given))
        if len(flat) != len(network.inputs):
            raise Broken(
                f"the model {entry.name} inside it takes {len(network.inputs)} tensors and is given {len(flat)}"
            )
        for ref, tensor in zip(network.inputs, flat, strict=True):
            inner.tensors[ref.layer, self._place(inner, ref)] = (tensor,)
        for _, ref in network.outputs:
            self._walk(inner, ref, depth + 1)
        return tuple(self._tensor(inner, ref) for _, ref in network.outputs)


_NAMES = "a name in a spec is letters from a to z, digits and _"


def _flat(given: Any) -> Iterator[Tensor]:
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, tuple):
        for item in given:
            yield from _flat(item)
    elif isinstance(given, dict):
        for item in given.values():
            yield from _flat(item)


def refs_in(node: Node) -> Iterator[Ref]:
    """The tensors that an application takes, in order."""
    for given in (*node.args, *node.kwargs.values()):
        yield from _refs(given)


def _refs(given: Any) -> Iterator[Ref]:
    if isinstance(given, Ref):
        yield given
    elif isinstance(given, tuple):
        for item in given:
            yield from _refs(item)
