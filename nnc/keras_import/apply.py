"""Layers and functions applied to tensors: the calls of the graph, with the types that the catalog gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nnc import catalog, codes, limits
from nnc.catalog import Applied, LayerRow, Rejection, Size, TensorType
from nnc.diagnostics import Findings
from nnc.graph import Call, Layer, Operand, Tensor, Value
from nnc.keras_import.expand import Part, expansion
from nnc.keras_import.layers import foreign_args, layer_args
from nnc.keras_import.names import identifier
from nnc.keras_import.nodes import Entry
from nnc.keras_import.operations import index_items, op_call, op_name
from nnc.keras_import.raw import Broken, Unsayable, shown
from nnc.keras_import.values import require, sizes_of, value_of


class Maker:
    """The layers and calls of one import, as they come."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.layers: dict[str, Layer] = {}
        self.calls: list[Call] = []
        self.origins: dict[str, tuple[str, ...]] = {}
        self.inputs: set[str] = set()
        self.abouts: dict[int, dict[tuple[str, int], Mapping[str, Any] | None]] = {}
        self._names: dict[tuple[str, ...], str] = {}
        self._tensors = 0
        self._said: set[tuple[str, ...]] = set()
        # Tensors that a layer makes a mask of, and the functions' calls by what they give.
        self._masked: set[int] = set()
        self._made_by_op: dict[int, Call] = {}

    def _tensor(self, type_: TensorType, name: str | None = None) -> Tensor:
        self._tensors += 1
        if self._tensors > limits.MAX_MODEL_CALLS:
            raise Broken(f"it applies more than {limits.MAX_MODEL_CALLS:,} layers")
        return Tensor(self._tensors - 1, type_, name)

    def input(self, name: str, sizes: Sequence[int | None], dtype: Any) -> Tensor:
        """An input of the model."""
        self.inputs.add(name)
        if not isinstance(dtype, str):
            dtype = (value_of(dtype) if dtype is not None else None) or "float32"
        if not isinstance(dtype, str) or re.fullmatch(r"[a-z]+[0-9]*", dtype) is None:
            raise Broken(f"the input {name} has the dtype {shown(dtype)}")
        shape = tuple(Size("?") if size is None else size for size in sizes)
        return self._tensor(TensorType(shape, dtype), name)

    # ---- layers ----------------------------------------------------------------------------------

    def apply(
        self,
        path: tuple[str, ...],
        entry: Entry,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        about: Mapping[str, Any] | None,
    ) -> tuple[Tensor, ...]:
        """Apply a layer or a function of keras.ops; its outputs. What can't be said becomes a finding and a hole."""
        function = op_name(entry.module, entry.class_name)
        operands: list[Operand] = []
        by_name: dict[str, Operand] = {}
        try:
            by_name |= {key: self._operand(value) for key, value in kwargs.items() if not _is_said(key, value)}
            operands += [self._operand(arg, key=function == "getitem" and place == 1) for place, arg in enumerate(args)]
            if function == "getitem":
                operands[1:] = index_items(args[1])
            parts = () if function else expansion(entry.module, entry.class_name, entry.config, operands)
            if parts:
                return self._expand(path, parts, operands)
            if function is not None:
                placed, named = op_call(function, entry.config, operands, by_name)
                return self._op(function, placed, named)
            return self._layer(path, entry, tuple(operands), by_name)
        except Unsayable as reason:
            self._hole(path, entry, str(reason))
            if function is not None and len(operands) >= len(args) and all(_sayable(item) for item in operands):
                return self._call(None, function, tuple(operands), by_name, self._seen(about))
            tensors = tuple(_tensors((*args, *kwargs.values())))
            name = self._named(path)
            if name not in self.layers:
                self.layers[name] = Layer(name, *_stand_in(entry), 0, 0)
            return self._call(name, None, (tensors if len(tensors) != 1 else tensors[0],), {}, self._seen(about))

    def _operand(self, given: Any, *, key: bool = False) -> Operand:
        if key or isinstance(given, Tensor):
            return None if key else given
        if isinstance(given, tuple):
            return tuple(self._operand(item) for item in given)
        if isinstance(given, dict) and any(True for _ in _tensors(given.values())):
            raise Unsayable("it takes a dict of tensors")
        value = value_of(given)
        return value if not isinstance(value, Mapping) else dict(value)  # type: ignore[return-value]

    def _hole(self, path: tuple[str, ...], entry: Entry, reason: str) -> None:
        if path in self._said:
            return
        self._said.add(path)
        self.findings.add(
            codes.NOT_SAYABLE,
            f"the language can't say the layer `{'/'.join(path)}` ({entry.class_name}): {reason}",
            help="it stands in the spec as it is called; `nnc check` points at it",
        )

    def _named(self, path: tuple[str, ...]) -> str:
        """The layer's name in our model: its own, or with those of the models around it where two would be the same."""
        if path not in self._names:
            name = _plain(path[-1])
            if name in self.layers or name in self.inputs:
                name = _plain("_".join(path))
            number = 2
            while name in self.layers or name in self.inputs:
                name, number = f"{name}_{number}", number + 1
            self._names[path] = name
            self.origins[name] = path
        return self._names[path]

    def _layer(
        self,
        path: tuple[str, ...],
        entry: Entry,
        operands: tuple[Operand, ...],
        by_name: dict[str, Operand],
    ) -> tuple[Tensor, ...]:
        row = catalog.find("layers", entry.class_name) if _is_keras(entry.module) else None
        if not isinstance(row, LayerRow):
            raise Unsayable("it is no layer of Keras's own")
        if row.refused:
            raise Unsayable(row.refused)
        rank = next((len(tensor.type.shape) + 1 for tensor in _tensors(operands)), None)
        args = layer_args(row, entry.config, rank)
        require(row, args)
        return self._applied(path, row, args, operands, by_name)

    def _applied(
        self,
        path: tuple[str, ...],
        row: LayerRow,
        args: Mapping[str, Value],
        operands: tuple[Operand, ...],
        by_name: dict[str, Operand],
    ) -> tuple[Tensor, ...]:
        by_name = {k: v for k, v in by_name.items() if v is not None and not (k in _MASKS and self._is_own_mask(v))}
        if row.name == "Masking" or args.get("mask_zero"):
            self._masked.update(tensor.id for tensor in _tensors(operands))
        accepted: dict[str, Any] = {}
        for key, value in args.items():
            arg = row.arg(key)
            accepted[key] = value if arg is None else arg.kind.accept(value)
            if isinstance(accepted[key], Rejection):
                raise Unsayable(accepted[key].reason)
        found = catalog.apply_layer(
            row, accepted, [_type(item) for item in operands], {key: _type(item) for key, item in by_name.items()}
        )
        if isinstance(found, Rejection):
            raise Unsayable(found.reason)
        name = self._named(path)
        if name not in self.layers:
            self.layers[name] = Layer(name, row.name, dict(args), found.trainable, found.non_trainable)
        return self._call(name, None, operands, by_name, found)

    # ---- functions -------------------------------------------------------------------------------

    def _op(self, name: str, args: tuple[Operand, ...], kwargs: dict[str, Operand]) -> tuple[Tensor, ...]:
        found = catalog.apply_op(name, [_type(arg) for arg in args], {key: _type(arg) for key, arg in kwargs.items()})
        if isinstance(found, Rejection):
            raise Unsayable(found.reason)
        return self._call(None, name, args, kwargs, Applied(found))

    def _expand(self, path: tuple[str, ...], parts: tuple[Part, ...], operands: list[Operand]) -> tuple[Tensor, ...]:
        known: list[Tensor] = list(_tensors(operands))
        made: tuple[Tensor, ...] = ()
        for part in parts:
            given = tuple(known[place] if isinstance(place, int) else place for place in part.operands)
            if part.op is not None:
                made = self._op(part.op, given, {})
            else:
                row = catalog.find("layers", part.kind or "")
                if not isinstance(row, LayerRow):
                    raise Unsayable(f"the catalog has no {part.kind}")
                made = self._applied(path, row, part.args or {}, given, {})
            known += made
        return made

    def _call(
        self,
        layer: str | None,
        op: str | None,
        args: tuple[Operand, ...],
        kwargs: Mapping[str, Operand],
        applied: Applied,
    ) -> tuple[Tensor, ...]:
        outputs = tuple(self._tensor(type_) for type_ in applied.outputs)
        self.calls.append(Call(layer, op, args, kwargs, outputs))
        if op is not None:
            self._made_by_op.update((tensor.id, self.calls[-1]) for tensor in outputs)
        return outputs

    def _is_own_mask(self, operand: Operand) -> bool:
        """Whether Keras makes this mask by itself, of what an Embedding or Masking layer takes: nobody writes it."""
        call = self._made_by_op.get(operand.id) if isinstance(operand, Tensor) else None
        if call is None:
            return False
        inputs = list(_tensors((*call.args, *call.kwargs.values())))
        if call.op == "not_equal" and inputs and inputs[0].id in self._masked:
            return True
        return bool(inputs) and all(self._is_own_mask(tensor) for tensor in inputs)

    def _seen(self, about: Mapping[str, Any] | None) -> Applied:
        """The type of a hole: as the layer behind it has it written down, else nothing is known of it."""
        try:
            sizes = sizes_of((about or {}).get("shape"), "a tensor")[1:]
        except Broken:
            return Applied((TensorType((Size("?"),)),))
        dtype = (about or {}).get("dtype")
        shape = tuple(Size("?") if size is None else size for size in sizes)
        return Applied(
            (TensorType(shape, dtype if isinstance(dtype, str) and re.fullmatch(r"\w+", dtype) else "float32"),)
        )


