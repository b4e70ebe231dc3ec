"""`load_data()` for a folder of pictures, with Pillow and NumPy: it gives the arrays that nnc gives."""

from __future__ import annotations

from nnc.catalog.tables import PREPARATIONS
from nnc.emit.python_code import assign, string
from nnc.graph import DataConfig, ModelGraph

# What a model's channels are called by Pillow.
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}

_IN_ORDER = '''\
def in_order(text):
    """Numbers come first, by size, then words."""
    number = re.fullmatch(r"[+-]?(0|[1-9]\\d{0,14})(\\.\\d{1,15})?", text)
    return (0, float(text), text) if number else (1, 0.0, text)'''
_READ = '''\
def read_picture(path, height, width, mode):
    """Read a picture: upright, laid on white where it is see-through, resized."""
    with Image.open(path) as image:
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):
            values = (np.asarray(image, dtype=int) // 256).clip(0, 255)
            image = Image.fromarray(values.astype("uint8"))
        if image.has_transparency_data:
            image = image.convert("RGBA")
            if mode != "RGBA":
                white = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(white, image)
        image = image.convert(mode)
        image = image.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(image).reshape(height, width, -1)'''


HELPERS = (_IN_ORDER, _READ)


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
