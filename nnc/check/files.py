"""A spec's file and those that it uses: which items there are, and which names they give."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import field

from nnc import codes, limits
from nnc.check.faults import Halt
from nnc.check.frame import Context, Frame
from nnc.check.params import check_params
from nnc.check.scope import Scope
from nnc.check.values import BlockDef, Value
from nnc.diagnostics import Label, UserFault
from nnc.graph import FnRef
from nnc.lean import dataclass
from nnc.source import Source, Span
from nnc.syntax import parse, tree

Reader = Callable[[str], Source]


@dataclass(slots=True)
class Unit:
    """A file of the spec: its items and the names that they give."""

    file: tree.File
    scope: Scope
    fns: dict[str, tree.Fn] = field(default_factory=dict)
    blocks: dict[str, BlockDef] = field(default_factory=dict)
    params: list[tree.Param] = field(default_factory=list)
    models: dict[str, tree.Model] = field(default_factory=dict)
    sections: dict[str, tree.Section] = field(default_factory=dict)
    # Fns by name as this file sees them: its own and those of the files that it uses
    seen_fns: dict[str, tree.Fn] = field(default_factory=dict)
    seen_blocks: dict[str, BlockDef] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)
    # The name in the graph of each fn that the file sees
    fn_names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Loader:
    """Opens the files that `use` names, each once. Paths are relative to the main file's folder."""

    context: Context
    read: Reader | None
    units: dict[str, Unit] = field(default_factory=dict)
    # Every fn of the spec by its name in the graph, with the names that it can see
    fns: dict[str, tuple[tree.Fn, Scope]] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _chars: int = 0

    def load(self, file: tree.File, path: str, overrides: dict[str, object]) -> Unit:
        """The file's items by kind and name, with everything that it uses."""
        self._open.append(path)
        self.context.unread |= _names(file.unread)
        self.context.gaps += file.unread
        unit = Unit(file, Scope(self.context.usage))
        self.units[path] = unit
        places: dict[str, Span] = {}
        for item in file.items:
            if isinstance(item, tree.Use):
                self._use(item, path, unit, places)
        for item in file.items:
            self._item(item, unit, places)
        frame = Frame(self.context, unit.scope, later={p.name.id: p.name.span for p in unit.params})
        unit.values = check_params(unit.params, overrides, frame)
        for name, definition in unit.seen_blocks.items():
            unit.scope.bind(name, definition, definition.node.name.span, "block")
        self._open.pop()
        if not self._open:
            self._name_fns()
        return unit

    def _name_fns(self) -> None:
        """Give each fn of each file a name in the graph: its own, or one with its file's where another file has it."""
        named: dict[int, str] = {}
        for path, unit in self.units.items():
            stem = re.sub(r"\W", "_", posixpath.basename(path).removesuffix(".nn"))
            for name, node in unit.fns.items():
                wanted, number = name, 1
                while wanted in self.fns:
                    wanted, number = f"{stem}_{name}{f'_{number}' if number > 1 else ''}", number + 1
                named[id(node)] = wanted
                self.fns[wanted] = (node, unit.scope)
        for unit in self.units.values():
            for name, node in unit.seen_fns.items():
                unit.fn_names[name] = named[id(node)]
                unit.scope.bind(name, FnRef(named[id(node)]), node.name.span, "fn")

    def _item(self, item: tree.Item, unit: Unit, places: dict[str, Span]) -> None:
        if isinstance(item, tree.Section):
            first = unit.sections.setdefault(item.kind, item)
            if first is not item:
                message = f"there are two `{item.kind}` sections"
                place = Span(item.span.source, item.span.start, item.span.start + len(item.kind))
                other = Span(first.span.source, first.span.start, first.span.start + len(first.kind))
                hint = "put their keys into one"
                self.context.faults.add(codes.SECTION_TWICE, message, place, Label(other, "the first one"), help=hint)
            return
        if isinstance(item, tree.Use) or not self._name_is_free(item.name, places):
            return
        name = item.name.id
        if isinstance(item, tree.Fn):
            unit.fns[name] = unit.seen_fns[name] = item
        elif isinstance(item, tree.Block):
            unit.blocks[name] = unit.seen_blocks[name] = BlockDef(item, unit.scope)
        elif isinstance(item, tree.Model):
            unit.models[name] = item
        else:
            unit.params.append(item)

    def _name_is_free(self, name: tree.Name, places: dict[str, Span]) -> bool:
        first = places.setdefault(name.id, name.span)
        if first is name.span:
            return True
        label = Label(first, "it has this name already")
        self.context.faults.add(codes.DEFINED_TWICE, f"there are two things called `{name.id}`", name.span, label)
        return False

    # ---- use -------------------------------------------------------------------------------------

    def _use(self, node: tree.Use, path: str, unit: Unit, places: dict[str, Span]) -> None:
        target = self._resolve(node, path)
        if target in unit.uses:
            return
        used = None if target is None else self.units.get(target) or self._load(node, target)
        if target is None or used is None:
            self.context.lost = True
            return
        unit.uses.add(target)
        self.context.faults.spend(len(used.fns) + len(used.blocks), node.span)
        for name, fn in used.fns.items():
            if self._is_new(name, fn.name.span, node, places):
                unit.seen_fns[name] = fn
        for name, block in used.blocks.items():
            if self._is_new(name, block.node.name.span, node, places):
                unit.seen_blocks[name] = block

    def _load(self, node: tree.Use, target: str) -> Unit | None:
        file = self._parse(node, target)
        return None if file is None else self.load(file, target, {})

    def _is_new(self, name: str, site: Span, node: tree.Use, places: dict[str, Span]) -> bool:
        first = places.setdefault(name, site)
        if first is site:
            return True
        message = f"`{node.path.value}` brings `{name}`, and the name is taken"
        self.context.faults.add(codes.DEFINED_TWICE, message, node.path.span, Label(first, "by this"))
        return False

    def _resolve(self, node: tree.Use, path: str) -> str | None:
        written = node.path.value
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), written))
        outside = target.startswith(("../", "/")) or target == ".." or posixpath.isabs(written)
        if outside or not written or "\\" in written or "\0" in written or ":" in written:
            self.context.faults.add(
                codes.BAD_USE,
                "`use` opens files beside the spec or in folders below it",
                node.path.span,
                expected='a relative path with "/", as in "blocks/residual.nn"',
                found=f'"{written[:60]}"',
            )
            return None
        if target in self._open:
            circle = " -> ".join([*self._open[self._open.index(target) :], target][:6])
            message = f"the file uses itself: {circle}"
            hint = "move what both need into a third file"
            self.context.faults.add(codes.USE_CYCLE, message, node.path.span, help=hint)
            return None
        if len(self.units) > limits.MAX_USED_FILES or len(self._open) > limits.MAX_USE_DEPTH:
            self._too_much("the spec uses more files than a spec may", node)
            return None
        return target

    def _too_much(self, message: str, node: tree.Use) -> None:
        most = (
            f"at most {limits.MAX_USED_FILES} files, {limits.MAX_USE_DEPTH} of them one from another, "
            f"of {limits.MAX_USED_CHARS:,} characters together"
        )
        self.context.faults.add(codes.TOO_MUCH, message, node.path.span, expected=most)
        raise Halt

    def _parse(self, node: tree.Use, target: str) -> tree.File | None:
        problem = "nothing may be read here"
        if self.read is not None:
            try:
                source = self.read(target)
            except UserFault as fault:
                problem = fault.findings[0].message if fault.findings else "it can't be read"
            except OSError as error:
                problem = error.strerror or "it can't be read"
            except UnicodeDecodeError:
                problem = "it is not UTF-8"
            else:
                self._chars += len(source.text)
                if self._chars > limits.MAX_USED_CHARS:
                    self._too_much("the files that the spec uses are larger than they may be together", node)
                    return None
                file, findings = parse(source)
                self.context.faults.findings.extend(findings)
                return file
        message = f"the file can't be used: {problem}"
        self.context.faults.add(
            codes.BAD_USE, message, node.path.span, help="the path is relative to this file's folder"
        )
        return None


def _names(unread: Iterable[Span]) -> frozenset[str]:
    """The names in what the parser left out, and "" where there is such: what they define may be lost."""
    words: set[str] = set()
    for span in unread:
        words.update(re.findall(r"[A-Za-z_]\w*", span.text), ("",))
    return frozenset(words)
