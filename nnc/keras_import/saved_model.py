"""Keras's part of a SavedModel that Keras 2 wrote: `keras_metadata.pb` holds the model's configuration as JSON.

The file is a protocol buffer of which three fields matter, so it is read here without TensorFlow: the message
`SavedMetadata` has `nodes` (field 1), a node its `node_path` (field 3) and `metadata` (field 5), both strings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from nnc.keras_import.raw import Broken, mapping

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def model_config(content: bytes) -> str:
    """The configuration of the root object, as JSON text. Raises Broken where there is none."""
    for number, node in _fields(content):
        if number != 1:
            continue
        texts = dict(_fields(node))
        if texts.get(3, b"").decode("utf-8", "replace") != "root":
            continue
        try:
            found = mapping(json.loads(texts.get(5, b""), object_hook=_plain), "its metadata")
        except (ValueError, RecursionError) as error:
            raise Broken("its metadata is no JSON") from error
        if isinstance(found.get("config"), dict) and "layers" in found["config"]:
            return json.dumps({"class_name": found.get("class_name"), "config": found["config"]})
    raise Broken("its metadata has no configuration of a model")


def _plain(found: dict[str, Any]) -> Any:
    """Shapes and tuples, which that encoder of Keras 2 writes as objects, as the lists that they are elsewhere."""
    listed = found.get("class_name") in ("TensorShape", "__tuple__") and isinstance(found.get("items"), list)
    return found["items"] if listed else found


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each field that has bytes; the others are passed over."""
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        kind = key & 7
        if kind == _VARINT:
            _, at = _varint(content, at)
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        elif kind == _BYTES:
            length, at = _varint(content, at)
            if at + length > len(content):
                raise Broken("its metadata ends in the middle")
            yield key >> 3, content[at : at + length]
            at += length
        else:
            raise Broken("its metadata is no protocol buffer")


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(content) and shift < 64:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise Broken("its metadata ends in the middle")
