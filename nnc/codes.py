"""The table of findings: every code that nnc can print, one row each.

The hundreds say which phase found it: 00 text, 01 syntax, 02 names and constants, 03 layers and shapes,
04 training and report, 05 the data section, 06 the data itself, 07 runs, 08 model files, 09 warnings about
what runs but is likely wrong. A code, once released, keeps its meaning for ever.
"""

from __future__ import annotations

from nnc.diagnostics import Code

# 00: the text
NOT_UTF8 = Code("NN0001", "the file is not UTF-8")
NO_SUCH_FILE = Code("NN0002", "the file can't be read")
TOO_LARGE = Code("NN0003", "the file is larger than a spec may be")
CANNOT_WRITE = Code("NN0005", "the output can't be written")
NOT_A_RUN = Code("NN0006", "this is neither a spec nor a finished run")
NO_MODEL = Code("NN0007", "there is no such model")
FN_INSIDE = Code("NN0008", "a model file can't hold this fn")
NEEDS_PACKAGE = Code("NN0030", "this needs a package that is not installed")
NOT_IN_ONNX = Code("NN0031", "the model can't be written as ONNX")

# 01: syntax
SYNTAX = Code("NN0101", "this can't stand here")
BAD_CHARACTER = Code("NN0102", "a character that the language has no use for")
UNCLOSED = Code("NN0103", "a bracket or string is not closed")
TOO_DEEP = Code("NN0104", "nested too deeply")
BAD_NUMBER = Code("NN0105", "this is no number")
BAD_ESCAPE = Code("NN0106", "a string has an escape that means nothing")
MISPLACED = Code("NN0107", "a statement in the wrong place")
TOO_MANY = Code("NN0108", "too many mistakes to go on")

# 02: names and constants
UNKNOWN_NAME = Code("NN0201", "nothing has this name")
DEFINED_TWICE = Code("NN0202", "the name is taken")
USED_BEFORE = Code("NN0203", "used before it is defined")
BAD_OPERAND = Code("NN0204", "an operator or function can't take this value")
NO_RESULT = Code("NN0205", "the arithmetic has no result")
TOO_BIG = Code("NN0206", "larger than a spec may hold")
OUT_OF_DOMAIN = Code("NN0207", "outside the param's domain")
UNKNOWN_PARAM = Code("NN0208", "no such param")
BAD_DOMAIN = Code("NN0209", "this is no domain")
BAD_USE = Code("NN0210", "the file can't be used")
USE_CYCLE = Code("NN0211", "files use each other in a circle")
NOT_CALLABLE = Code("NN0212", "this can't be called")
WRONG_COUNT = Code("NN0213", "the wrong number of arguments")
UNKNOWN_SIZE = Code("NN0214", "the size is not known when compiling")
TOO_MUCH = Code("NN0215", "the spec expands to more than may be checked")
NOT_A_CONDITION = Code("NN0216", "a condition is true or false")
NOT_A_LIST = Code("NN0217", "a list is needed here")
BAD_TARGETS = Code("NN0218", "the names don't match what is taken apart")
BAD_INDEX = Code("NN0219", "there is no such item")
NOT_IN_FN = Code("NN0220", "an fn can't hold this")
FN_CIRCLE = Code("NN0221", "fns call each other in a circle")
NOT_HERE = Code("NN0222", "this can't stand here")

# 03: layers and shapes
UNKNOWN_LAYER = Code("NN0301", "no such layer")
UNKNOWN_ARGUMENT = Code("NN0302", "no such argument")
TOO_MANY_ARGUMENTS = Code("NN0303", "more arguments than it takes")
MISSING_ARGUMENT = Code("NN0304", "an argument is missing")
ARGUMENT_TWICE = Code("NN0305", "an argument is given twice")
BAD_ARGUMENT = Code("NN0306", "the argument can't be this")
NOT_A_LAYER = Code("NN0307", "this is not a layer")
REFUSED = Code("NN0308", "this can't be in a spec")
NOT_A_TENSOR = Code("NN0309", "a tensor is needed here")
BAD_DTYPE = Code("NN0310", "no such type of number")
BAD_DIMENSION = Code("NN0311", "this is no size")
BAD_SHAPE = Code("NN0312", "the layer can't take this input")
BAD_OPERATION = Code("NN0313", "the operation can't take these tensors")
LAYER_NAME_TAKEN = Code("NN0314", "two layers have one name")
BAD_LAYER_NAME = Code("NN0315", "a layer can't have this name")
NO_INPUT = Code("NN0316", "there is no input")
NO_OUTPUT = Code("NN0317", "there is no output")
BLOCK_INPUTS = Code("NN0318", "the block takes other inputs")
SHARED_TWICE = Code("NN0319", "a shared layer can't serve both uses")
BAD_REPEAT = Code("NN0320", "this can't be repeated")
UNKNOWN_OP = Code("NN0321", "no such function in keras.ops")
FN_SHAPE = Code("NN0322", "the fn can't be an activation")

