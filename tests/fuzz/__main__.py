"""`make fuzz`: atheris over parser, checker, formatter and what is written of a right spec, held to the invariants.

`python -m tests.fuzz [LIBFUZZER'S OPTIONS]`; its corpus is build/fuzz/corpus, and what it finds goes to build/fuzz.
Each input is any bytes, read as UTF-8; half of the mutations are libFuzzer's own and half keep a spec nearly a spec.
"""

from __future__ import annotations

import random
import sys

import atheris

with atheris.instrument_imports(include=["nnc"]):
    import nnc.check.dispatch
    import nnc.emit.network
    import nnc.emit.python.source
    import nnc.syntax.format  # noqa: F401 - what is imported here is what coverage is measured of
    from nnc import limits
    from tests.fuzz.invariants import hold

from tests.fuzz.mutate import ROOT, mutated, seeds, soup

PLACE = ROOT / "build" / "fuzz"
MOST = 20_000

# A spec that goes on to the bound takes seconds here, where every branch is counted, and teaches nothing new on its
# way. That the bound itself holds is measured by tests/test_bounds.py.
limits.MAX_STEPS //= 20


def one(data: bytes) -> None:
    """Hold one input to all invariants."""
    hold(data.decode("utf-8", "replace"))


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """A mutation of libFuzzer's own, or one that knows the language."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    way = rng.random()
    if way < 0.35:
        return bytes(atheris.Mutate(data, max_size))
    text = soup(rng) if way < 0.4 else mutated(data.decode("utf-8", "replace"), rng)
    return text.encode("utf-8", "replace")[:max_size]


def main() -> None:
    """Fuzz until something is found or the time is up."""
    corpus = PLACE / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeds()):
        (corpus / f"seed_{number:03}").write_bytes(text.encode("utf-8"))
    options = [f"-max_len={MOST}", "-timeout=30", "-rss_limit_mb=2000", f"-artifact_prefix={PLACE}/", *sys.argv[1:]]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
