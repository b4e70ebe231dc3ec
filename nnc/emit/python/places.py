"""What came of each place of a spec's text: the names of its layers, the uses of its blocks, what nothing needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields
from typing import TypeAlias

from nnc.check.written import Written
from nnc.emit.flow import live_calls
from nnc.emit.layer_names import Rounds
from nnc.graph import ModelGraph, Place, Scope
from nnc.source import Span
from nnc.syntax import tree

# A block's use: the instances from the model down to it. The model itself is ().
Path: TypeAlias = tuple[str, ...]
Site: TypeAlias = tuple[str, int]


class NotStructuredError(Exception):
    """The model can't be written with its blocks and loops; it is then written out."""


class Places:
    """What came of each place. A function of the emitted module stands for several paths: the uses of its block."""

    def __init__(self, model: ModelGraph, written: Written) -> None:
        self.written = written
        self.made: dict[Site, dict[tuple[Path, Rounds], str]] = {}
        self.uses: dict[Site, dict[tuple[Path, Rounds], list[str]]] = {}
        self.paths: dict[Site, list[Path]] = {}
        for layer in model.layers.values():
            if layer.place is None:
                raise NotStructuredError
            path = tuple(scope.instance for scope in layer.scope)
            self.made.setdefault(_site(layer.place), {})[path, layer.place.rounds] = layer.name
        scopes = dict.fromkeys(
            prefix
            for scope in [*(call.scope for call in model.calls), *(layer.scope for layer in model.layers.values())]
            for prefix in (scope[: end + 1] for end in range(len(scope)))
        )
        for scope in scopes:
            self._use(scope)

    def _use(self, scope: tuple[Scope, ...]) -> None:
        place = scope[-1].place
        if place is None:
            raise NotStructuredError
        path = tuple(item.instance for item in scope)
        at = self.uses.setdefault(_site(place), {}).setdefault((path[:-1], place.rounds), [])
        at.append(path[-1])
        definition = self.written.files[place.file].blocks[scope[-1].block]
        self.paths.setdefault(site_of(definition.name.span), []).append(path)

    def names(self, site: Site, paths: Sequence[Path]) -> dict[Rounds, str] | None:
        """The names of a place's layers, without what their block's use puts before; None where uses disagree."""
        merged: dict[Rounds, str] = {}
        wanted = set(paths)
        for (path, rounds), name in self.made.get(site, {}).items():
            if path in wanted and merged.setdefault(rounds, _local(name, path)) != _local(name, path):
                return None
        return merged

    def instances(self, site: Site, paths: Sequence[Path]) -> dict[Rounds, str] | None:
        """The same for a place where a block is used: the names of its uses."""
        merged: dict[Rounds, str] = {}
        wanted = set(paths)
        for (path, rounds), names in self.uses.get(site, {}).items():
            local = _local(names[0], path)
            if path in wanted and (len(names) > 1 or merged.setdefault(rounds, local) != local):
                return None
        return merged


def _local(name: str, path: Path) -> str:
    if not path:
        return name
    prefix = f"{path[-1]}_"
    if not name.startswith(prefix):
        raise NotStructuredError
    return name[len(prefix) :]


def _site(place: Place) -> Site:
    return place.file, place.start


def site_of(span: Span) -> Site:
    """The place of a node."""
    return span.source.name, span.start


# ---- what nothing needs --------------------------------------------------------------------------


def names_in(node: object) -> set[str]:
    """Every name that an expression or statement reads; the names of arguments are none."""
    return set(_names(node))


def _names(node: object) -> Iterator[str]:
    if isinstance(node, tree.Name):
        yield node.id
    elif isinstance(node, (tree.Argument, tree.Attribute)):
        yield from _names(node.value)
    elif isinstance(node, (tuple, list)):
        for item in node:
            yield from _names(item)
    elif isinstance(node, tree.Node):
        for part in fields(node):
            if part.name != "span":
                yield from _names(getattr(node, part.name))


def needed(body: Sequence[tree.Statement], after: AbstractSet[str]) -> tuple[list[tree.Statement], set[str]]:
    """The statements that an output hangs on, and the names that they read from before."""
    kept: list[tree.Statement] = []
    wanted = set(after)
    for statement in reversed(body):
        if isinstance(statement, tree.For):
            one: tree.Statement | None
            one, wanted = _needed_loop(statement, wanted)
        elif isinstance(statement, tree.If):
            one, wanted = _needed_choice(statement, wanted)
        else:
            one, wanted = _needed_binding(statement, wanted)
        if one is not None:
            kept.append(one)
    return kept[::-1], wanted


def _needed_loop(loop: tree.For, wanted: set[str]) -> tuple[tree.Statement | None, set[str]]:
    """What a round needs the round before may give."""
    targets = {target.id for target in loop.targets}
    inner, reads = needed(loop.body, wanted)
    while True:
        inner, again = needed(loop.body, wanted | (reads - targets))
        if again <= reads:
            break
        reads |= again
    if not inner:
        return None, wanted
    return _with(loop, body=tuple(inner)), wanted | (reads - targets) | names_in(loop.iterable)


def _needed_choice(choice: tree.If, wanted: set[str]) -> tuple[tree.Statement | None, set[str]]:
    then, one = needed(choice.then, wanted)
    otherwise, other = needed(choice.otherwise, wanted)
    if not then and not otherwise:
        return None, wanted
    kept = _with(choice, then=tuple(then), otherwise=tuple(otherwise))
    return kept, one | other | names_in(choice.condition)


def _needed_binding(statement: tree.Statement, wanted: set[str]) -> tuple[tree.Statement | None, set[str]]:
    if not isinstance(statement, (tree.Bind, tree.LayerDef, tree.Output)):
        return statement, wanted
    names = statement.targets if isinstance(statement, tree.Bind) else (statement.name,)
    given = {name.id for name in names} - {"_"}
    if not isinstance(statement, tree.Output) and not given & wanted:
        return None, wanted
    reads = (wanted - given) | names_in(statement.value)
    if isinstance(statement, tree.Bind) and len(statement.targets) > 1:
        targets = [name if name.id in wanted else tree.Name(span=name.span, id="_") for name in statement.targets]
        return _with(statement, targets=tuple(targets)), reads
    return statement, reads


def _with(node: tree.Statement, **changes: object) -> tree.Statement:
    values = {part.name: getattr(node, part.name) for part in fields(node)}
    return type(node)(**{**values, **changes})


def leaves(body: Iterable[tree.Statement]) -> Iterator[tree.Statement]:
    """Every statement that is no loop and no choice."""
    for statement in body:
        if isinstance(statement, tree.For):
            yield from leaves(statement.body)
        elif isinstance(statement, tree.If):
            yield from leaves((*statement.then, *statement.otherwise))
        else:
            yield statement


def only_what_is_live(model: ModelGraph, dropped: Sequence[Span]) -> bool:
    """Whether what is left makes all that an output needs, and no function of keras.ops more that would be noticed.

    Keras numbers those functions as they are made, so one more would give later ones of its kind other names.
    """
    live = {id(call) for call in live_calls(model)}

    def made(place: Place | None) -> bool:
        return place is None or not any(
            span.source.name == place.file and span.start <= place.start < span.end for span in dropped
        )

    superfluous: set[str | None] = set()
    for call in model.calls:
        executed = made(call.place) and all(made(scope.place) for scope in call.scope)
        if id(call) in live:
            if not executed or (call.op is not None and call.op in superfluous):
                return False
        elif executed:
            superfluous.add(call.op)
    return True
