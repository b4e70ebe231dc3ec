"""The body of `build_model()`: a model's graph as statements of Keras's functional API."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.catalog import Size
from nnc.emit.flow import LIST_OPS, Flow, flow_of, inputs_of, tensors_in
from nnc.emit.names import MODULE_NAMES, Names, identifier
from nnc.emit.python.code import Atom, Code, Group, Invoke, Subscript, Table, assign, comment, returns, string, width
from nnc.emit.python.values import FnNames, index_text, object_code, op_code, plain_name, value_code
from nnc.graph import Call, IndexItem, Layer, ModelGraph, ModelInput, Object, Operand, Scope, Tensor

# Operators nested deeper than this get a variable, as a person would give them one.
_DEEPEST = 4
_TARGETS_WIDTH = 60


def width_parameters(model: ModelGraph) -> Mapping[str, str]:
    """The sizes that hang on data and aren't known yet, each with the parameter of `build_model` that gives it."""
    names = Names(MODULE_NAMES)
    found: dict[str, str] = {}
    for item in model.inputs:
        for dim in item.tensor.type.shape if item.features is not None else ():
            if isinstance(dim, Size) and dim.name not in found:
                found[dim.name] = names.new("n_features" if not item.features else f"n_{item.name}_features")
    return found


def build_source(model: ModelGraph, fns: FnNames, seed: int | None) -> str:
    """`def build_model(): ...` as text without a line break at its end; a seed is set before anything is drawn."""
    builder = _Builder(model, fns)
    if seed is not None:
        builder.lines.append(f"    keras.utils.set_random_seed({seed})")
    return builder.source()


class _Builder:
    """Writes one function: which variable holds which tensor, and the lines so far."""

    def __init__(self, model: ModelGraph, fns: FnNames) -> None:
        self.model = model
        self.fns = fns
        self.flow: Flow = flow_of(model)
        self.sizes = width_parameters(model)
        self.reserved = Names({*MODULE_NAMES, *fns.values(), *self.sizes.values()})
        self.shared = {name: self.reserved.new(name) for name, uses in self.flow.uses.items() if uses > 1}
        self.made: set[str] = set()
        self.order = {name: number for number, name in enumerate(model.layers)}
        self.codes: dict[int, Code] = {}
        self.holders: dict[str, Tensor] = {}
        self.places = _places(self.flow)
        self.wanted = _wanted_names(model, self.flow)
        self.numbers: dict[str, int] = {}
        self.lines: list[str] = []

    def source(self) -> str:
        for item in self.model.inputs:
            variable = self.variable(item.tensor, -1, item.name)
            self.lines.append(assign(variable, self.input_code(item)))
        scope: tuple[Scope, ...] = ()
        for place, call in enumerate(self.flow.calls):
            if call.scope != scope and self.places[place] == place:
                scope = call.scope
                self.lines += ["", *_scope_comment(scope)]
            self.call(place, call)
        self.lines.append(returns(self.model_code()))
        head = f"def build_model({', '.join(self.sizes.values())}):"
        return "\n".join([head, *self.docstring(), *self.lines])

    def docstring(self) -> list[str]:
        title = f'    """Build {comment(self.model.name)}.'
        if not self.sizes:
            return [f'{title}"""']
        widths = [f"    {name}: the number of columns that the prepared table has." for name in self.sizes.values()]
        return [title, "", *widths, '    """']

    def input_code(self, item: ModelInput) -> Code:
        shape = Group("(", tuple(self.dim_code(item, dim) for dim in item.tensor.type.shape))
        kwargs: list[tuple[str, Code]] = [("shape", shape)]
        if item.tensor.type.dtype != "float32":
            kwargs.append(("dtype", string(item.tensor.type.dtype)))
        return Invoke(Atom("keras.Input"), (), (*kwargs, ("name", string(item.name))))

    def dim_code(self, item: ModelInput, dim: int | Size) -> Code:
        if isinstance(dim, int):
            return value_code(dim, self.fns)
        return Atom(self.sizes[dim.name] if item.features is not None else "None")

    def model_code(self) -> Code:
        inputs = tuple(self.codes[item.tensor.id] for item in self.model.inputs)
        outputs = {item.name: self.codes[item.tensor.id] for item in self.model.outputs}
        several = Table(tuple((string(name), code) for name, code in outputs.items()))
        return Invoke(
            Atom("keras.Model"),
            (),
            (
                ("inputs", inputs[0] if len(inputs) == 1 else Group("[", inputs)),
                ("outputs", next(iter(outputs.values())) if len(outputs) == 1 else several),
                ("name", string(self.model.name)),
            ),
        )

    # ---- calls -----------------------------------------------------------------------------------

    def call(self, place: int, call: Call) -> None:
        """Write one call, or keep its expression for the line of the call that takes it."""
        code = self.call_code(call)
        if self.places[place] != place:
            self.codes[call.outputs[0].id] = code
            return
        end = len(self.flow.calls)
        alive = [any(self.places.get(p, end) > place for p in self.flow.consumers.get(t.id, ())) for t in call.outputs]
        variables = [
            self.variable(tensor, place, self.wanted[tensor.id]) if lives else "_"
            for tensor, lives in zip(call.outputs, alive, strict=True)
        ]
        targets = ", ".join(variables)
        if width(targets) > _TARGETS_WIDTH and len(variables) > 1:
            self.apart(call, code)
        elif call.op in LIST_OPS and len(variables) == 1:
            self.lines.append(assign(f"({targets},)", code))
        else:
            self.lines.append(assign(targets, code))

    def apart(self, call: Call, code: Code) -> None:
        """Many outputs: one variable holds the list, and each output is an item of it."""
        variable = self.reserved.new("parts")
        self.lines.append(assign(variable, code))
        for number, tensor in enumerate(call.outputs):
            self.codes[tensor.id] = Subscript(Atom(variable, power=False), str(number))

    def call_code(self, call: Call) -> Code:
        args = tuple(self.operand(item) for item in call.args)
        kwargs = tuple((plain_name(name), self.operand(item)) for name, item in call.kwargs.items())
        if call.layer is not None:
            return Invoke(self.layer_code(self.model.layers[call.layer]), args, kwargs)
        if call.op is None:
            raise ValueError("a call has neither layer nor op")
        if call.op == "getitem":
            return Subscript(args[0], index_text(_index(call.args[1:])))
        return op_code(call.op, args, kwargs, as_operator=True)

    def layer_code(self, layer: Layer) -> Code:
        for name, variable in self.shared.items():  # in the order of making: Keras draws seeds as layers are made
            if name not in self.made and self.order[name] <= self.order[layer.name]:
                self.made.add(name)
                self.lines.append(assign(variable, self.construction(self.model.layers[name])))
        return Atom(self.shared[layer.name]) if layer.name in self.shared else self.construction(layer)

    def construction(self, layer: Layer) -> Code:
        return object_code(Object("layers", layer.kind, layer.args), self.fns, layer.name)

    def operand(self, operand: Operand) -> Code:
        if isinstance(operand, Tensor):
            return self.codes[operand.id]
        if isinstance(operand, IndexItem):
            return Atom("")  # only in `getitem`, which writes its index itself
        if isinstance(operand, tuple) and any(True for _ in tensors_in(operand)):
            return Group("[", tuple(self.operand(item) for item in operand))
        if isinstance(operand, tuple):
            return Group("(", tuple(self.operand(item) for item in operand))
        return value_code(operand, self.fns)

    # ---- variables -------------------------------------------------------------------------------

    def variable(self, tensor: Tensor, place: int, wanted: str) -> str:
        """A variable for a tensor that is made at `place`; one that holds a tensor still needed is not taken."""
        base = identifier(wanted)
        variable, number = base, self.numbers.get(base, 2)
        while not self.free(variable, place):
            variable, number = f"{base}_{number}", number + 1
        if variable != base:
            self.numbers[base] = number
        self.holders[variable] = tensor
        self.codes[tensor.id] = Atom(variable)
        return variable

    def free(self, name: str, place: int) -> bool:
        if name in self.reserved:
            return False
        held = self.holders.get(name)
        if held is None:
            return True
        if any(held is item.tensor for item in self.model.inputs):  # keras.Model takes it at the end
            return False
        end = len(self.flow.calls)
        return all(self.places.get(use, end) <= place for use in self.flow.consumers.get(held.id, ()))


