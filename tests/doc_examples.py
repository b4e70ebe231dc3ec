"""The examples of docs/language.md, each as a spec that stands by itself.

A fence says what an example is: `nn` is a file, `nn model` are statements of a model, `nn wrong` is a file with a
mistake, and the `text` block behind it is what `nnc check` prints (`make golden` writes it). A file whose first line is
a comment with a path is what `use` opens by that path. Blocks and fns of the examples above may stand in statements.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from nnc.check import check
from nnc.diagnostics import Diagnostic, Findings
from nnc.lean import dataclass
from nnc.render import render_text
from nnc.source import Source
from nnc.syntax import parse

PAGE = Path(__file__).parent.parent / "docs" / "language.md"
FENCE = re.compile(r"^```nn( model| wrong)?\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
_PIECE = re.compile(r"^(?:block|fn) .*?(?=\n\n|\Z)", re.DOTALL | re.MULTILINE)
_MODEL = "model M {\n  input x: [features]\n  output y = x -> Dense(1, sigmoid)\n}\n"
_DATA = 'data {\n  source = sklearn("breast_cancer")\n}\n'


@dataclass(frozen=True)
class Example:
    """An example: its fence (`""`, `"model"`, `"wrong"`), its text, and what is said of it on the page."""

    fence: str
    text: str
    said: str


def examples(page: str) -> list[Example]:
    """The examples of the page, in order."""
    return [Example((fence or "").strip(), text, said or "") for fence, text, said in FENCE.findall(page)]


def written(example: Example) -> str:
    """The example as it stands on the page, as a file."""
    if example.fence != "model":
        return example.text
    return "model M {\n" + textwrap.indent(example.text, "  ") + "}\n"


def _path(example: Example) -> str | None:
    """The path that an example's first line gives it, if any."""
    match = re.match(r"# (blocks/\S+)\n", example.text)
    return match and match.group(1)


def whole(example: Example, above: list[Example]) -> str:
    """The example with all that a spec needs."""
    text = written(example)
    if example.fence == "model":
        if not re.search(r"^output ", example.text, re.MULTILINE):
            first = re.search(r"^input (\w+)", example.text, re.MULTILINE)
            assert first is not None
            text = text[:-2] + f"  output _out = {first.group(1)} * 1\n}}\n"
        pieces = {
            piece.split("(")[0]: piece
            for one in above
            if not one.fence and not _path(one)
            for piece in _PIECE.findall(one.text)
        }
        text += "\n" + "\n\n".join(pieces.values()) + "\n"
    elif re.search(r"^(train|data|report) ", text, re.MULTILINE) and "model " not in text:
        text += "\n" + _MODEL
        if "data {" not in text:
            text += _DATA
    return text


def found(text: str, above: list[Example]) -> list[Diagnostic]:
    """Everything that is found in an example."""
    files = {path: one.text for one in above if (path := _path(one))}
    file, syntax = parse(Source("spec.nn", text))
    findings = Findings(syntax)
    if file is not None:
        findings.extend(check(file, read=lambda path: Source(path, files[path]), syntax=syntax)[1])
    return list(findings)


def renewed(page: str) -> str:
    """The page with what is said of each mistake as it is said today."""

    def one(match: re.Match[str]) -> str:
        fence, text, _ = match.groups()
        if (fence or "").strip() != "wrong":
            return match.group(0)
        return f"```nn wrong\n{text}```\n\n```text\n{render_text(found(text, []))}```\n"

    return FENCE.sub(one, page)