# 04: training and report
UNKNOWN_KEY = Code("NN0401", "the section has no such key")
KEY_TWICE = Code("NN0402", "a key is given twice")
SECTION_TWICE = Code("NN0403", "there are two sections of a kind")
BAD_VALUE = Code("NN0404", "the key can't be this")
MISSING_KEY = Code("NN0405", "the section lacks a key")
UNKNOWN_OBJECT = Code("NN0406", "Keras has nothing of this name here")
UNKNOWN_OUTPUT = Code("NN0407", "the model has no such output")
WRONG_FN = Code("NN0408", "the fn does not fit here")
NO_DATA = Code("NN0409", "the width comes from data, and there is none")
LOSS_MISFIT = Code("NN0410", "the loss does not fit the output")
NOT_YET = Code("NN0411", "not built yet")
NOTHING_TO_TRAIN = Code("NN0412", "there is no model for this section")

# 05: the data section
UNKNOWN_SOURCE = Code("NN0501", "no such source of data")
UNKNOWN_PREPARATION = Code("NN0502", "no such way to prepare a column")
BAD_TARGET = Code("NN0503", "this is no target")
BAD_SPLIT = Code("NN0504", "the rows can't be split so")
COLUMN_TWICE = Code("NN0505", "a column is named twice")

# 09: what runs but is likely wrong
SOFTMAX_OF_ONE = Code("NN0901", "softmax over one unit is always 1", "warning")
LOGITS_TWICE = Code("NN0902", "from_logits with an activation", "warning")
NO_PROBABILITY = Code("NN0903", "a cross-entropy of what is no probability", "warning")
INTEGER_LABELS = Code("NN0904", "the loss and the labels differ in form", "warning")
ACCURACY_OF_NUMBERS = Code("NN0905", "accuracy of a regression", "warning")
LATE_DROPOUT = Code("NN0906", "Dropout after the output", "warning")
UNUSED_BINDING = Code("NN0907", "nothing uses this name", "warning")
UNUSED_PARAM = Code("NN0908", "nothing uses this param", "warning")
UNUSED_PIECE = Code("NN0909", "nothing uses this block or fn", "warning")
UNUSED_INPUT = Code("NN0910", "nothing uses this input", "warning")
NOTHING_TO_WATCH = Code("NN0911", "the callback watches what is not there", "warning")
ALLOW_WITHOUT_REASON = Code("NN0912", "an allow needs a reason", "warning")
IDLE_ALLOW = Code("NN0913", "an allow that silences nothing", "warning")

# 06: the data itself
DATA_NOT_FOUND = Code("NN0601", "the data can't be read")
DATA_EMPTY = Code("NN0602", "the data has no rows")
RAGGED_ROW = Code("NN0603", "a row has more or fewer values than the heading")
DATA_ENCODING = Code("NN0604", "the data is not in this encoding")
DUPLICATE_COLUMN = Code("NN0605", "two columns have the same name")
BROKEN_QUOTES = Code("NN0606", "a quoted value is broken")
NOT_A_TABLE = Code("NN0607", "this is no table of text")
DATA_TOO_LARGE = Code("NN0608", "the data is larger than nnc takes")
DATA_NOT_YET = Code("NN0609", "nnc can't do this with data yet")
SOURCE_ARGUMENT = Code("NN0610", "an argument of the source is wrong")
NO_SUCH_COLUMN = Code("NN0611", "there is no such column")
NOT_A_NUMBER = Code("NN0612", "text where a number must stand")
NOT_FINITE = Code("NN0613", "a number that is infinite or too large")
MISSING_VALUE = Code("NN0614", "a value is missing")
TARGET_CLASSES = Code("NN0615", "the target's classes don't fit the loss")
TARGET_DOMAIN = Code("NN0616", "the target's transform can't take this value")
TOO_FEW_ROWS = Code("NN0617", "too few rows")
CLASS_TOO_RARE = Code("NN0618", "a class has too few rows to stratify")
TOO_MANY_CATEGORIES = Code("NN0619", "a category has too many values")
INPUT_WIDTH = Code("NN0620", "an input's size doesn't fit the features")
OUTPUT_WIDTH = Code("NN0621", "the output's size doesn't fit the target")
PREPARATION_ARGUMENT = Code("NN0622", "an argument of a preparation is wrong")
EMPTY_COLUMN = Code("NN0623", "a column without a value among the training rows")
NO_FEATURES = Code("NN0624", "no column is left for the model")
COLUMN_IN_TWO_ROLES = Code("NN0625", "a column is used in two ways")
NO_QUESTION = Code("NN0626", "nothing to predict in this column")

# 07: runs
DIVERGED = Code("NN0701", "the training diverged")
OUT_OF_MEMORY = Code("NN0702", "there is not enough memory")
BROKEN_RUN = Code("NN0703", "a file of the run is missing or broken")
NOT_FINITE_PREDICTION = Code("NN0704", "the model predicts what is no number")
RUN_NOT_YET = Code("NN0705", "nnc can't train this yet")
NOT_TRAINABLE = Code("NN0706", "the spec says too little to train")
TRAINING_REFUSED = Code("NN0707", "Keras refuses to train this")

# 08: model files that come in
MODEL_FILE = Code("NN0801", "this is no model that can come in")
NOT_SAYABLE = Code("NN0802", "the language can't say this layer")
RENAMED = Code("NN0803", "a name of the model is none in a spec", "warning")

ALL: tuple[Code, ...] = tuple(value for value in globals().values() if isinstance(value, Code))
