"""Dense layers, activations, dropout and noise: layers that keep the shape or change the last axis alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied, Operand, Rule
from nnc.catalog.rules import (
    Args,
    Refused,
    axis_of,
    compute_dtype,
    computed,
    is_float,
    known_size,
    need_dtype,
    no_text,
    not_batch,
    one_tensor,
    product,
    single,
    tensors,
)
from nnc.catalog.shape import Dim, Size, TensorType

# ---- shape kept ----------------------------------------------------------------------------------


def _pointwise(args: Args, tensor: TensorType) -> Applied:
    return Applied((computed(args, tensor.shape, tensor),))


def _moved(args: Args, tensor: TensorType) -> Applied:
    """Gives the layer's own dtype whatever goes in, text too: Keras says so without looking at the values."""
    return Applied((TensorType(tensor.shape, compute_dtype(args)),))


def _penalty(args: Args, tensor: TensorType) -> Applied:
    if args["l1"] or args["l2"]:
        need_dtype(tensor, "floats", "a penalty on a layer's values")
    return _pointwise(args, tensor)


def _identity(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    """Hands the values through: a float becomes one of the layer's dtype, anything else stays what it is."""
    items = tensors(operands[0]) if len(operands) == 1 and not by_name else (one_tensor(operands, by_name),)
    dtype = compute_dtype(args)
    return Applied(tuple(TensorType(item.shape, dtype if is_float(item.dtype) else item.dtype) for item in items))


# Which of Keras's activations compute with more than floats; the others need them.
_TAKES = {
    "linear": "any", "exponential": "numbers", "tanh": "numbers",
    "relu": "signed", "relu6": "signed", "leaky_relu": "signed",
}  # fmt: skip
_PER_AXIS = {"softmax", "log_softmax", "sparsemax"}


def _activation(args: Args, tensor: TensorType) -> Applied:
    name = args["activation"]
    if name in _PER_AXIS:
        _need_axis(tensor, str(name))
    need_dtype(tensor, _TAKES.get(name, "floats") if isinstance(name, str) else "any", f"`{name}`")
    return _moved(args, tensor)


def _need_axis(tensor: TensorType, name: str) -> None:
    if not tensor.shape:
        raise Refused(f"`{name}` needs an axis beside the batch", "an input of at least 1 axis", tensor)


def _softmax(args: Args, tensor: TensorType) -> Applied:
    _need_axis(tensor, "softmax")
    axes = args["axis"] if isinstance(args["axis"], tuple) else (args["axis"],)
    for axis in axes:
        not_batch(axis, tensor.shape)
    if len({axis_of(axis, tensor.shape) for axis in axes}) < len(axes):
        raise Refused("an axis stands there twice", "different axes", axes, "axis")
    return _pointwise(args, tensor)


def _prelu(args: Args, tensor: TensorType) -> Applied:
    shared = args["shared_axes"]
    shared = () if shared is None else (shared,) if isinstance(shared, int) else shared
    sizes: list[Dim | None] = list(tensor.shape)
    for axis in shared:
        if not 1 <= axis <= len(sizes):
            raise Refused(
                f"there is no axis {axis} to share weights along",
                f"axes from 1 to {len(sizes)}",
                axis,
                "shared_axes",
            )
        sizes[axis - 1] = 1
    for index, size in enumerate(sizes):
        if isinstance(size, Size):
            sizes[index] = known_size(tensor, index, "every size that has its own weights")
    return Applied((computed(args, tensor.shape, tensor),), trainable=product(sizes))


# ---- dropout and noise ---------------------------------------------------------------------------


def _dropout(args: Args, tensor: TensorType) -> Applied:
    noise, rate = args.get("noise_shape"), args["rate"]
    if 0 < rate < 1:
        if noise is not None:
            _check_noise(noise, tensor)
        need_dtype(tensor, "floats", "dropout")
    return _moved(args, tensor)


def _alpha_dropout(args: Args, tensor: TensorType) -> Applied:
    _below_one(args)
    return _dropout(args, tensor)


def _check_noise(noise: tuple[int | None, ...], tensor: TensorType) -> None:
    """The mask is broadcast over the input: one size for each axis, the batch's too, each 1 or the input's own."""
    if len(noise) != len(tensor.shape) + 1:
        raise Refused(
            f"`noise_shape` must have {len(tensor.shape) + 1} sizes, the batch's first",
            f"{len(tensor.shape) + 1} sizes",
            f"{len(noise)} sizes",
            "noise_shape",
        )
    if noise[0] not in (None, 1):
        raise Refused(
            "`noise_shape` must leave the batch open, since batches differ in size",
            "none or 1 in the first place",
            noise[0],
            "noise_shape",
        )
    for size, mask in zip(tensor.shape, noise[1:], strict=True):
        if mask not in (None, 1) and isinstance(size, int) and mask != size:
            raise Refused(
                f"`noise_shape` can't be stretched over the input: {mask} against {size}",
                "none, 1 or the input's own size",
                mask,
                "noise_shape",
            )


def _below_one(args: Args) -> None:
    if args.get("rate") == 1:
        raise Refused("`rate` must be below 1: the noise's spread would be infinite", "a number below 1", 1, "rate")


def _noise(args: Args, tensor: TensorType) -> Applied:
    _below_one(args)
    if args.get("rate", args.get("stddev")) > 0 and not ("rate" in args and tensor.dtype == "bool"):
        need_dtype(tensor, "floats", "noise")
    return _moved(args, tensor)


# ---- weights on the last axis --------------------------------------------------------------------


def lora(args: Args, kernel: tuple[int | None, ...], constraint: str) -> tuple[int | None, int | None]:
    """Trainable and frozen weights of a kernel; with `lora_rank` the kernel is frozen and two thin factors train."""
    rank = args.get("lora_rank")
    if not rank:
        return product(kernel), 0
    if args.get(constraint) is not None:
        raise Refused(f"`lora_rank` and `{constraint}` exclude each other", "one of the two", "both", "lora_rank")
    thin = product((*kernel[:-1], rank))
    return None if thin is None else thin + rank * (kernel[-1] or 0), product(kernel)


def _dense(args: Args, tensor: TensorType) -> Applied:
    units = args["units"]
    width = known_size(tensor, -1, "the size of the last axis")
    trainable, frozen = lora(args, (width, units), "kernel_constraint")
    if trainable is not None and args["use_bias"]:
        trainable += units
    out = computed(args, (*tensor.shape[:-1], units), tensor)
    return Applied((out,), trainable, frozen, product((*tensor.shape, units)))


def _embedding(args: Args, tensor: TensorType) -> Applied:
    no_text(tensor)
    vocabulary, width = args["input_dim"], args["output_dim"]
    trainable, frozen = lora(args, (vocabulary, width), "embeddings_constraint")
    return Applied((computed(args, (*tensor.shape, width), tensor),), trainable, frozen)


def _reversible(args: Args, operands: Sequence[Operand], by_name: Mapping[str, Operand]) -> Applied:
    """An embedding, or with `reverse=true` the way back from vectors to a score for each number."""
    rest = {name: value for name, value in by_name.items() if name != "reverse"}
    tensor = one_tensor(operands, rest)
    found = _embedding(args, tensor)
    if args["lora_rank"] and not args["tie_weights"]:
        raise Refused("Keras 3.15 can't make `lora_rank` and untied weights together", "one of the two", "both",
                      "lora_rank")  # fmt: skip
    own = 0 if args["tie_weights"] else args["input_dim"] * args["output_dim"]
    trainable = None if found.trainable is None else found.trainable + own
    if not by_name.get("reverse"):
        return Applied(found.outputs, trainable, found.non_trainable)
    width, last = args["output_dim"], tensor.shape[-1] if tensor.shape else None
    if last is None or (isinstance(last, int) and last != width):
        raise Refused(f"the way back takes vectors of {width}", f"a last axis of {width}", tensor)
    out = TensorType((*tensor.shape[:-1], args["input_dim"]), compute_dtype(args))
    return Applied((out,), trainable, found.non_trainable, product((*tensor.shape, args["input_dim"])))


def _rescaling(args: Args, tensor: TensorType) -> Applied:
    for name in ("scale", "offset"):
        value = args[name]
        if isinstance(value, tuple):
            last = tensor.shape[-1] if tensor.shape else None
            if last is None or (isinstance(last, int) and len(value) not in (1, last)):
                raise Refused(
                    f"`{name}` has {len(value)} numbers and the last axis {last}", "a number for each", len(value), name
                )
    lengths = {len(args[name]) for name in ("scale", "offset") if isinstance(args[name], tuple)} - {1}
    if len(lengths) > 1:
        raise Refused("`scale` and `offset` must have equally many numbers", "equal lengths", sorted(lengths), "offset")
    return _pointwise(args, tensor)


# ---- the table -----------------------------------------------------------------------------------


def _simple(
    name: str,
    doc: str,
    example: str,
    rule: Callable[[Args, TensorType], Applied] = _pointwise,
    takes: str = "numbers",
    shown: tuple[str, ...] = (),
    role: str = "other",
    at_least: int = 0,
) -> LayerSpec:
    return LayerSpec(name, doc, single(rule, at_least=at_least), example, takes, role, None, shown)


def _spatial_dropout(rank: int) -> LayerSpec:
    what = {1: "time series", 2: "images", 3: "volumes"}[rank]
    rule: Rule = single(_dropout, rank + 1)
    text = f"Dropout that drops whole feature maps of {what} instead of single values."
    return LayerSpec(
        f"SpatialDropout{rank}D", text, rule, f"x -> SpatialDropout{rank}D(0.2)", "any", "dropout", None, ("rate",)
    )


ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "Dense",
        "Every output is a weighted sum of all values of the last axis, plus a bias, through an activation.",
        single(_dense, at_least=1),
        "x -> Dense(64, relu)",
        role="hidden",
        units="units",
        shown=("units", "activation"),
    ),
    _simple("Activation", "Applies an activation to each value.", "x -> Activation(relu)", _activation, "any",
            ("activation",)),
    _simple("ReLU", "Sets negative values to 0, or to a fraction of themselves.", "x -> ReLU()", takes="signed"),
    _simple("LeakyReLU", "Keeps a fraction of negative values.", "x -> LeakyReLU(0.1)", takes="signed",
            shown=("negative_slope",)),
    _simple("PReLU", "A leaky ReLU that learns a slope for each value.", "x -> PReLU()", _prelu,
            "floats"),
    _simple("ELU", "Lets negative values run out smoothly towards -alpha.", "x -> ELU()", takes="floats"),
    _simple("Softmax", "Makes values positive, with a sum of 1 along an axis.", "x -> Softmax()", _softmax, "floats"),
    _simple("Dropout", "Sets a random share of the values to 0 while training.", "x -> Dropout(0.2)", _dropout, "any",
            ("rate",), "dropout"),
    _simple("AlphaDropout", "Dropout that keeps mean and variance, for selu networks.", "x -> AlphaDropout(0.1)",
            _alpha_dropout, "any", ("rate",), "dropout"),
    _simple("GaussianDropout", "Multiplies by random numbers around 1 while training.", "x -> GaussianDropout(0.2)",
            _noise, "any", ("rate",), "dropout"),
    _simple("GaussianNoise", "Adds random numbers around 0 while training.", "x -> GaussianNoise(0.1)", _noise, "any",
            ("stddev",), "dropout"),
    *(_spatial_dropout(rank) for rank in (1, 2, 3)),
    LayerSpec("Identity", "Gives back its input, or inputs, unchanged.", _identity, "x -> Identity()", "any"),
    _simple("ActivityRegularization", "Adds a penalty on its input's values to the loss.",
            "x -> ActivityRegularization(l2=0.01)", _penalty, shown=("l1", "l2")),
    _simple("Masking", "Marks the time steps at which every value is `mask_value`, so that later layers skip them.",
            "x -> Reshape([5, 2]) -> Masking()"),
    _simple("Rescaling", "Multiplies by `scale` and adds `offset`.", "x -> Rescaling(1 / 255)", _rescaling,
            shown=("scale", "offset")),
    LayerSpec(
        "Embedding",
        "Gives each whole number from 0 to `input_dim` - 1 a vector of its own that is learnt.",
        single(_embedding),
        "ids -> Embedding(1000, 32)",
        role="hidden",
        units="output_dim",
        shown=("input_dim", "output_dim"),
    ),
    LayerSpec(
        "ReversibleEmbedding",
        "An embedding that also leads back: with `reverse=true` it scores every number for a vector.",
        _reversible,
        "ids -> ReversibleEmbedding(1000, 32)",
        role="hidden",
        units="output_dim",
        shown=("input_dim", "output_dim"),
    ),
)  # fmt: skip