def _wanted_names(model: ModelGraph, flow: Flow) -> Mapping[int, str]:
    """What a person would call each tensor: its name in the spec, or that of what its chain ends in, or its maker's."""
    said = {item.tensor.id: item.name for item in model.outputs}
    wanted: dict[int, str] = {}
    for call in reversed(flow.calls):
        for tensor in call.outputs:
            uses = flow.consumers.get(tensor.id, ())
            taker = flow.calls[uses[0]] if len(uses) == 1 and uses[0] < len(flow.calls) else None
            if tensor.name:
                said[tensor.id] = tensor.name
            elif tensor.id not in said and taker is not None and len(taker.outputs) == len(inputs_of(taker)) == 1:
                end = said.get(taker.outputs[0].id)
                said.update({tensor.id: end} if end else {})
            wanted[tensor.id] = said.get(tensor.id) or call.layer or call.op or "h"
    return wanted


def _places(flow: Flow) -> Mapping[int, int]:
    """For each call the call in whose line it is written: itself, or the one that takes a nested expression.

    Only functions of `keras.ops` are nested, when their result has no name, is taken once, and nothing that is
    written on a line of its own comes between: so everything is still made in the graph's order.
    """
    places: dict[int, int] = {}
    depths: dict[int, int] = {}
    for place in reversed(range(len(flow.calls))):
        call = flow.calls[place]
        uses = flow.consumers.get(call.outputs[0].id, ())
        taker = uses[0] if len(uses) == 1 and uses[0] < len(flow.calls) else place
        nested = (
            call.op is not None
            and len(call.outputs) == 1
            and call.op not in LIST_OPS
            and call.outputs[0].name is None
            and taker != place
            and depths.get(taker, 0) < _DEEPEST
            and all(places[between] == places[taker] for between in range(place + 1, taker))
        )
        places[place] = places[taker] if nested else place
        depths[place] = depths.get(taker, 0) + 1 if nested else 0
    return places


def _scope_comment(scopes: tuple[Scope, ...]) -> list[str]:
    words = []
    for scope in scopes:
        again = f", {scope.repeat[0] + 1} of {scope.repeat[1]}" if scope.repeat else ""
        words.append(f"block {comment(scope.block)}{again}")
    text = "; ".join(words)
    return [f"    # {text[:80].rstrip()}"] if text else []


def _index(operands: tuple[Operand, ...]) -> tuple[Operand, ...]:
    first = operands[0]
    return first if isinstance(first, tuple) else operands
