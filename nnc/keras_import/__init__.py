"""What Keras has written down, as a checked graph: `import_config` is the door.

    files.py      a model file → the JSON of its configuration, bounded, without running anything
    shape_of.py   what a configuration must look like: accessors that say what is wrong instead of failing
    values.py     serialized values and Keras objects → values of the graph
    layers.py     a layer's configuration → kind and arguments, defaults left out
    operations.py functions of keras.ops in the graph
    expand.py     layers of keras.applications that the catalog lacks, said with those that it has
    models.py     functional, Sequential and nested models → calls in order

Nothing here imports Keras or TensorFlow: a configuration is data. Only `package.module:function`, which runs the
user's own code by the user's wish, does (nnc/pipeline/bring.py).
"""

from __future__ import annotations

from nnc.keras_import.models import Imported, import_config

__all__ = ["Imported", "import_config"]
