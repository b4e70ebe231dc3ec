"""Reference pages from the catalog's rows, as Markdown: for `nnc explain NAME` and for docs/reference/.

`python -m nnc.pipeline.reference` writes docs/reference/ again; a test holds that nothing else stands there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from nnc.catalog import Arg, LayerRow, MetricRow, Row, find, names
from nnc.catalog.layers.words import shape_words
from nnc.catalog.ops.refused import IN_MODELS
from nnc.catalog.ops.table import rule_of
from nnc.catalog.registry import NOT_YET
from nnc.catalog.signatures import KINDS
from nnc.pipeline.examples import example

# What one of a kind is called, the kinds in the order in which a page shows them.
_NOUNS = {
    "layers": "layer",
    "activations": "activation",
    "losses": "loss",
    "metrics": "metric",
    "optimizers": "optimizer",
    "optimizers.schedules": "learning-rate schedule",
    "initializers": "initializer",
    "regularizers": "regularizer",
    "constraints": "constraint",
    "callbacks": "callback",
    "ops": "function of keras.ops",
}
_WAYS = {True: "Higher is better.", False: "Lower is better.", None: ""}
_TAKES = {
    "floats": "It takes tensors of floats.",
    "signed": "It takes tensors of numbers; truth values are none.",
    "numbers": "",
    "any": "It takes text as well as numbers.",
}


def page_of(name: str) -> str | None:
    """The page of everything that has this name, or None."""
    rows = [row for kind in _NOUNS if (row := find(kind, name)) is not None]
    return "\n".join(line for row in rows for line in (*_section(row, "#"), "")).strip() + "\n" if rows else None


def all_names() -> Iterator[str]:
    """Every name that has a page, for suggestions."""
    for kind in _NOUNS:
        yield from names(kind)


# ---- one row -------------------------------------------------------------------------------------


def _section(row: Row, mark: str) -> list[str]:
    lines = [f"{mark} {row.name}", "", f"{_article(_NOUNS[row.kind])}. {row.doc}".strip()]
    also = [f"`{word}`" for word in (*row.aliases, *row.identifiers)]
    if also:
        lines += ["", f"Also written {', '.join(also)}."]
    reason = refusal(row)
    if reason is not None:
        return [*lines, "", f"{_unusable(row)}: {reason}."]
    lines += ["", "```text", _signature(row), "```"]
    if row.args:
        lines += ["", "| argument | takes | default |", "| --- | --- | --- |", *map(_argument, row.args)]
    words = " ".join(filter(None, _more(row)))
    if words:
        lines += ["", words]
    shown = example(row)
    if shown is not None:
        lines += ["", "```nn", shown.text.rstrip(), "```"]
        lines += ["", shown.said] if shown.said else []
    return lines


def refusal(row: Row) -> str | None:
    """Why it can't stand in a spec, or (a function) in a model; None where it can."""
    if row.refused is not None:
        return row.refused.rstrip(".")
    if row.kind == "ops" and rule_of(row.name) is None:
        return IN_MODELS.get(row.name)
    return None


def _unusable(row: Row) -> str:
    return "It can stand in an `fn`, not in a model" if row.refused is None else "It can't stand in a spec"


def _more(row: Row) -> Iterator[str]:
    if isinstance(row, MetricRow):
        yield _WAYS[row.higher_is_better]
        if row.tasks:
            yield f"For {' and '.join(_TASKS[task] for task in row.tasks)}."
    if isinstance(row, LayerRow):
        yield shape_words(row.name)
        yield _TAKES[row.takes]
        if row.listed:
            yield "It takes a list of tensors."


_TASKS = {"binary": "two classes", "multiclass": "several classes", "regression": "numbers"}


def _article(noun: str) -> str:
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"


