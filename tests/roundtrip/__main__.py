"""`make roundtrip`: every network of keras.applications in and out; `python -m tests.roundtrip NAME...` for some."""

from __future__ import annotations

import gc
import sys
import time


def main(wanted: list[str]) -> int:
    """Print a line a network and at the end how many came through."""
    import keras

    from tests.roundtrip.networks import names, troubles

    right = 0
    chosen = wanted or names()
    for name in chosen:
        keras.utils.clear_session()
        gc.collect()
        start = time.perf_counter()
        brought, found = troubles(getattr(keras.applications, name)(weights=None), name)
        right += not found
        lines = brought.text.count("\n")
        took = time.perf_counter() - start
        sys.stdout.write(f"{name:20} {lines:4} lines {took:6.1f} s  {'; '.join(found)[:300] or 'same'}\n")
        sys.stdout.flush()
        del brought
    sys.stdout.write(f"{right} of {len(chosen)}\n")
    return int(right < len(chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
