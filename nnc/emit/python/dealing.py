"""How an emitted `load_data()` deals rows out: by chance, by what a column says, or by their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnc.emit.python.code import Atom, Code, Group, Invoke, Subscript, assign, string
from nnc.emit.python.values import value_code
from nnc.fractions import Fractions, beside_files, fractions
from nnc.graph import Split, TrainConfig

# By what a column may say of a row: the function, and the shares that it takes.
_WAYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "column": ("split_by_column", ()),
    "group": ("split_by_group", ("validation", "test", "seed")),
    "time": ("split_by_time", ("validation", "test")),
}


def says_part(split: Split) -> bool:
    """Whether a column says to which part a row belongs."""
    return any(getattr(split, key) is not None for key in _WAYS)


def deals_by_rows(split: Split) -> bool:
    """Whether not chance alone deals the rows out."""
    return says_part(split) or bool(split.validation_file or split.test_file)


def deal(split: Split, train: TrainConfig, tasks: Mapping[str | None, str]) -> list[str]:
    """Which row goes where. `tasks` are the targets', by name where there are several."""
    shares = fractions(split, train)
    decided = _by_column(split, shares) or _by_file(split, shares)
    if decided is not None:
        return [assign("train, validation, test", decided)]
    lines, strata = _strata(split, tasks, 1 + (shares.validation > 0) + (shares.test > 0))
    dealt = Invoke(Atom("split_rows"), (Atom(strata),), _numbers(shares, ("validation", "test", "seed")))
    return [*lines, assign("train, validation, test", dealt)]


def _by_column(split: Split, shares: Fractions) -> Code | None:
    """The call that deals rows out by what stands in a column, of which a split names one at most; None: no column."""
    for key, (function, names) in _WAYS.items():
        column = getattr(split, key)
        if column is not None:
            cells = Subscript(Atom("table"), string(column).text)
            return Invoke(Atom(function), (cells,), _numbers(shares, names))
    return None


def _by_file(split: Split, shares: Fractions) -> Code | None:
    """The call that deals rows out by their files; None: there is one file."""
    if not (split.validation_file or split.test_file):
        return None
    validation, test = beside_files(split)
    beside = Fractions(test, validation, shares.seed)
    return Invoke(Atom("split_by_file"), (Atom("part"),), _numbers(beside, ("validation", "test", "seed")))


def _numbers(shares: Fractions, names: Sequence[str]) -> tuple[tuple[str, Code], ...]:
    return tuple((name, value_code(getattr(shares, name), {})) for name in names)


def _strata(split: Split, tasks: Mapping[str | None, str], parts: int) -> tuple[list[str], str]:
    """The lines that make strata, and what these are called: the classes, or tenths of a number."""
    telling = [name for name, task in tasks.items() if task != "regression"]
    first = next(iter(tasks))
    if not split.stratify and not (split == Split() and telling):
        return [], f"np.zeros_like({truth_name(first)})"
    if not telling:
        lines = [
            f"    edges = np.quantile({truth_name(first)}, np.linspace(0, 1, 11)[1:-1])",
            f'    strata = np.searchsorted(edges, {truth_name(first)}, side="right")',
        ]
        return lines, "strata"
    lines, strata = [], truth_name(telling[0])
    if len(telling) > 1:
        listed = Group("[", tuple(Atom(truth_name(name)) for name in telling))
        lines = [assign("labels", Invoke(Atom("np.stack"), (listed,), (("axis", Atom("1")),)))]
        lines.append("    strata = np.unique(labels, axis=0, return_inverse=True)[1].ravel()")
        strata = "strata"
    if split.stratify:
        return lines, strata
    return [
        *lines,
        f"    counts = np.unique({strata}, return_counts=True)[1]",
        f"    strata = {strata} if counts.min() >= {parts} else np.zeros_like({strata})",
    ], "strata"


def truth_name(target: str | None) -> str:
    """What a target's own values are called: of one target `truth`, of several an entry of `truths`."""
    return "truth" if target is None else f"truths[{string(target).text}]"
