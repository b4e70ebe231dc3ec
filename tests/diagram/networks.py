"""Networks to draw, built by hand from `nnc.evidence` values alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nnc.evidence import Network, NetworkNode

Scope = tuple[tuple[str, str], ...]


class Builder:
    """Adds nodes in topological order; shapes and counts are what Keras would say where they matter here."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[NetworkNode] = []
        self.scope: Scope = ()
        self.layers: set[str] = set()

    def add(self, kind: str, inputs: str | Sequence[str] = (), shape: str = "[64]", **more: Any) -> str:
        names = (inputs,) if isinstance(inputs, str) else tuple(inputs)
        layer = more.pop("layer", None) or f"{kind.lower()}_{len(self.nodes)}"
        role = more.pop("role", None) or {"Input": "input", "Dense": "hidden", "Dropout": "dropout"}.get(kind, "other")
        by_id = {node.id: node for node in self.nodes}
        shared = layer in self.layers
        node = NetworkNode(
            id=f"n{len(self.nodes)}",
            layer=layer,
            kind=kind,
            inputs=names,
            in_shapes=tuple(shape_ for name in names for shape_ in by_id[name].out_shapes),
            out_shapes=(shape,),
            units=more.pop("units", None),
            activation=more.pop("activation", None),
            trainable=0 if shared else more.pop("trainable", 0),
            non_trainable=more.pop("non_trainable", 0),
            bias=more.pop("bias", None),
            role=role,
            shared=shared,
            scope=self.scope,
            **{key: value for key, value in more.items() if key != "trainable"},
        )
        self.layers.add(layer)
        self.nodes.append(node)
        return node.id

    def dense(self, source: str, units: int, activation: str = "relu", **more: Any) -> str:
        before = next(node for node in self.nodes if node.id == source)
        width = int(before.out_shapes[0].strip("[]").split(",")[-1])
        more.setdefault("bias", True)
        return self.add(
            "Dense",
            source,
            f"[{units}]",
            units=units,
            activation=activation,
            trainable=(width + bool(more["bias"])) * units,
            **more,
        )

    def build(self, *outputs: str) -> Network:
        return Network(
            self.name,
            tuple(self.nodes),
            outputs,
            _total([node.trainable for node in self.nodes]),
            _total([node.non_trainable for node in self.nodes]),
        )


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def mlp(name: str, sizes: Sequence[int], *, dropout: float = 0.0, last: str = "sigmoid") -> Network:
    b = Builder(name)
    at = b.add("Input", (), f"[{sizes[0]}]", layer="x")
    for index, size in enumerate(sizes[1:-1], 1):
        at = b.dense(at, size, layer=f"h{index}")
        if dropout:
            at = b.add("Dropout", at, f"[{size}]", layer=f"drop{index}", detail=f"rate {dropout}")
    at = b.dense(at, sizes[-1], last, role="output", layer="output")
    return b.build(at)


def deep_nn() -> Network:
    """The tutorial's network: 10 inputs, two hidden layers with dropout, one output."""
    return mlp("DeepNN", (10, 5, 3, 1), dropout=0.2)


def breast_cancer() -> Network:
    return mlp("breast_cancer", (30, 16, 8, 1), dropout=0.2)


def vgg16() -> Network:
    b = Builder("VGG16")
    at = b.add("Input", (), "[224, 224, 3]", layer="image")
    size, channels = 224, 3
    for block, (convs, filters) in enumerate(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)), 1):
        b.scope = (("VggBlock", f"block{block}"),)
        for conv in range(1, convs + 1):
            at = b.add(
                "Conv2D", at, f"[{size}, {size}, {filters}]", layer=f"block{block}_conv{conv}", activation="relu",
                trainable=(9 * channels + 1) * filters, units=filters, detail="3×3, same", role="hidden",
            )  # fmt: skip
            channels = filters
        size //= 2
        at = b.add("MaxPooling2D", at, f"[{size}, {size}, {filters}]", layer=f"block{block}_pool", detail="2×2")
    b.scope = ()
    at = b.add("Flatten", at, "[25088]", layer="flatten")
    at = b.dense(at, 4096, layer="fc1")
    at = b.dense(at, 4096, layer="fc2")
    at = b.dense(at, 1000, "softmax", role="output", layer="predictions")
    return b.build(at)


def _conv_bn(b: Builder, at: str, size: int, filters: int, kernel: int, stride: int = 1, relu: bool = True) -> str:
    before = next(node for node in b.nodes if node.id == at)
    channels = int(before.out_shapes[0].strip("[]").split(",")[-1])
    shape = f"[{size}, {size}, {filters}]"
    at = b.add(
        "Conv2D", at, shape, units=filters, trainable=(kernel * kernel * channels + 1) * filters, role="hidden",
        detail=f"{kernel}×{kernel}" + (f", stride {stride}" if stride > 1 else ""),
    )  # fmt: skip
    at = b.add("BatchNormalization", at, shape, trainable=2 * filters, non_trainable=2 * filters)
    return b.add("Activation", at, shape, activation="relu") if relu else at


