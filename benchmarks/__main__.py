"""`make bench`: how fast nnc is, as ratios against what a user would otherwise run, measured in one run.

Machines differ and are noisy, so nothing here is a number of seconds to be reached: each row pairs two commands,
runs them by turns, and divides the medians. The row says what the limit is.
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PYTHON = sys.executable


@dataclass(frozen=True)
class Pair:
    """One row: what is measured, against what, how often, and the ratio that must hold (ours / theirs)."""

    what: str
    ours: Sequence[str]
    theirs: Sequence[str]
    rounds: int
    at_most: float
    limit: str


def _nnc(*words: str) -> tuple[str, ...]:
    return (str(Path(PYTHON).with_name("nnc")), *words)


def _python(code: str) -> tuple[str, ...]:
    return (PYTHON, "-c", code)


LONG = ROOT / "build" / "bench" / "thousand_lines.nn"


def write_long() -> None:
    """A spec of a thousand lines: blocks, layers with arguments, sums, and uses of the blocks."""
    lines = []
    for i in range(60):
        lines += [f"block B{i}(n, rate = 0.1) {{", "  input x", "  a = x -> Dense(n, relu) -> Dropout(rate)",
                  "  b = a -> LayerNormalization() -> Dense(n)", "  output y = a + b", "}", ""]  # fmt: skip
    lines += ["model Long {", "  input x: [64]", "  h = x"]
    for i in range(1000 - len(lines) - 2):
        step = f"B{i // 9 % 60}(64)" if i % 9 == 0 else 'Dense(64, activation=relu, kernel_initializer="he_normal")'
        lines.append(f"  h = h -> {step}")
    LONG.parent.mkdir(parents=True, exist_ok=True)
    LONG.write_text("\n".join([*lines, "  output y = h -> Dense(1)", "}"]) + "\n", encoding="utf-8")


EVIDENCE = LONG.with_name("evidence.json")


def write_evidence() -> None:
    """Evidence of a table of thirty columns, with every chart that two classes have."""
    from nnc.plain_json import to_json
    from tests.report_samples import sample

    EVIDENCE.write_text(to_json(sample("breast_cancer")), encoding="utf-8")


_RENDER = """
import sys
from pathlib import Path
from nnc import evidence
from nnc.report import render
render(evidence.read(Path(sys.argv[1])), Path(sys.argv[1]).parent / "report")
"""
_TEN_FIGURES = """
import io, base64
import matplotlib
matplotlib.use("svg")
import matplotlib.pyplot as plt, numpy as np, weasyprint
images = []
for i in range(10):
    figure, axes = plt.subplots(figsize=(7, 3))
    axes.plot(np.arange(100), np.sin(np.arange(100) / (5 + i)))
    axes.plot(np.arange(100), np.cos(np.arange(100) / (5 + i)))
    stream = io.BytesIO()
    figure.savefig(stream, format="svg")
    plt.close(figure)
    images.append("data:image/svg+xml;base64," + base64.b64encode(stream.getvalue()).decode())
