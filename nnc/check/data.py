"""The data section: where rows come from, what is predicted, how columns are prepared, how rows are split."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnc import codes, graph
from nnc.catalog.kinds import STRING, number
from nnc.catalog.tables import PREPARATIONS, SOURCES, TRANSFORMS
from nnc.check.frame import Frame, key_text, unwrap
from nnc.check.keras_names import dotted
from nnc.check.sections import (
    Key,
    Section,
    call_arguments,
    count,
    flag,
    keys_of,
    of_type,
    read_map,
    read_section,
)
from nnc.check.values import POISON, Value, all_settled
from nnc.diagnostics import Label
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax import tree

# ---- sources -------------------------------------------------------------------------------------


def _source(expr: tree.Expr, frame: Frame) -> Value:
    bare = unwrap(expr)
    name = dotted(bare.function) if isinstance(bare, tree.Call) else None
    built = ", ".join(f"{row.name}(...)" for row in SOURCES.values())
    if not isinstance(bare, tree.Call) or name is None:
        frame.faults.add(
            codes.BAD_VALUE,
            "`source` says where rows come from",
            expr.span,
            expected=built,
            help=f"write csv({bare.span.text})" if isinstance(bare, tree.String) else 'as in csv("rows.csv")',
        )
        return POISON
    row = SOURCES.get(name)
    if row is None:
        message = f"rows can't come from `{name}`"
        frame.faults.misspelt(
            codes.UNKNOWN_SOURCE, message, bare.function.span, SOURCES, hint=f"they come from {built}"
        )
        return POISON
    args = call_arguments(name, row.args, bare, frame)
    return POISON if args is None else (name, args)


# ---- columns -------------------------------------------------------------------------------------


def column(expr: tree.Expr) -> str | None:
    """A column's name, bare or quoted; None where it is something else."""
    bare = unwrap(expr)
    if isinstance(bare, tree.Name):
        return bare.id
    return bare.value if isinstance(bare, tree.String) else None


def _ignore(expr: tree.Expr, frame: Frame) -> Value:
    bare = unwrap(expr)
    items = bare.items if isinstance(bare, tree.ListOf) else (bare,)
    found: dict[str, Span] = {}
    right = True
    for item in items:
        name = column(item)
        if name is None:
            right = False
            frame.faults.add(codes.BAD_VALUE, "`ignore` lists columns", item.span, expected='as in [Id, "Ticket no."]')
        elif name in found:
            right = False
            first = Label(found[name], "here first")
            frame.faults.add(codes.COLUMN_TWICE, f"the column `{name}` is named twice", item.span, first)
        else:
            found[name] = item.span
    return found if right else POISON


@dataclass(frozen=True, slots=True)
class _Column:
    """A target's column: the transform around it, and where it stands."""

    name: str
    transform: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class _Columns:
    """What an output predicts: a column, or several with a unit for each. `place` is where its name stands."""

    columns: tuple[_Column, ...]
    place: Span


def _target(expr: tree.Expr, frame: Frame) -> Value:
    bare = unwrap(expr)
    if not isinstance(bare, tree.MapOf):
        return _columns(bare, bare.span, frame) or POISON
    found: dict[str, Value] = {}
    for key, value in bare.entries:
        columns = _columns(value, key.span, frame)
        found[key_text(key)] = POISON if columns is None else columns
    return POISON if POISON in found.values() else found


def _columns(expr: tree.Expr, place: Span, frame: Frame) -> _Columns | None:
    bare = unwrap(expr)
    items = bare.items if isinstance(bare, tree.ListOf) else (bare,)
    if not items:
        expected = "as in [Length, Width]"
        frame.faults.add(codes.BAD_TARGET, "this list names no column to be predicted", bare.span, expected=expected)
        return None
    found = [_one_target(item, frame) for item in items]
    columns = tuple(column for column in found if column is not None)
    return _Columns(columns, place) if len(columns) == len(found) else None


def _one_target(expr: tree.Expr, frame: Frame) -> _Column | None:
    bare = unwrap(expr)
    transform = None
    if isinstance(bare, tree.Call):
        transform = dotted(bare.function)
        if transform not in TRANSFORMS:
            message = f"a target can't be transformed by `{transform or '...'}`"
            hint = f"the transforms are {', '.join(TRANSFORMS)}"
            frame.faults.misspelt(codes.BAD_TARGET, message, bare.function.span, TRANSFORMS, hint=hint)
            return None
        if len(bare.arguments) != 1:
            frame.faults.add(
                codes.BAD_TARGET, f"`{transform}` takes one column", bare.span, expected=f"{transform}(Price)"
            )
            return None
        bare = unwrap(bare.arguments[0].value)
    name = column(bare)
    if name is None:
        frame.faults.add(
            codes.BAD_TARGET,
            "a target is a column of the table",
            bare.span,
            expected='Survived, "House price", log(SalePrice), [Length, Width], or {output: column}',
        )
        return None
    return _Column(name, transform, bare.span)


