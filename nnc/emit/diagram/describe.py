"""The text alternative of a drawing: what somebody who can't see it must be told."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nnc.emit.diagram.text import clean, count, shorten
from nnc.emit.diagram.words import words
from nnc.evidence import Network, NetworkNode

_LISTED = 12
_NAME_ROOM = 24.0  # ems that a name may take in a sentence


def describe(network: Network, language: str = "en") -> str:
    """What the network is, in two or three sentences: its ends, size, and either its chain or its kinds."""
    told = words(language)
    by_id = {node.id: node for node in network.nodes}
    layers = len({node.layer for node in network.nodes})
    sentences = [
        told["sentence" if network.trainable is not None else "sentence_unknown"].format(
            name=short(network.name),
            layers=told["n_layer" if layers == 1 else "n_layers"].format(n=count(layers)),
            inputs=_ends([node for node in network.nodes if node.role == "input"], told, "n_inputs"),
            outputs=_ends([by_id[id_] for id_ in network.outputs if id_ in by_id], told, "n_outputs"),
            params=count(network.trainable or 0),
        )
    ]
    if is_chain(network.nodes) and len(network.nodes) <= _LISTED:
        sentences.append(told["chain"].format(items=_listed(map(_one, network.nodes), told)))
    else:
        kinds = Counter(node.kind for node in network.nodes if node.role != "input")
        sentences.append(told["kinds"].format(items=_listed(_times(kinds), told)))
        merges = [short(node.layer) for node in network.nodes if len(node.inputs) > 1]
        if merges:
            sentences.append(told["merges"].format(items=_listed(merges, told)))
        blocks = Counter(block for block, _ in {scope for node in network.nodes for scope in node.scope})
        if blocks:
            sentences.append(told["blocks"].format(items=_listed(_times(blocks), told)))
    return (" " if language == "en" else "").join(sentences)


def short(name: str) -> str:
    """A name as it may stand in a sentence."""
    return shorten(clean(name), _NAME_ROOM, 1.0)


def is_chain(nodes: Sequence[NetworkNode]) -> bool:
    """Whether every node but the first takes the one before it and nothing else."""
    followers = itertools.pairwise(nodes)
    return bool(nodes) and not nodes[0].inputs and all(node.inputs == (before.id,) for before, node in followers)


def _one(node: NetworkNode) -> str:
    activation = node.activation if node.activation not in (None, "linear") else None
    about = " ".join(short(part) for part in (*node.out_shapes, activation) if part)
    return f"{short(node.layer)} ({short(node.kind)} {about})"


def _ends(nodes: Sequence[NetworkNode], told: Mapping[str, str], several: str) -> str:
    names = [f"{short(node.layer)} {' '.join(map(short, node.out_shapes))}" for node in nodes]
    if len(names) == 1:
        return names[0]
    return told[several].format(n=len(names), items=_listed(names, told))


def _times(counts: Mapping[str, int]) -> list[str]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"{short(name)} ×{number}" if number > 1 else short(name) for name, number in ordered]


def _listed(items: Iterable[str], told: Mapping[str, str]) -> str:
    every = list(items)
    shown = every[:_LISTED]
    if len(every) > _LISTED:
        shown.append(told["and_more"].format(n=len(every) - _LISTED))
    return told["comma"].join(shown)
