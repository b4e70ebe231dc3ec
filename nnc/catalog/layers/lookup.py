"""Layers with a vocabulary: each word, or whole number, has its place in it. Without one they learn it from rows."""

from __future__ import annotations

from collections.abc import Callable

from nnc.catalog.layers.preprocessing import counted, encoded, need_places, no_sparse
from nnc.catalog.layers.spec import LayerSpec
from nnc.catalog.rows import Applied
from nnc.catalog.rules import UNKNOWN, Args, Refused, need_dtype, single
from nnc.catalog.shape import Dim, Shape, TensorType


def _check_words(args: Args, mask: str | int | None) -> None:
    """Refuse a vocabulary that Keras would refuse, and words that don't fit the other arguments."""
    words, mode, weights = args["vocabulary"], args["output_mode"], args["idf_weights"]
    if weights is not None and mode != "tf_idf":
        raise Refused("`idf_weights` goes with `output_mode` tf_idf alone", "no `idf_weights`", mode, "idf_weights")
    if args["pad_to_max_tokens"] and args["max_tokens"] is None:
        raise Refused("`pad_to_max_tokens` needs `max_tokens`", "a number", "none", "max_tokens")
    if words is None:
        if weights is not None:
            raise Refused("`idf_weights` goes with a `vocabulary`", "a `vocabulary`", "none", "idf_weights")
        return
    if mode == "tf_idf" and (weights is None or len(weights) != len(words)):
        found = "none" if weights is None else f"{len(weights)} numbers"
        raise Refused("tf_idf needs a weight for each word", f"{len(words)} numbers", found, "idf_weights")
    special = _special(args, mask)
    tokens = words[len(special) :] if special and words[: len(special)] == special else words
    if not words or len(set(tokens)) < len(tokens):
        raise Refused("the vocabulary must have words, each once", "different words", "a repetition", "vocabulary")
    if any(token in tokens for token in _reserved(args, mask)):
        raise Refused("the vocabulary has a word that stands for others", "words alone", "such a word", "vocabulary")
    size = _first(args, mask) + len(tokens)
    if args["max_tokens"] is not None and size > args["max_tokens"]:
        raise Refused("the vocabulary is longer than `max_tokens`", f"at most {args['max_tokens']}", size, "vocabulary")


def _reserved(args: Args, mask: str | int | None) -> tuple[str | int, ...]:
    found = (mask, args["oov_token"] if args.get("invert") else None)
    return tuple(token for token in found if token is not None)


def _special(args: Args, mask: str | int | None) -> tuple[str | int, ...]:
    """The tokens that Keras puts before the vocabulary."""
    before = (mask,) if mask is not None and args["output_mode"] == "int" else ()
    return (*before, *(args.get("oov_token", "[UNK]"),) * args.get("num_oov_indices", 1))


def _first(args: Args, mask: str | int | None) -> int:
    """The place of the first word."""
    return len(_special(args, mask))


def _depth(args: Args, mask: str | int | None) -> Dim:
    """How many places there are; open while the vocabulary is to be learnt and not filled up."""
    if args["pad_to_max_tokens"]:
        size: int = args["max_tokens"]
        return size
    words = args["vocabulary"]
    if words is None:
        return UNKNOWN
    special = _special(args, mask)
    return len(words) if special and words[: len(special)] == special else len(special) + len(words)


def _looked_up(args: Args, tensor: TensorType, mask: str | int | None) -> Applied:
    mode = args["output_mode"]
    need_places(tensor, mode)
    if mode == "tf_idf" and args["vocabulary"] is None and len(tensor.shape) > 1:
        raise Refused("the weights of tf_idf can be learnt along one axis alone", "one axis", tensor)
    if mode == "int":
        return Applied((TensorType(tensor.shape, "int64"),))
    depth = _depth(args, mask)
    shape = encoded(tensor.shape, "one_hot", depth) if mode == "one_hot" else counted(tensor, depth)
    return Applied((TensorType(shape, "float32"),))


