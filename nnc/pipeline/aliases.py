"""Keras's other names of layers, which the formatter rewrites to the canonical one: `MaxPool2D` is `MaxPooling2D`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from nnc.catalog.signatures import spellings
from nnc.syntax import tree


def canonical(file: tree.File) -> tree.File:
    """The file with every alias of a layer rewritten, but for names that the file makes its own.

    A file that uses others stays as it is: a block of theirs may have such a name.
    """
    own = {node.id for node in _nodes(file) if isinstance(node, tree.Name)}
    words = spellings("layers")
    aliases = {word: name for word, name in words.items() if word != name and word in own}
    if not aliases or any(isinstance(node, tree.Use) for node in _nodes(file)):
        return file
    called = sum(isinstance(node, tree.Call) and _id(node.function) in aliases for node in _nodes(file))
    named = sum(isinstance(node, tree.Name) and node.id in aliases for node in _nodes(file))
    if called != named:  # a name that is bound or stands alone somewhere: whose it is can't be told here
        return file
    rewritten: tree.File = _rewritten(file, aliases)
    return rewritten


def _id(node: Any) -> str | None:
    return node.id if isinstance(node, tree.Name) else None


def _nodes(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tree.Node):
            yield item
            waiting.extend(getattr(item, field.name) for field in fields(item))
        elif isinstance(item, tuple):
            waiting.extend(item)


def _rewritten(value: Any, aliases: dict[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_rewritten(item, aliases) for item in value)
    if isinstance(value, tree.Name):
        return replace(value, id=aliases.get(value.id, value.id))
    if isinstance(value, tree.Node) and is_dataclass(value):
        parts = {field.name: _rewritten(getattr(value, field.name), aliases) for field in fields(value)}
        return replace(value, **parts)
    return value
