"""Names and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from nnc.check.values import Value
from nnc.lean import dataclass
from nnc.source import Span


@dataclass(frozen=True, slots=True)
class Binding:
    """A name's value, and the place that gave it; `kind` says what the place is (binding, param, input, ...)."""

    value: Value
    site: Span
    kind: str


@dataclass(slots=True)
class Usage:
    """Which names were given and which of them were read, by place, over the whole check.

    A block that is used ten times, or a loop, gives one place many values: the place counts as used if any was.
    """

    given: dict[tuple[int, int, int], tuple[str, str, Span]] = field(default_factory=dict)
    read: set[tuple[int, int, int]] = field(default_factory=set)

    def give(self, name: str, kind: str, site: Span) -> None:
        """A name was bound here."""
        self.given.setdefault(_key(site), (name, kind, site))

    def use(self, site: Span) -> None:
        """What was bound there was read."""
        self.read.add(_key(site))

    def is_used(self, site: Span) -> bool:
        """Whether what was bound there was read."""
        return _key(site) in self.read

    def unused(self) -> Iterator[tuple[str, str, Span]]:
        """Name, kind and place of each that nothing read; names that begin with `_` are meant to be so."""
        for key, (name, kind, site) in self.given.items():
            if key not in self.read and not name.startswith("_"):
                yield name, kind, site


def _key(site: Span) -> tuple[int, int, int]:
    return id(site.source), site.start, site.end


@dataclass(slots=True)
class Scope:
    """The names of a file, a model or a block; what is not here is looked for in `parent`."""

    usage: Usage
    parent: Scope | None = None
    bindings: dict[str, Binding] = field(default_factory=dict)

    def bind(self, name: str, value: Value, site: Span, kind: str = "binding") -> None:
        """Give a name a value; an older one of this scope is replaced."""
        if name == "_":
            return
        self.bindings[name] = Binding(value, site, kind)
        self.usage.give(name, kind, site)

    def find(self, name: str) -> Binding | None:
        """What the name stands for, without counting it as a use."""
        scope: Scope | None = self
        while scope is not None:
            binding = scope.bindings.get(name)
            if binding is not None:
                return binding
            scope = scope.parent
        return None

    def read(self, name: str) -> Binding | None:
        """What the name stands for; it counts as used."""
        binding = self.find(name)
        if binding is not None:
            self.usage.use(binding.site)
        return binding

    def names(self) -> list[str]:
        """Every name that can be seen from here, the nearest first; for suggestions."""
        seen: dict[str, None] = {}
        scope: Scope | None = self
        while scope is not None:
            seen.update(dict.fromkeys(scope.bindings))
            scope = scope.parent
        return list(seen)
