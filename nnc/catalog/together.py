"""Arguments of losses, metrics, optimizers and the like that don't go together: what Keras's constructors check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from nnc.catalog.rows import Argument, Rejection

Args: TypeAlias = Mapping[str, Argument]
Together: TypeAlias = Callable[[Args], Rejection | None]


def refused_together(kind: str, name: str, args: Args) -> Rejection | None:
    """Why these (already accepted) arguments can't stand together, if they can't. `args` are those that were given."""
    from nnc.catalog.registry import find

    row = find(kind, name)
    rules = [rule for key in (kind, f"{kind}.{name}") if (rule := _RULES.get(key)) is not None]
    if row is None or not rules:
        return None
    filled = {arg.name: args.get(arg.name, arg.default) for arg in row.args}
    return next((found for rule in rules if (found := rule(filled)) is not None), None)


def _one_clip(args: Args) -> Rejection | None:
    given = [name for name in ("clipnorm", "clipvalue", "global_clipnorm") if args.get(name) is not None]
    if len(given) < 2:
        return None
    reason = "an optimizer clips in one way: `clipnorm`, `clipvalue` or `global_clipnorm`"
    return Rejection(reason, "one of the three", " and ".join(given), given[1], f"leave `{given[1]}` out")


def _pieces(args: Args) -> Rejection | None:
    boundaries, values = args["boundaries"], args["values"]
    if len(values) == len(boundaries) + 1:
        return None
    reason = "`values` must have one number more than `boundaries`: one before the first, and one after each"
    return Rejection(reason, f"{len(boundaries) + 1} numbers", f"{len(values)} numbers", "values")


def _labels(args: Args) -> Rejection | None:
    for name in ("num_labels", "label_weights"):
        if args[name] is not None and not args["multi_label"]:
            return Rejection(f"`{name}` goes with `multi_label=true` alone", "no such argument", "one", name)
    return None


def _classes(args: Args) -> Rejection | None:
    highest, count = max(args["target_class_ids"], default=0), args["num_classes"]
    if highest < count:
        return None
    reason = f"there is no class {highest}: {count} classes are counted from 0 to {count - 1}"
    return Rejection(reason, f"at most {count - 1}", str(highest), "target_class_ids")


def _checkpoint(args: Args) -> Rejection | None:
    endings = (".weights.h5",) if args["save_weights_only"] else (".keras", ".h5")
    if str(args["filepath"]).endswith(endings):
        return None
    wanted = " or ".join(f"`{ending}`" for ending in endings)
    reason = f"the file of {'weights' if args['save_weights_only'] else 'a model'} must end in {wanted}"
    return Rejection(reason, f"a path that ends in {wanted}", str(args["filepath"]), "filepath")


_RULES: Mapping[str, Together] = {
    "optimizers": _one_clip,
    "optimizers.schedules.PiecewiseConstantDecay": _pieces,
    "metrics.AUC": _labels,
    "metrics.IoU": _classes,
    "metrics.OneHotIoU": _classes,
    "callbacks.ModelCheckpoint": _checkpoint,
}