weasyprint.HTML(string="".join(f"<p><img src='{image}'></p>" for image in images)).write_pdf()
"""
_TUTORIAL = """
import os, runpy, sys, tempfile
os.environ["MPLBACKEND"] = "agg"
sys.argv = ["tutorial.py", tempfile.mkdtemp()]
runpy.run_path("benchmarks/tutorial.py")
"""
_REPORT = """
import sys, tempfile
from nnc.cli import run
sys.exit(run(["report", "examples/deep_nn.nn", "--quiet", "-o", tempfile.mkdtemp()]))
"""

PAIRS = (
    Pair(
        "a report of 30 columns / ten line figures in WeasyPrint",
        (*_python(_RENDER), str(EVIDENCE)),
        _python(_TEN_FIGURES),
        3,
        6 / 2.5,
        "WeasyPrint: it lays the pages out and draws 24 figures",
    ),
    Pair(
        "nnc report deep_nn.nn / the tutorial by hand",
        _python(_REPORT),
        _python(_TUTORIAL),
        3,
        1 / 3,
        "TensorFlow's import, WeasyPrint",
    ),
    Pair(
        "nnc check, 1,000 lines / import lark",
        _nnc("check", "--quiet", str(LONG)),
        _python("import lark"),
        9,
        0.5 / 0.09,
        "reading 9,000 words and checking 800 layers",
    ),
    Pair(
        "nnc check deep_nn.nn / import lark",
        _nnc("check", str(EXAMPLES / "deep_nn.nn")),
        _python("import lark"),
        15,
        3.0,
        "Python's start, and the imports of lark and click",
    ),
    Pair(
        "nnc check deep_nn.nn / import keras",
        _nnc("check", str(EXAMPLES / "deep_nn.nn")),
        _python("import keras"),
        3,
        1 / 20,
        "as above",
    ),
    Pair(
        "nnc compile deep_nn.nn / import keras",
        _nnc("compile", str(EXAMPLES / "deep_nn.nn")),
        _python("import keras"),
        3,
        1 / 15,
        "as above",
    ),
)


# Warm: each side does the same work again and again in a process of its own, and says the median of one round.
_WARM_CHECK = """
import sys, time, statistics
from pathlib import Path
from nnc.pipeline import front
def once():
    begin = time.perf_counter()
    front.require(front.check(Path(sys.argv[1])))
    return time.perf_counter() - begin
once()
print(statistics.median(once() for _ in range(15)))
"""
_WARM_BUILD = """
import sys, time, statistics
from pathlib import Path
space = {"__name__": "built"}
exec(compile(Path(sys.argv[1]).read_text(encoding="utf-8"), "built", "exec"), space)
def once():
    begin = time.perf_counter()
    space["build_model"]()
    return time.perf_counter() - begin
once()
print(statistics.median(once() for _ in range(3)))
"""
WARM = (
    *(EXAMPLES / f"{name}.nn" for name in ("unet", "transformer", "googlenet")),
    ROOT / "benchmarks/resnet50.nn",
)


def measure_warm(spec: Path) -> tuple[float, float]:
    """Median seconds of checking a spec, and of Keras building the same network, both warm."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "net.py"
        subprocess.run(_nnc("compile", str(spec), "-o", str(source)), check=True, capture_output=True, cwd=ROOT)
        found = [
            float(subprocess.run([PYTHON, "-c", code, str(path)], check=True, capture_output=True, text=True).stdout)
            for code, path in ((_WARM_CHECK, spec), (_WARM_BUILD, source))
        ]
    return found[0], found[1]


def _seconds(command: Sequence[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - begin


def measure(pair: Pair) -> tuple[float, float]:
    """Median seconds of ours and theirs, run by turns after one unmeasured round of each."""
    _seconds(pair.ours)
    _seconds(pair.theirs)
    rounds = [(_seconds(pair.ours), _seconds(pair.theirs)) for _ in range(pair.rounds)]
    return statistics.median(ours for ours, _ in rounds), statistics.median(theirs for _, theirs in rounds)


def main() -> int:
    """Print the table; exit 1 where a ratio is worse than it must be."""
    print(f"{'what':<42} {'ours':>8} {'theirs':>8} {'ratio':>7} {'at most':>8}  limit")
    worse = False
    compileall.compile_dir(ROOT / "nnc", quiet=1)  # as pip does with lark and keras
    write_long()
    write_evidence()
    for pair in PAIRS:
        ours, theirs = measure(pair)
        ratio = ours / theirs
        worse = worse or ratio > pair.at_most
        mark = " !" if ratio > pair.at_most else ""
        print(f"{pair.what:<42} {ours:>7.3f}s {theirs:>7.3f}s {ratio:>7.3f} {pair.at_most:>8.3f}  {pair.limit}{mark}")
    for spec in WARM:
        ours, theirs = measure_warm(spec)
        ratio = ours / theirs
        worse = worse or ratio > 1 / 20
        what = f"check {spec.name} / Keras builds it, warm"
        print(
            f"{what:<42} {ours:>7.4f}s {theirs:>7.3f}s {ratio:>7.4f} {1 / 20:>8.3f}  as above{' !' * (ratio > 1 / 20)}"
        )
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
