"""Python's search for reference cycles, and when it is in the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for reference cycles meanwhile: reading and checking make many objects and hardly a cycle, and the

    searches cost more the more there are, so that large specs would take more than their share. The steps are bounded,
    and so is the memory.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
