"""The words on drawings, by language. `draw` takes the English ones for a language that is not here."""

from __future__ import annotations

from collections.abc import Mapping

_EN: Mapping[str, str] = {
    "input": "Input",
    "dense": "Dense",
    "hidden": "Hidden",
    "convolution": "Convolution",
    "sequence": "Embedding, recurrent, attention",
    "pooling": "Pooling, resizing",
    "dropout": "Dropout, noise",
    "normalization": "Normalization",
    "merge": "Merge",
    "other": "Other",
    "output": "Output",
    "units": "{kind} · {n} units",
    "unit": "{kind} · 1 unit",
    "params": "{n} params",
    "layers": "{n} layers",
    "more": "{n} more layers",
    "shared": "shared weights",
    "inside": "Inside the first {block}",
    "title": "Network {name}",
    "sentence": "Diagram of the network {name}: {layers} from {inputs} to {outputs}, {params} trainable parameters.",
    "sentence_unknown": "Diagram of the network {name}: {layers} from {inputs} to {outputs}.",
    "part": "Shown are its {shown} dense layers on vectors, of {layers} in all.",
    "none": "No part of this network is a chain of layers on vectors: see the graph of layers.",
    "chain": "In order: {items}.",
    "kinds": "Layers by kind: {items}.",
    "merges": "Layers with several inputs: {items}.",
    "blocks": "Blocks: {items}.",
    "n_layers": "{n} layers",
    "n_layer": "1 layer",
    "n_outputs": "{n} outputs ({items})",
    "n_inputs": "{n} inputs ({items})",
    "and_more": "{n} more",
    "comma": ", ",
}
_ZH: Mapping[str, str] = {
    "input": "输入",
    "dense": "全连接",
    "hidden": "隐藏",
    "convolution": "卷积",
    "sequence": "嵌入、循环、注意力",
    "pooling": "池化、缩放",
    "dropout": "随机失活、噪声",
    "normalization": "归一化",
    "merge": "合并",
    "other": "其他",
    "output": "输出",
    "units": "{kind} · {n} 个单元",
    "unit": "{kind} · 1 个单元",
    "params": "{n} 个参数",
    "layers": "{n} 层",
    "more": "另有 {n} 层",
    "shared": "共享权重",
    "inside": "第一个 {block} 的内部",
    "title": "网络 {name}",
    "sentence": "网络 {name} 的结构图：{layers}，从 {inputs} 到 {outputs}，可训练参数 {params} 个。",
    "sentence_unknown": "网络 {name} 的结构图：{layers}，从 {inputs} 到 {outputs}。",
    "part": "图中是作用于向量的 {shown} 个层，全网共 {layers} 层。",
    "none": "该网络没有由向量层组成的链：请看层结构图。",
    "chain": "依次为：{items}。",
    "kinds": "各类层：{items}。",
    "merges": "有多个输入的层：{items}。",
    "blocks": "模块：{items}。",
    "n_layers": "共 {n} 层",
    "n_layer": "共 1 层",
    "n_outputs": "{n} 个输出（{items}）",
    "n_inputs": "{n} 个输入（{items}）",
    "and_more": "另外 {n} 个",
    "comma": "、",
}
_LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": _EN, "zh": _ZH}


def words(language: str) -> Mapping[str, str]:
    """The table of a language; English where there is none."""
    return _LANGUAGES.get(language, _EN)