def _signature(row: Row) -> str:
    call = f"ops.{row.name}" if row.kind == "ops" else row.name
    parts = [f"{arg.name}..." if arg.many else arg.name if arg.required else f"{arg.name}={_default(arg)}"
             for arg in row.args]  # fmt: skip
    text = f"{call}({', '.join(parts)})"
    if len(text) <= 100:
        return text
    lines, line = [], "  "
    for part in parts:
        if len(line) + len(part) > 96:
            lines.append(line.rstrip())
            line = "  "
        line += f"{part}, "
    return "\n".join([f"{call}(", *lines, line.rstrip().rstrip(","), ")"])


def _argument(arg: Arg) -> str:
    default = "any number" if arg.many else "required" if arg.required else f"`{_default(arg)}`"
    takes = _FUNCTION_TAKES.get(arg.name, "") if arg.kind.name == "a value" else arg.kind.name
    by_name = ", by its name" if arg.keyword else ""
    return f"| `{arg.name}` | {takes}{by_name} | {default} |"


# The arguments of functions have no types of their own in the catalog: the rules look at them.
_FUNCTION_TAKES = {
    **dict.fromkeys(("x", "x1", "x2", "y", "a", "b", "inputs", "condition"), "a tensor or a number"),
    **dict.fromkeys(("query", "key", "value", "target", "output", "targets", "predictions", "mask"), "a tensor"),
    **dict.fromkeys(("xs", "operands"), "tensors"),
    "axis": "an axis, the batch being 0",
    "axes": "axes, the batch being 0",
    **dict.fromkeys(("keepdims", "from_logits", "center", "is_causal"), "true or false"),
    "dtype": "a dtype, such as `float32`",
    "data_format": "`channels_last` or `channels_first`",
    "padding": "`valid` or `same`",
}


def _default(arg: Arg) -> str:
    """A default as a spec has it: a word stands bare where the argument knows it."""
    return _value(arg.default) if arg.default in arg.kind.words else _value(arg.default, quoted=True)


def _value(value: object, *, quoted: bool = False) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return value if value.isidentifier() and not quoted else f'"{value}"'
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


# ---- docs/reference ------------------------------------------------------------------------------

_HEAD = "<!-- Written by make reference from the rows of nnc/catalog: change those. -->\n"


def files() -> dict[str, str]:
    """Every file of docs/reference/ by its name."""
    found = {f"{kind.replace('.', '-')}.md": _file(kind) for kind in _NOUNS}
    return {"README.md": _index(), **found}


def _file(kind: str) -> str:
    noun = _NOUNS[kind]
    plural = {"loss": "losses", "function of keras.ops": "functions of keras.ops"}.get(noun, f"{noun}s")
    lines = [f"# {plural[0].upper()}{plural[1:]}", ""]
    for name in names(kind):
        row = find(kind, name)
        assert row is not None  # noqa: S101 - its name was listed
        lines += [*_section(row, "##"), ""]
    return _HEAD + "\n".join(lines).rstrip() + "\n"


def _index() -> str:
    lines = [
        "# Reference",
        "",
        "Everything of Keras that a spec can name. `nnc explain NAME` prints the same page in the terminal.",
        "",
        "| kind | in Keras | can be used | refused, with the reason | not checked yet |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for kind in _NOUNS:
        rows = [row for name in names(kind) if (row := find(kind, name)) is not None]
        reasons = [refusal(row) for row in rows]
        later = sum(reason == NOT_YET for reason in reasons)
        refused = sum(reason is not None for reason in reasons) - later
        link = f"[{kind}]({kind.replace('.', '-')}.md)"
        lines.append(f"| {link} | {len(rows)} | {len(rows) - refused - later} | {refused} | {later} |")
    return _HEAD + "\n".join([*lines, "", "What `nnc show` counts is defined in [counts.md](../counts.md)."]) + "\n"


def main() -> None:
    """Write docs/reference/ again."""
    folder = Path("docs/reference")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {len(KINDS) + 1} files to {folder}\n")


if __name__ == "__main__":
    main()
