"""`load_data()` for a folder of pictures, with Pillow and NumPy: it gives the arrays that nnc gives."""

from __future__ import annotations

from nnc.catalog.tables import PREPARATIONS
from nnc.emit.python.code import assign, string
from nnc.graph import DataConfig, ModelGraph

# What a model's channels are called by Pillow.
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def can_read(data: DataConfig, model: ModelGraph) -> bool:
    """Whether the pictures go to the only input, which has a size."""
    shape = model.inputs[0].tensor.type.shape
    sizes = [size for size in shape if isinstance(size, int)]
    return (
        len(model.inputs) == 1
        and len(sizes) == len(shape) == 3
        and sizes[2] in _MODES
        and model.inputs[0].tensor.type.dtype == "float32"
        and [target.column for target in data.targets] in ([], ["class"])
        and all(target.transform is None for target in data.targets)
        and not data.ignore
        and all(group.kind == "picture" and group.columns == ("picture",) for group in data.features)
    )


def table_lines(data: DataConfig) -> list[str]:
    """`paths` of the pictures in order, and the classes' numbers."""
    folder = str(data.args["folder"])
    return [
        assign("folder", string(folder)),
        '    paths = [path for path in Path(folder).rglob("*.*") if path.name[0] != "."]',
        '    endings = (".png", ".jpg", ".jpeg")',
        "    paths = sorted(path for path in paths if path.suffix.lower() in endings)",
        "    labels = [path.relative_to(folder).parts[0] for path in paths]",
        "    classes = sorted(set(labels), key=in_order)",
        "    truth = np.array([classes.index(label) for label in labels])",
    ]


def input_lines(data: DataConfig, model: ModelGraph) -> list[str]:
    """The pictures as an array, and what is dealt out of it."""
    height, width, channels = model.inputs[0].tensor.type.shape
    given = next((group.args for group in data.features), {})
    scale = given.get("scale", PREPARATIONS["picture"].defaults["scale"])
    mode = _MODES[int(str(channels))]
    lines = [
        f'    pictures = [read_picture(path, {height}, {width}, "{mode}") for path in paths]',
        '    x = np.stack(pictures).astype("float32")',
        *([] if scale is None else [f"    x /= {scale}"]),
    ]
    return [*lines, "    return [(x[rows], y[rows]) for rows in (train, validation, test)]"]
