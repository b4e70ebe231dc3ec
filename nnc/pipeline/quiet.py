"""TensorFlow writes about devices to standard error while it is loaded, from C++ and before any setting counts.

Users who train on a laptop read there of missing GPU drivers and take it for a failure. While it is loaded, file
descriptor 2 goes into a temporary file; if loading fails, what was written is shown.
"""

from __future__ import annotations

import os
import sys
import tempfile


def load_tensorflow() -> None:
    """Import TensorFlow without its messages. Raises ImportError as the import does, after showing them."""
    if "tensorflow" in sys.modules or os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            import tensorflow as tf  # noqa: F401 - loaded for its effect
        except BaseException:
            os.dup2(kept, 2)
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