# ---- the split -----------------------------------------------------------------------------------


def _part(name: str) -> Callable[[tree.Expr, Frame], Value]:
    return of_type(name, number(0, 1, below=True) | STRING, "split")


def _of_column(key: str) -> Callable[[tree.Expr, Frame], Value]:
    def read(expr: tree.Expr, frame: Frame) -> Value:
        name = column(expr)
        if name is None:
            frame.faults.add(codes.BAD_VALUE, f"`{key}` of `split` is a column", expr.span, expected="as in Patient")
            return POISON
        return name

    return read


# Each of these decides alone how rows are dealt out.
_WAYS = ("column", "group", "time")

_SPLIT = keys_of(
    Key("validation", _part("validation"), "the part of the rows that training is watched on, or a file of them"),
    Key("test", _part("test"), "the part of the rows that nothing sees before the end, or a file of them"),
    Key("stratify", flag("stratify", "split"), "whether each part has the classes in the same proportion"),
    Key("seed", count("seed", "split", 0), "the number that the deal hangs on"),
    Key("column", _of_column("column"), "the column that says of each row: train, validation or test"),
    Key("group", _of_column("group"), "a column: rows with the same value stay in one part"),
    Key("time", _of_column("time"), "a column of dates or numbers: the latest rows are for the test"),
)


def _split(expr: tree.Expr, frame: Frame) -> Value:
    section = read_map(expr, _SPLIT, "split", frame)
    if section is None or POISON in section.values.values():
        return POISON
    validation, test = section.get("validation"), section.get("test")
    parts = [part for part in (validation, test) if isinstance(part, (int, float))]
    if sum(parts) >= 1:
        frame.faults.add(
            codes.BAD_SPLIT,
            "validation and test leave no rows to train on",
            expr.span,
            expected="together less than 100%",
            found=f"{sum(parts):.0%}",
        )
        return POISON
    if _torn(section, frame):
        return POISON
    seed = section.get("seed")
    return graph.Split(
        float(validation) if isinstance(validation, (int, float)) else None,
        float(test) if isinstance(test, (int, float)) else None,
        section.get("stratify", False) is True,
        seed if isinstance(seed, int) else None,
        validation_file=validation if isinstance(validation, str) else None,
        test_file=test if isinstance(test, str) else None,
        column=_said(section, "column"),
        group=_said(section, "group"),
        time=_said(section, "time"),
    )


def _said(section: Section, key: str) -> str | None:
    value = section.get(key)
    return value if isinstance(value, str) else None


def _torn(section: Section, frame: Frame) -> bool:
    """Whether two keys say differently how rows are dealt out, with a finding for it."""
    ways = [key for key in _WAYS if key in section.places]
    files = [key for key in ("validation", "test") if isinstance(section.get(key), str)]
    others = {
        "column": ("validation", "test", "stratify", "seed"),
        "group": ("stratify", *files),
        "time": ("stratify", "seed", *files),
    }
    clash = next((key for way in ways[:1] for key in (*ways[1:], *others[way]) if key in section.places), None)
    if clash is None:
        return False
    frame.faults.add(
        codes.BAD_SPLIT,
        f"`{ways[0]}` deals the rows out, and `{clash}` can't stand beside it",
        section.places[clash],
        Label(section.places[ways[0]], "this deals them out"),
        help="leave one of the two out",
    )
    return True


KEYS = keys_of(
    Key("source", _source, "where rows come from"),
    Key("target", _target, "the column to be predicted, or one for each output"),
    Key("ignore", _ignore, "columns that are neither"),
    Key("split", _split, "how rows are dealt out"),
)


# ---- the section ---------------------------------------------------------------------------------


def check_data(node: tree.Section, outputs: tuple[str, ...] | None, frame: Frame) -> graph.DataConfig | None:
    """The data section for a model with these outputs; None where something is wrong or missing."""
    section = read_section(node, KEYS, frame)
    groups, named = _features(node, frame)
    if not {"source"} & {*section.places, *section.meant} and not frame.context.unread:
        hint = 'add: source = csv("rows.csv")'
        frame.faults.add(codes.MISSING_KEY, "`data` does not say where rows come from", section.span, help=hint)
    targets = _targets(section, outputs, frame)
    _disjoint(section, named, frame)
    source = section.get("source")
    if POISON in section.values.values() or not isinstance(source, tuple) or targets is None or groups is None:
        return None
    ignore, split = section.get("ignore", {}), section.get("split")
    return graph.DataConfig(
        source[0],
        source[1],
        targets,
        tuple(ignore) if isinstance(ignore, dict) else (),
        groups,
        split if isinstance(split, graph.Split) else graph.Split(),
    )


