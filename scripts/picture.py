"""Makes docs/images/spec-and-report.png: a spec beside page one of its report. Needs chromium and pdftoppm.

Usage: python scripts/picture.py examples/breast_cancer.nn build/breast_cancer/report.pdf
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from nnc.report.highlight import pieces

PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 28px; background: #e9edf2; font-family: Inter, Arial, sans-serif; }}
main {{ display: flex; gap: 28px; align-items: stretch; }}
pre, img {{ background: #fff; border-radius: 6px; box-shadow: 0 1px 6px #0003; margin: 0; height: 1000px; }}
pre, img {{ box-sizing: border-box; }}
pre {{ padding: 34px 30px; font: 14.5px/1.62 "DejaVu Sans Mono", monospace; flex: 1; color: #1b1f24; }}
pre {{ overflow: hidden; white-space: pre-wrap; }}
.comment {{ color: #5a6673; font-style: italic; }} .keyword {{ color: #0b5394; font-weight: 700; }}
.string {{ color: #8a4b08; }} .number, .constant {{ color: #9a3b6b; }}
.layer {{ color: #00654b; }} .arrow {{ color: #b04a00; }}
</style><main><pre>{spec}</pre><img src="data:image/png;base64,{page}"></main>"""


def main(spec: Path, report: Path) -> None:
    """Render the spec and the PDF's first page side by side."""
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder) / "one"
        subprocess.run(["pdftoppm", "-r", "110", "-png", "-f", "1", "-l", "1", "-singlefile", report, one], check=True)
        page = base64.b64encode(one.with_suffix(".png").read_bytes()).decode()
        words = "".join(
            f'<span class="{kind}">{escape(text)}</span>' if kind else escape(text)
            for kind, text in pieces(spec.read_text(encoding="utf-8"))
        )
        html = Path(folder) / "page.html"
        html.write_text(PAGE.format(spec=words, page=page), encoding="utf-8")
        out = Path(__file__).parent.parent / "docs" / "images" / "spec-and-report.png"
        browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        subprocess.run(
            [
                *browser,
                f"--user-data-dir={folder}/profile",
                "--window-size=1500,1056",
                f"--screenshot={out}",
                html.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
