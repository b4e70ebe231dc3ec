"""How a layer's shapes and parameters hang together, in words, for the reference: the first pattern that fits."""

from __future__ import annotations

import re

_SLID = "with `valid` each side becomes floor((side - kernel) / stride) + 1, with `same` ceil(side / stride)"

_KEEPS = (
    r".*Dropout.*|Gaussian.*|Activation|.*ReLU|ELU|Softmax|UnitNormalization|Identity|Masking|Rescaling"
    r"|ActivityRegularization"
)

# pattern of the name: input, output, what is more to say, parameters
_WORDS: tuple[tuple[str, str, str, str, str], ...] = (
    (r"Dense", "[..., n]", "[..., units]", "", "n × units + units (bias)"),
    (r"Conv[123]D", "[sides..., channels]", "[sides..., filters]", _SLID,
     "kernel × channels / groups × filters + filters (bias)"),
    (r"Conv[123]DTranspose", "[sides..., channels]", "[sides..., filters]",
     "with `same` each side becomes side × stride, with `valid` (side - 1) × stride + max(kernel, stride)",
     "kernel × channels × filters + filters (bias)"),
    (r"DepthwiseConv[12]D", "[sides..., channels]", "[sides..., channels × depth_multiplier]", _SLID,
     "kernel × channels × depth_multiplier, and as many biases as channels go out"),
    (r"SeparableConv[12]D", "[sides..., channels]", "[sides..., filters]", _SLID,
     "kernel × channels × depth_multiplier + channels × depth_multiplier × filters + filters (bias)"),
    (r"Global(Max|Average)Pooling[123]D", "[sides..., channels]", "[channels]",
     "with `keepdims` the sides stay as 1", "none"),
    (r"(Max|Average)Pooling[123]D", "[sides..., channels]", "[sides..., channels]",
     _SLID.replace("kernel", "pool size"), "none"),
    (r"AdaptiveMaxPooling[123]D|AdaptiveAveragePooling[123]D", "[sides..., channels]", "[output_size..., channels]", "",
     "none"),
    (r"UpSampling[123]D", "[sides..., channels]", "[sides × size..., channels]", "", "none"),
    (r"ZeroPadding[123]D", "[sides..., channels]", "[sides + padding..., channels]", "", "none"),
    (r"Cropping[123]D", "[sides..., channels]", "[sides - cropping..., channels]", "", "none"),
    (r"Embedding", "[...] of whole numbers", "[..., output_dim]", "", "input_dim × output_dim"),
    (r"LSTM", "[steps, n]", "[units], or [steps, units] with `return_sequences`", "", "4 × units × (n + units + 1)"),
    (r"GRU", "[steps, n]", "[units], or [steps, units] with `return_sequences`", "",
     "3 × units × (n + units + 2), with `reset_after=false` 3 × units × (n + units + 1)"),
    (r"SimpleRNN", "[steps, n]", "[units], or [steps, units] with `return_sequences`", "", "units × (n + units + 1)"),
    (r"BatchNormalization", "[...]", "as the input", "", "4 for each size of the axis; half of them not trainable"),
    (r"LayerNormalization", "[...]", "as the input", "", "2 for each value along the axis"),
    (r"RMSNormalization", "[...]", "as the input", "", "1 for each value along the axis"),
    (r"GroupNormalization", "[...]", "as the input", "", "2 for each size of the axis"),
    (r"MultiHeadAttention", "query [steps, n], value [steps, m]", "[steps of the query, n], or `output_shape`", "",
     "those of the four projections, with their biases"),
    (r"Flatten", "[a, b, ...]", "[a × b × ...]", "", "none"),
    (r"Reshape", "[...]", "[target_shape...]", "one size may be -1: what is left", "none"),
    (r"Permute", "[...]", "the axes in the order of `dims`, from 1", "", "none"),
    (r"RepeatVector", "[n]", "[times, n]", "", "none"),
    (r"Concatenate", "tensors that agree but for one axis", "the sum of the sizes along that axis", "", "none"),
    (r"Add|Subtract|Multiply|Average|Maximum|Minimum", "tensors that fit over each other", "their common shape", "",
     "none"),
    (r"Dot", "two tensors", "both without the axes that are summed", "", "none"),
    (r"PReLU", "[...]", "as the input", "", "one for each value, but for `shared_axes`"),
    (_KEEPS, "[...]", "as the input", "", "none"),
)  # fmt: skip


def shape_words(name: str) -> str:
    """A sentence on input and output, and one on parameters; empty where nothing is written down."""
    for pattern, given, made, more, weights in _WORDS:
        if re.fullmatch(pattern, name):
            text = f"Shapes: {given} → {made}{f'; {more}' if more else ''}."
            return f"{text} Parameters: {weights}."
    return ""
