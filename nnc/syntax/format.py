"""The one canonical format of a spec: `format_file`.

Two blanks of indentation, lines of at most 100 characters where they can be broken, double quotes, numbers as they
were written, every statement on a line of its own. The `=` of the lines in `features { }` stand below each other,
since they are read as a table; nowhere else does a line's layout hang on its neighbours, so that a change stays one
line in a diff. Comments are kept. Blank lines are kept one at a time; one stands between items, except between
one-line items of one kind, where there may be none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from nnc.syntax import tree
from nnc.syntax.format_expr import document, row
from nnc.syntax.layout import INDENT, Doc, Group, Notes, Row, cells, lay_out

_ALIGNED = 40
"""Lists of columns longer than this stand outside the alignment of a `features` table."""


def format_file(file: tree.File) -> str:
    """The text of a spec in the canonical format. The file must have been parsed without errors."""
    return _Printer(file).text()


class _Printer:
    """The lines of one file, as they come."""

    def __init__(self, file: tree.File) -> None:
        self._file = file
        self._source = file.source.text
        self._notes = Notes(file)
        self._lines: list[str] = []
        self._padded: dict[int, str] = {}
        self._reached = 0  # the line of the source up to which all has been printed; 0 where no blank line may follow

    def text(self) -> str:
        previous: tree.Item | None = None
        end = len(self._source)
        starts = [item.span.start for item in self._file.items]
        for item, limit in zip(self._file.items, [*starts[1:], end], strict=False):
            apart = previous is not None and not (
                _one_line(item) and type(previous) is type(item) and _one_line(previous)
            )
            self._print(item, 0, limit, apart=apart)
            previous = item
        self._comments(end + 1, 0)
        return "".join(line + "\n" for line in self._lines)

    # ---- what all have in common -----------------------------------------------------------------

    def _comments(self, offset: int, indent: int, *, apart: bool = False) -> bool:
        """Print the comments up to an offset; whether there were any."""
        comments = self._notes.before(offset)
        for line, text in comments:
            self._space(line, apart=apart)
            apart = False
            self._lines.append(" " * indent + text)
            self._reached = line
        return bool(comments)

    def _space(self, line: int, *, apart: bool = False) -> None:
        """Keep one blank line before what stands on this line of the source, or put one."""
        if self._lines and (apart or (self._reached and line > self._reached + 1)):
            self._lines.append("")

    def _print(self, node: Any, indent: int, limit: int, *, apart: bool = False) -> None:
        """Print an item or statement with the comments around it; the next thing begins at `limit`."""
        commented = self._comments(node.span.start, indent, apart=apart)
        self._space(self._notes.line(node.span.start), apart=apart and not commented)
        _PRINTERS[type(node)](self, node, indent)
        self._lines[-1] += self._notes.behind(node.span.end, limit)
        self._reached = self._notes.line(node.span.end)

    def _statement(self, doc: Doc, indent: int, tail: int = 0) -> None:
        """Print a document on lines of its own. Comments that find no place among its lines stand before them."""
        first, *rest = lay_out(doc, self._notes, indent, indent, tail)
        self._lines += [" " * indent + text for _, text in self._notes.before(doc.end)]
        self._lines += [" " * indent + first, *rest]

    def _header(self, doc: Row, end: int, indent: int) -> None:
        """Print what stands before the `{` of a body."""
        self._statement(replace(doc, end=end), indent, tail=2)

    def _body(self, nodes: Sequence[tree.Node], indent: int, opening: int) -> int:
        """Print ` {`, the nodes and `}`. `opening` is an offset before the `{`; gives the one behind the `}`."""
        brace = self._find("{", opening)
        closing = self._find("}", nodes[-1].span.end if nodes else brace + 1)
        limits = [*(node.span.start for node in nodes), closing]
        self._lines[-1] += " {" + self._notes.behind(brace, limits[0])
        self._reached = 0
        for node, limit in zip(nodes, limits[1:], strict=True):
            self._print(node, indent + INDENT, limit)
        self._comments(closing, indent + INDENT)
        self._lines.append(" " * indent + "}")
        return closing + 1

    def _find(self, brace: str, offset: int) -> int:
        """The offset of the next brace that stands in no comment."""
        while self._source[offset] != brace:
            offset = self._source.index("\n", offset) if self._source[offset] == "#" else offset + 1
        return offset

    # ---- statements ------------------------------------------------------------------------------

    def simple(self, node: tree.Node, indent: int) -> None:
        self._statement(_SIMPLE[type(node)](node), indent)

    def for_(self, node: tree.For, indent: int) -> None:
        end = node.iterable.span.end
        self._header(row(node, "for ", _names(node.targets), " in ", node.iterable), end, indent)
        self._body(node.body, indent, end)

    def if_(self, node: tree.If, indent: int) -> None:
        end = node.condition.span.end
        self._header(row(node, "if ", node.condition), end, indent)
        self._otherwise(node, indent, self._body(node.then, indent, end))

    def _otherwise(self, node: tree.If, indent: int, behind: int) -> None:
        """Print the `else` of an `if` whose body ended at `behind`; an empty one only for the comments in it."""
        if len(node.otherwise) == 1 and isinstance(node.otherwise[0], tree.If):
            chained = node.otherwise[0]
            self._lines.pop()
            end = chained.condition.span.end
            self._lines += [" " * (indent + INDENT) + text for _, text in self._notes.before(chained.span.start)]
            self._header(row(chained, "} else if ", chained.condition), end, indent)
            self._otherwise(chained, indent, self._body(chained.then, indent, end))
        elif node.otherwise or self._notes.within(behind, node.span.end):
            self._lines[-1] += " else"
            self._body(node.otherwise, indent, behind)

    # ---- items -----------------------------------------------------------------------------------

    def fn(self, node: tree.Fn, indent: int) -> None:
        formals, end = self._formals(node)
        if node.short and isinstance(node.body[0], tree.Return):
            self._statement(row(node, f"fn {node.name.id}", formals, " = ", node.body[0].value), indent)
            return
        self._header(row(node, f"fn {node.name.id}", formals), end, indent)
        self._body(node.body, indent, end)

    def block(self, node: tree.Block, indent: int) -> None:
        formals, end = self._formals(node)
        self._header(row(node, f"block {node.name.id}", formals), end, indent)
        self._body(node.body, indent, end)

    def _formals(self, node: tree.Fn | tree.Block) -> tuple[Doc, int]:
        """The parameters in their parentheses, and the offset behind them."""
        items = tuple(
            row(formal, formal.name) if formal.default is None else row(formal, formal.name, " = ", formal.default)
            for formal in node.parameters
        )
        start = node.name.span.end
        end = self._find(")", node.parameters[-1].span.end) + 1 if node.parameters else start
        return Group("(", items, ")", start, end), end

    def model(self, node: tree.Model, indent: int) -> None:
        self._lines.append(f"{' ' * indent}model {node.name.id}")
        self._body(node.body, indent, node.name.span.end)

    def section(self, node: tree.Section, indent: int) -> None:
        self._lines.append(" " * indent + node.kind)
        self._body(node.entries, indent, node.span.start)

    def features(self, node: tree.Features, indent: int) -> None:
        columns = [", ".join(document(column).flat for column in line.columns) for line in node.lines]
        width = max((cells(names) for names in columns if cells(names) <= _ALIGNED), default=0)
        padded = (names + " " * (width - cells(names)) for names in columns)
        self._padded = dict(zip(map(id, node.lines), padded, strict=True))
        self._lines.append(" " * indent + "features")
        self._body(node.lines, indent, node.span.start)

    def feature_line(self, node: tree.FeatureLine, indent: int) -> None:
        self._statement(row(node, f"{self._padded[id(node)]} = ", node.value), indent)


def _of_one_kind(first: tree.Item, second: tree.Item) -> bool:
    return type(first) is type(second) and _one_line(first) and _one_line(second)


def _one_line(item: tree.Item) -> bool:
    return isinstance(item, tree.Use | tree.Param) or (isinstance(item, tree.Fn) and item.short)


def _names(names: Sequence[tree.Name]) -> str:
    return ", ".join(name.id for name in names)


# ---- statements and items that are one document --------------------------------------------------


def _use(node: tree.Use) -> Doc:
    return row(node, "use ", node.path)


def _param(node: tree.Param) -> Doc:
    domain = () if node.domain is None else (" in ", node.domain)
    return row(node, "param ", node.name, " = ", node.value, *domain)


def _input(node: tree.Input) -> Doc:
    if node.dims is None:
        return row(node, "input ", node.name)
    kind = node.dtype.id if node.dtype else ""
    start = (node.dtype or node.name).span.end
    dims = Group("[", tuple(map(document, node.dims)), "]", start, node.span.end)
    return row(node, "input ", node.name, f": {kind}", dims)


_SIMPLE: dict[type, Callable[[Any], Doc]] = {
    tree.Use: _use,
    tree.Param: _param,
    tree.Input: _input,
    tree.Bind: lambda node: row(node, f"{_names(node.targets)} = ", node.value),
    tree.LayerDef: lambda node: row(node, "layer ", node.name, " = ", node.value),
    tree.Output: lambda node: row(node, "output ", node.name, " = ", node.value),
    tree.Return: lambda node: row(node, "return ", node.value),
    tree.Entry: lambda node: row(node, node.key, " = ", node.value),
}

_PRINTERS: dict[type, Callable[[_Printer, Any, int], None]] = {
    **dict.fromkeys(_SIMPLE, _Printer.simple),
    tree.For: _Printer.for_,
    tree.If: _Printer.if_,
    tree.Fn: _Printer.fn,
    tree.Block: _Printer.block,
    tree.Model: _Printer.model,
    tree.Section: _Printer.section,
    tree.Features: _Printer.features,
    tree.FeatureLine: _Printer.feature_line,
}