_MASKS = frozenset({"mask", "query_mask", "value_mask", "key_mask"})


def _is_said(key: str, value: Any) -> bool:
    """Whether an operand is what Keras writes down of itself: no mask, or that the model was not training."""
    return value is None or (key == "training" and value is False)


def _plain(name: str) -> str:
    """The name as a layer of a spec can have it: in letters that TensorFlow takes."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:200]


def _stand_in(entry: Entry) -> tuple[str, Mapping[str, Value]]:
    """Kind and arguments of a layer that can't be said, such that `nnc check` finds fault with them."""
    kind = identifier(entry.class_name, (), "Layer")
    row = catalog.find("layers", kind)
    if row is None or row.refused:
        return kind, foreign_args(entry.config)
    if not _is_keras(entry.module):
        return f"Custom{kind}", foreign_args(entry.config)
    return kind, layer_args(row, entry.config, holes=True)


def _sayable(operand: Operand) -> bool:
    return not isinstance(operand, Mapping)


def _is_keras(module: Any) -> bool:
    return module is None or (isinstance(module, str) and module in ("keras.layers", "keras"))


def _type(operand: Any) -> Any:
    if isinstance(operand, Tensor):
        return operand.type
    return tuple(_type(item) for item in operand) if isinstance(operand, tuple) else operand


def _tensors(items: Any) -> Iterator[Tensor]:
    for item in items:
        if isinstance(item, Tensor):
            yield item
        elif isinstance(item, tuple):
            yield from _tensors(item)
        elif isinstance(item, Mapping):
            yield from _tensors(item.values())
