"""A checked graph as the text of a spec, as a person would have written it: the way back from Keras.

Chains are chained, repeated parts are blocks, defaults are left out, and each layer keeps its name where the text does
not get long by it. What is written is read again and compared with the graph, so that it is never another model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from nnc.catalog import names as catalog_names
from nnc.check.constants import FUNCTIONS
from nnc.emit.nn.body import Body
from nnc.emit.nn.check import compare
from nnc.emit.nn.pieces import Piece, pieces_of
from nnc.emit.nn.steps import Step, steps_of
from nnc.emit.nn.values import value_text
from nnc.graph import ModelGraph, ModelInput
from nnc.lean import dataclass
from nnc.source import Source

# A spec that keeps its names may have so many lines; a longer one gives up those inside of repeated parts.
_LONG = 120
_MOST_TRIES = 4


class OtherModel(Exception):
    """The text does not say the graph. The message is what the checker finds in it."""


@dataclass(frozen=True)
class NnSource:
    """The text in the canonical format, and the graph's layers in the order in which the text makes them."""

    text: str
    layers: tuple[str, ...]


def nn_source(model: ModelGraph, *, names: str = "given", whole: bool = True) -> NnSource:
    """The spec. `names`: `all` keeps each layer's name, `given` those that Keras did not make up, in a long spec only

    outside of repeated parts. `whole` is false where the graph has layers that the language can't say: then the text
    can't be read again to be compared. Raises OtherModel where what was written does not say the graph.
    """
    best = _written(model, names, keep=True, whole=whole)
    if names == "all" or best.text.count("\n") <= _LONG:
        return best
    shorter = _written(model, names, keep=False, whole=whole)
    return shorter if shorter.text.count("\n") < 0.8 * best.text.count("\n") else best


def _written(model: ModelGraph, names: str, *, keep: bool, whole: bool) -> NnSource:
    """Write, read again, and mend what came out otherwise: first by `name=`, then without blocks."""
    for blocks in (True, False):
        forced: set[str] = set()
        for _ in range(_MOST_TRIES):
            made, kept = _draft(model, names, forced, keep=keep, blocks=blocks)
            if not whole:
                return made
            difference = compare(model, made.text, made.layers, kept)
            if difference is None:
                return made
            if difference.other or not difference.names - forced:
                break
            forced |= difference.names
    raise OtherModel(difference.other if difference is not None else "")


def _draft(
    model: ModelGraph, names: str, forced: Collection[str], *, keep: bool, blocks: bool
) -> tuple[NnSource, dict[str, str]]:
    steps = steps_of(model, names)
    results = [output.tensor.id for output in model.outputs]
    pieces: list[Piece] = []
    if blocks:
        steps, pieces = pieces_of(steps, results, keep_names=keep)
    _name_blocks(pieces)
    kept: dict[str, str] = {}
    inputs = {item.tensor.id: item.name for item in model.inputs}
    outputs = [(output.name, output.tensor.id) for output in model.outputs]
    body = Body(steps, inputs, outputs, forced, ()).write()
    texts = [_block(piece, forced) for piece in pieces]
    lines = [*(line for text in texts for line in (*text, "")), f"model {model.name} {{"]
    lines += [f"  {_input(item)}" for item in model.inputs]
    lines += [f"  {line}" for line in body.lines]
    lines.append("}")
    for step in steps:
        _collect(step, "", kept)
    return NnSource(_formatted("\n".join(lines) + "\n"), tuple(body.layers)), kept


def _collect(step: Step, prefix: str, kept: dict[str, str]) -> None:
    """The names that the layers must have."""
    if step.piece is None:
        if step.name is not None:
            kept[step.layer] = f"{prefix}{step.name}"
        return
    if step.name is None:
        return
    at = 0
    for inner in step.piece.steps:
        count = len(inner.layers)
        for layer in step.layers[at : at + count]:
            if inner.piece is None and inner.name is not None:
                kept[layer] = f"{prefix}{step.name}_{inner.name}"
        at += count


def _formatted(text: str) -> str:
    from nnc.syntax import format_file, parse

    file, findings = parse(Source("<import>", text))
    if file is None or findings.has_errors:
        raise AssertionError(f"what was written is no spec: {[item.message for item in findings]}")
    return format_file(file)


def _input(item: ModelInput) -> str:
    type_ = item.tensor.type
    dims = ", ".join(str(dim) if isinstance(dim, int) else "?" for dim in type_.shape)
    return f"input {item.name}: {'' if type_.dtype == 'float32' else type_.dtype}[{dims}]"


# ---- blocks --------------------------------------------------------------------------------------

_INPUTS = {1: ("x",), 2: ("a", "b"), 3: ("a", "b", "c")}


def _block(piece: Piece, forced: Collection[str]) -> list[str]:
    params = [
        param.name if not param.default else f"{param.name} = {value_text(param.default[0])}" for param in piece.params
    ]
    inputs = dict(zip(piece.inputs, _INPUTS[len(piece.inputs)], strict=True))
    words = {param.name for param in piece.params}
    last = next(step for step in piece.steps if piece.output in step.outputs)
    output = last.name if last.name is not None and re.fullmatch(r"[A-Za-z]\w*", last.name) else "y"
    if output in words or output in inputs.values():
        output = "result"
    body = Body(piece.steps, inputs, [(output, piece.output)], forced, words).write()
    heading = f"block {piece.name}({', '.join(params)}) {{" if params else f"block {piece.name}() {{"
    return [heading, *(f"  input {name}" for name in inputs.values()), *(f"  {line}" for line in body.lines), "}"]


def _name_blocks(pieces: Sequence[Piece]) -> None:
    taken = {*catalog_names("layers"), *FUNCTIONS, "ops", "layers"}
    for piece in pieces:
        wanted = _from_uses(piece) or _from_kinds(piece)
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}{number}", number + 1
        taken.add(name)
        piece.name = name


def _from_uses(piece: Piece) -> str:
    """`conv2_block1`, `conv3_block4` are uses of a ConvBlock."""
    stems = {re.sub(r"\d+[a-z]?(?=_|$)", "", use).strip("_") for use in piece.uses}
    words = [stem.split("_") for stem in stems if stem]
    if not words:
        return ""
    common = [parts[0] for parts in zip(*words, strict=False) if len(set(parts)) == 1]
    name = "".join(word.capitalize() for word in common if word.isalpha())
    return name if re.fullmatch(r"[A-Z][A-Za-z]+", name) and len(name) <= 24 else ""


_SHORT = {"BatchNormalization": "Norm", "LayerNormalization": "Norm", "Activation": "", "ReLU": "", "Add": "Sum"}


def _from_kinds(piece: Piece) -> str:
    kinds = list(dict.fromkeys(step.piece.name if step.piece else step.kind for step in piece.steps if not step.is_op))
    if any(step.kind in ("Add", "add") for step in piece.steps):
        return "Residual"
    if any(step.kind == "Concatenate" for step in piece.steps):
        return "Branches"
    if any(step.kind in ("Multiply", "multiply") for step in piece.steps):
        return "Gate"
    words = [_SHORT.get(kind, re.sub(r"\d+D$|Block$", "", kind)) for kind in kinds]
    return ("".join(dict.fromkeys(words))[:24] or "Part") + ("" if len(kinds) > 1 else "Block")