def _lookup(takes: str) -> Callable[[Args, TensorType], Applied]:
    def rule(args: Args, tensor: TensorType) -> Applied:
        inverted = args["invert"]
        if takes == "text" and not inverted and tensor.dtype != "string":
            raise Refused("`StringLookup` looks up text", "a tensor of text", tensor)
        if takes == "numbers" or inverted:
            need_dtype(tensor, "numbers", "this lookup")
        if inverted and args["output_mode"] != "int":
            raise Refused("`invert` goes with `output_mode` int alone", "int", args["output_mode"], "output_mode")
        if takes == "text" and inverted and args["vocabulary"] is None:
            raise Refused("with `invert` numbers go in, from which no words are learnt", "words", "none", "vocabulary")
        if takes == "numbers" and args["salt"] is not None and args["oov_method"] != "farmhash":
            raise Refused("`salt` goes with `oov_method` farmhash alone", "no `salt`", args["oov_method"], "salt")
        no_sparse(args)
        _check_words(args, args["mask_token"])
        return _looked_up(args, tensor, args["mask_token"])

    return rule


# ---- TextVectorization ---------------------------------------------------------------------------


def _vectorized(args: Args, tensor: TensorType) -> Applied:
    mode, length = args["output_mode"], args["output_sequence_length"]
    if tensor.dtype != "string":
        raise Refused("`TextVectorization` takes text", "a tensor of text", tensor)
    no_sparse(args)
    if args["ragged"]:
        raise Refused("a ragged tensor fits into hardly any layer behind this one", "false", "true", "ragged")
    if length is not None and mode != "int":
        reason = "`output_sequence_length` goes with `output_mode` int alone"
        raise Refused(reason, "none", length, "output_sequence_length")
    if mode == "one_hot" and args["split"] is not None:
        reason = "`one_hot` of words gives a ragged tensor, which hardly any layer takes"
        raise Refused(reason, "multi_hot, count, tf_idf or int", "one_hot", "output_mode")
    _check_words(args, "")
    _need_texts(args, tensor)
    if mode == "int":
        return Applied((TensorType((UNKNOWN if length is None else length,), "int64"),))
    shape: Shape = (*tensor.shape, UNKNOWN) if args["split"] is not None else tensor.shape
    return _looked_up(args, TensorType(shape, "string"), "")


def _need_texts(args: Args, tensor: TensorType) -> None:
    """One text a row where it is split into words; one axis of words where it is not, but for `one_hot`."""
    if args["split"] is None and args["output_mode"] != "one_hot" and len(tensor.shape) != 1:
        raise Refused("with no `split`, each row must be a list of words", "one axis", tensor)
    allowed = ((), (1,)) if args["output_mode"] == "int" else ((),)
    if args["split"] is not None and tensor.shape not in allowed:
        wanted = "[] or [1]" if len(allowed) > 1 else "[]"
        reason = "to be split into words, each row must be one text"
        raise Refused(reason, wanted, tensor, help="write the input as `input text: string[]`")


# ---- the table -----------------------------------------------------------------------------------

ROWS: tuple[LayerSpec, ...] = (
    LayerSpec(
        "StringLookup",
        "Gives each text its place in a vocabulary: a given one, or that of the training rows.",
        single(_lookup("text")),
        'words -> StringLookup(vocabulary=["red", "green"])',
        "any",
        shown=("output_mode",),
        adapts=("vocabulary", "idf_weights"),
    ),
    LayerSpec(
        "IntegerLookup",
        "Gives each whole number its place in a vocabulary: a given one, or that of the training rows.",
        single(_lookup("numbers")),
        "ids -> IntegerLookup(vocabulary=[10, 20, 30])",
        "any",
        shown=("output_mode",),
        adapts=("vocabulary", "idf_weights"),
    ),
    LayerSpec(
        "TextVectorization",
        "Splits texts into words and gives each its place in a vocabulary.",
        single(_vectorized),
        'text -> TextVectorization(vocabulary=["good", "bad"], output_sequence_length=20)',
        "any",
        shown=("output_mode", "output_sequence_length"),
        adapts=("vocabulary", "idf_weights"),
    ),
)