def resnet50(*, framed: bool = True) -> Network:
    """175 nodes or so: four stages of bottleneck blocks, the first of each with a projection."""
    b = Builder("ResNet50")
    at = b.add("Input", (), "[224, 224, 3]", layer="image")
    at = b.add("ZeroPadding2D", at, "[230, 230, 3]", detail="3")
    at = _conv_bn(b, at, 112, 64, 7, 2)
    at = b.add("ZeroPadding2D", at, "[114, 114, 64]", detail="1")
    at = b.add("MaxPooling2D", at, "[56, 56, 64]", detail="3×3, stride 2")
    size = 56
    for stage, (blocks, filters) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512)), 2):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 2 else 1
            size //= stride
            name = "Projection" if block == 0 else "Bottleneck"
            b.scope = (("Stage", f"stage{stage}"), (name, f"stage{stage}/{name}{block}")) if framed else ()
            entry = at
            at = _conv_bn(b, entry, size, filters, 1, stride)
            at = _conv_bn(b, at, size, filters, 3)
            at = _conv_bn(b, at, size, 4 * filters, 1, relu=False)
            skip = _conv_bn(b, entry, size, 4 * filters, 1, stride, relu=False) if block == 0 else entry
            at = b.add("Add", (skip, at), f"[{size}, {size}, {4 * filters}]")
            at = b.add("Activation", at, f"[{size}, {size}, {4 * filters}]", activation="relu")
    b.scope = ()
    at = b.add("GlobalAveragePooling2D", at, "[2048]")
    at = b.dense(at, 1000, "softmax", role="output", layer="predictions")
    return b.build(at)


def unet(*, framed: bool = False) -> Network:
    b = Builder("U-Net")
    at = b.add("Input", (), "[256, 256, 1]", layer="image")
    skips = []
    size = 256

    def conv(source: str, filters: int, name: str) -> str:
        return b.add(
            "Conv2D", source, f"[{size}, {size}, {filters}]", layer=name, activation="relu", units=filters,
            trainable=filters * 577, detail="3×3, same", role="hidden",
        )  # fmt: skip

    for level, filters in enumerate((64, 128, 256, 512), 1):
        b.scope = (("Down", f"down{level}"),) if framed else ()
        at = conv(conv(at, filters, f"enc{level}a"), filters, f"enc{level}b")
        skips.append((at, filters))
        size //= 2
        at = b.add("MaxPooling2D", at, f"[{size}, {size}, {filters}]", layer=f"pool{level}", detail="2×2")
    b.scope = (("Bottom", "bottom"),) if framed else ()
    at = conv(conv(at, 1024, "bottom_a"), 1024, "bottom_b")
    for level, (skip, filters) in reversed(list(enumerate(skips, 1))):
        b.scope = (("Up", f"up{level}"),) if framed else ()
        size *= 2
        at = b.add(
            "Conv2DTranspose", at, f"[{size}, {size}, {filters}]", layer=f"up{level}", detail="2×2, stride 2",
            trainable=filters * 4 * filters * 2, role="hidden",
        )  # fmt: skip
        at = b.add("Concatenate", (skip, at), f"[{size}, {size}, {2 * filters}]", layer=f"join{level}")
        at = conv(conv(at, filters, f"dec{level}a"), filters, f"dec{level}b")
    b.scope = ()
    at = b.add("Conv2D", at, "[256, 256, 2]", layer="mask", activation="softmax", role="output", trainable=130)
    return b.build(at)


def two_tower(*, framed: bool = True) -> Network:
    b = Builder("two_tower")
    ends = [b.add("Input", (), "[128]", layer=name) for name in ("left", "right")]
    towers = []
    for side, end in zip(("left", "right"), ends, strict=True):
        b.scope = (("Tower", f"tower_{side}"),) if framed else ()
        at = b.dense(end, 64, layer="encode1")
        at = b.dense(at, 32, layer="encode2")
        towers.append(b.add("UnitNormalization", at, "[32]", layer="unit"))
    b.scope = ()
    at = b.add("Dot", towers, "[1]", layer="similarity", detail="axes 1")
    at = b.dense(at, 1, "sigmoid", role="output", layer="same")
    return b.build(at)


def ticket_router() -> Network:
    """Keras's own example of several inputs and outputs."""
    b = Builder("ticket_router")
    title = b.add("Input", (), "[None]", layer="title")
    text = b.add("Input", (), "[None]", layer="body")
    tags = b.add("Input", (), "[12]", layer="tags")
    title_words = b.add("Embedding", title, "[None, 64]", layer="title_words", trainable=640_000, detail="10,000 → 64")
    text_words = b.add("Embedding", text, "[None, 64]", layer="body_words", trainable=640_000, detail="10,000 → 64")
    title_state = b.add("LSTM", title_words, "[128]", layer="title_state", trainable=98_816, units=128, role="hidden")
    text_state = b.add("LSTM", text_words, "[32]", layer="body_state", trainable=12_416, units=32, role="hidden")
    x = b.add("Concatenate", (title_state, text_state, tags), "[172]", layer="together")
    priority = b.dense(x, 1, "sigmoid", role="output", layer="priority")
    department = b.dense(x, 4, "softmax", role="output", layer="department")
    return b.build(priority, department)