def _features(node: tree.Section, frame: Frame) -> tuple[tuple[graph.FeatureGroup, ...] | None, dict[str, Span]]:
    groups: list[graph.FeatureGroup] = []
    named: dict[str, Span] = {}
    right = True
    blocks = [entry for entry in node.entries if isinstance(entry, tree.Features)]
    if len(blocks) > 1:
        right = False
        frame.faults.add(
            codes.KEY_TWICE, "`data` has two `features`", blocks[1].span, Label(blocks[0].span, "the first one")
        )
    for line in (line for block in blocks for line in block.lines):
        columns = [c.id if isinstance(c, tree.Name) else c.value for c in line.columns]
        for name, place in zip(columns, line.columns, strict=True):
            if name in named:
                right = False
                first = Label(named[name], "here first")
                frame.faults.add(codes.COLUMN_TWICE, f"the column `{name}` is prepared twice", place.span, first)
            named.setdefault(name, place.span)
        group = _preparation(line, tuple(columns), frame)
        if group is None:
            right = False
        else:
            groups.append(group)
    return (tuple(groups) if right else None), named


def _preparation(line: tree.FeatureLine, columns: tuple[str, ...], frame: Frame) -> graph.FeatureGroup | None:
    bare = unwrap(line.value)
    function = bare.function if isinstance(bare, tree.Call) else bare
    kind = dotted(function)
    if kind is None or kind not in PREPARATIONS:
        message = f"a column can't be prepared by `{kind}`" if kind else "this does not say how a column is prepared"
        *first, last = (f"{name}()" for name in PREPARATIONS)
        hint = f"write {', '.join(first)} or {last}"
        frame.faults.misspelt(codes.UNKNOWN_PREPARATION, message, function.span, PREPARATIONS, hint=hint)
        return None
    if not isinstance(bare, tree.Call):
        frame.faults.add(codes.UNKNOWN_PREPARATION, f"`{kind}` needs its brackets", bare.span, help=f"write {kind}()")
        return None
    args = call_arguments(kind, PREPARATIONS[kind].args, bare, frame)
    return None if args is None else graph.FeatureGroup(columns, kind, all_settled(args))


def _targets(section: Section, outputs: tuple[str, ...] | None, frame: Frame) -> tuple[graph.Target, ...] | None:
    value = section.get("target")
    if isinstance(value, _Columns):
        if outputs is not None and len(outputs) > 1:
            frame.faults.add(
                codes.BAD_TARGET,
                f"the model has {len(outputs)} outputs, and there is one target",
                section.exprs["target"].span,
                expected=f"{{{', '.join(f'{name}: COLUMN' for name in outputs)}}}",
            )
            return None
        return _of_output(outputs[0] if outputs else "", value)
    if not isinstance(value, dict):
        source = section.get("source")
        unsaid = not {"target"} & {*section.places, *section.meant} and not frame.context.unread
        if unsaid and isinstance(source, tuple) and not SOURCES[str(source[0])].has_target:
            hint = "add: target = COLUMN"
            frame.faults.add(codes.MISSING_KEY, "`data` does not say what is predicted", section.span, help=hint)
            return None
        return ()
    return _target_map(value, outputs, section, frame)


def _of_output(output: str, said: _Columns) -> tuple[graph.Target, ...]:
    return tuple(graph.Target(column.name, output, column.transform) for column in said.columns)


def _target_map(
    entries: Mapping[str, _Columns], outputs: tuple[str, ...] | None, section: Section, frame: Frame
) -> tuple[graph.Target, ...] | None:
    right = True
    for name, said in entries.items():
        if outputs and name not in outputs:
            right = False
            message = f"the model has no output `{name}`"
            hint = f"its outputs are {', '.join(outputs)}"
            frame.faults.misspelt(codes.UNKNOWN_OUTPUT, message, said.place, outputs, hint=hint)
    missing = [name for name in outputs or () if name not in entries]
    if missing and right:
        right = False
        message = f"the output{'s' * (len(missing) != 1)} {', '.join(f'`{m}`' for m in missing)} has no target"
        frame.faults.add(codes.BAD_TARGET, message, section.exprs["target"].span)
    if not right:
        return None
    return tuple(target for name in outputs or tuple(entries) for target in _of_output(name, entries[name]))


def _disjoint(section: Section, named: Mapping[str, Span], frame: Frame) -> None:
    """A column is a target, a feature or ignored, and only one of them."""
    seen = dict(named)
    ignore, target = section.get("ignore"), section.get("target")
    others = list(ignore.items()) if isinstance(ignore, dict) else []
    said = target.values() if isinstance(target, dict) else [target] if isinstance(target, _Columns) else []
    others += [(column.name, column.span) for columns in said for column in columns.columns]
    for name, span in others:
        if name in seen:
            frame.faults.add(
                codes.COLUMN_TWICE,
                f"the column `{name}` is used in two ways",
                span,
                Label(seen[name], "here as well"),
                help="a column is a target, a feature or ignored",
            )
        seen.setdefault(name, span)
