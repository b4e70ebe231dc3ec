"""Which of a file's models the sections `data`, `train` and `report` are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nnc.check.frame import key_text, unwrap
from nnc.syntax import tree

# Keys whose map is by the outputs of a model; those in `_EVERY` name each of them.
_EVERY = (("train", "loss"), ("data", "target"))
_SOME = (("train", "metrics"), ("train", "loss_weights"))


def trained_model(
    models: Mapping[str, tree.Model], sections: Mapping[str, tree.Section], wanted: str | None
) -> str | None:
    """The model that was asked for (`--model`) if its outputs are those that the sections name; else the first one

    whose are. Where they are nobody's, which is a mistake, it is the one that was asked for, or the first.
    """
    order = [name for name in (wanted, *models) if name in models]
    return next((name for name in order if name and _fits(models[name], sections)), order[0] if order else None)


def _fits(model: tree.Model, sections: Mapping[str, tree.Section]) -> bool:
    outputs = set(_outputs(model.body))
    every = [keys for place in _EVERY if (keys := _map_keys(sections, *place)) is not None]
    some = [keys for place in _SOME if (keys := _map_keys(sections, *place)) is not None]
    return all(keys == outputs for keys in every) and all(keys <= outputs for keys in some)


def _map_keys(sections: Mapping[str, tree.Section], kind: str, key: str) -> set[str] | None:
    """The outputs that a key of a section names; None where it has no map."""
    section = sections.get(kind)
    for entry in section.entries if section is not None else ():
        if isinstance(entry, tree.Features) or key_text(entry.key) != key:
            continue
        value = unwrap(entry.value)
        return {key_text(name) for name, _ in value.entries} if isinstance(value, tree.MapOf) else None
    return None


def _outputs(body: Sequence[tree.Statement]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, tree.Output):
            yield statement.name.id
        elif isinstance(statement, tree.For):
            yield from _outputs(statement.body)
        elif isinstance(statement, tree.If):
            yield from _outputs((*statement.then, *statement.otherwise))