def lstm() -> Network:
    b = Builder("sentiment")
    at = b.add("Input", (), "[200]", layer="tokens")
    at = b.add("Embedding", at, "[200, 64]", layer="words", trainable=1_280_000, detail="20,000 → 64")
    at = b.add("Bidirectional", at, "[200, 128]", layer="reader", trainable=66_048, detail="LSTM 64, sequences")
    at = b.add("LSTM", at, "[32]", layer="summary", trainable=20_608, units=32, role="hidden")
    at = b.add("Dropout", at, "[32]", detail="rate 0.5")
    at = b.dense(at, 1, "sigmoid", role="output", layer="positive")
    return b.build(at)


def wide_deep() -> Network:
    b = Builder("wide_and_deep")
    wide = b.add("Input", (), "[40]", layer="crosses")
    deep = b.add("Input", (), "[18]", layer="features")
    at = deep
    for index, units in enumerate((128, 64, 32), 1):
        at = b.dense(at, units, layer=f"deep{index}")
    at = b.add("Concatenate", (wide, at), "[72]", layer="wide_and_deep")
    at = b.dense(at, 1, "sigmoid", role="output", layer="click")
    return b.build(at)


def many_inputs() -> Network:
    """An embedding for each of 16 categories."""
    b = Builder("many_inputs")
    inputs = [b.add("Input", (), "[1]", layer=f"category{index}") for index in range(16)]
    at = [b.add("Embedding", source, "[4]", trainable=80) for source in inputs]
    x = b.dense(b.add("Concatenate", tuple(at), "[64]"), 32)
    return b.build(b.dense(x, 1, "sigmoid", role="output"))


def chain(length: int) -> Network:
    return mlp(f"chain{length}", (8,) * length + (1,))


def dense_net(layers: int) -> Network:
    """Each layer takes all before it."""
    b = Builder("densely_connected")
    every = [b.add("Input", (), "[8]")]
    for _ in range(layers):
        at = b.add("Concatenate", tuple(every), f"[{8 * len(every)}]") if len(every) > 1 else every[0]
        every.append(b.dense(at, 8))
    return b.build(every[-1])


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a]]>&amp;'\"",
    "ctrl\x00\x07\x1b[31m\ufffe\ud800",
    "\u202egnp.exe\u2066\u200f",
    "very_long_name_" * 40,
    "特征提取网络的第一个隐藏层名称非常之长",
    "{{7*7}}${7*7}",
    "line\nbreak\ttab\u2028end",
)


def hostile() -> Network:
    b = Builder(HOSTILE[0])
    at = b.add("Input", (), "[4]", layer=HOSTILE[1])
    for index, name in enumerate(HOSTILE):
        b.scope = ((name, f"{name}{index}"),)
        at = b.dense(at, 4, name, layer=name, detail=name)
    b.scope = ()
    at = b.dense(at, 1, "sigmoid", role="output", layer="out")
    return b.build(at)


ALL: dict[str, Callable[[], Network]] = {
    "deep_nn": deep_nn,
    "breast_cancer": breast_cancer,
    "vgg16": vgg16,
    "resnet50": resnet50,
    "resnet50_flat": lambda: resnet50(framed=False),
    "unet": unet,
    "unet_framed": lambda: unet(framed=True),
    "two_tower": two_tower,
    "two_tower_flat": lambda: two_tower(framed=False),
    "ticket_router": ticket_router,
    "lstm": lstm,
    "wide_deep": wide_deep,
    "many_inputs": many_inputs,
    "chain30": lambda: chain(30),
    "chain2000": lambda: chain(2_000),
    "dense_net": lambda: dense_net(12),
    "hostile": hostile,
}


def random_network(seed: int) -> Network:
    """Any graph, in any blocks: half of them blocks that are left and entered again, which no spec can make."""
    r = random.Random(seed)  # noqa: S311  (no secret)
    b = Builder(f"random{seed}")
    ids: list[str] = []
    for index in range(r.choice([3, 8, 15, 30, 60])):
        if seed % 2:
            b.scope = tuple((r.choice("AB"), r.choice("xy")) for _ in range(r.choice([0, 0, 1, 2])))
        elif r.random() < 0.25:
            b.scope = () if b.scope and r.random() < 0.5 else ((r.choice("AB"), f"s{index}"),)
        wanted = r.choice([1, 1, 1, 1, 2, 3]) if ids and r.random() < 0.9 else 0
        sources = tuple(dict.fromkeys(r.choice(ids[-6:] if r.random() < 0.7 else ids) for _ in range(wanted)))
        kind = r.choice(["Dense", "Add", "Dropout", "BatchNormalization", "Conv2D"]) if sources else "Input"
        ids.append(b.add(kind, sources, "[8]"))
    return b.build(ids[-1])


ALL.update({f"random{seed}": partial(random_network, seed) for seed in range(24)})
