"""A page of Markdown in the terminal: headings, paragraphs, code and tables, in colour where somebody watches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnc.render import plain

_WIDTH = 100
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\([^)]+\)")
_KEYWORDS = (
    "use param fn block model data train report features input output layer for in if then else and or not return "
    "true false none"
)
_SPEC_WORDS = re.compile(rf"#.*|\"[^\"\n]*\"|'[^'\n]*'|\b(?:{'|'.join(_KEYWORDS.split())})\b|->")
_SPEC_STYLES = {"#": "dim", '"': "green", "'": "green", "-": "bold cyan"}
_FINDING_STYLES = (
    (re.compile(r"^error\[NN\d{4}\](?=:)"), "bold red"),
    (re.compile(r"^warning\[NN\d{4}\](?=:)"), "bold yellow"),
    (re.compile(r"^ *(?:-->|:::)|^ *\d* \||^ *⋮"), "cyan"),
    (re.compile(r"\^+.*$"), "bold red"),
    (re.compile(r"^ *= help:"), "bold green"),
    (re.compile(r"^ *= \w+:"), "bold"),
)


def print_page(markdown: str) -> None:
    """Print a page, at most 100 columns wide; in a pipe it is the same text without colour."""
    console = Console(highlight=False)
    width = min(_WIDTH, console.width) if console.is_terminal else _WIDTH
    console = Console(highlight=False, width=width)
    for number, (kind, text) in enumerate(_blocks(markdown)):
        if number:
            console.print()
        _PRINTERS.get(kind, _print_code)(console, kind, text)


def _blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """The blocks of a page: `#`, `` (a paragraph), `-` (an item), `|` (a table), or the language of a fenced block."""
    pending: list[str] = []
    fence: str | None = None
    for line in [*markdown.splitlines(), ""]:
        if fence is not None:
            if line.startswith("```"):
                yield f"code {fence}", "\n".join(pending)
                pending, fence = [], None
            else:
                pending.append(line)
            continue
        starts = line.startswith(("#", "```", "- ")) or not line.strip()
        if pending and (starts or (line.startswith("|") != pending[0].startswith("|"))):
            yield _kind(pending[0]), "\n".join(pending)
            pending = []
        if line.startswith("```"):
            fence = line[3:].strip()
        elif line.startswith("<!--") or not line.strip():
            continue
        elif line.startswith("#"):
            yield "#", line
        else:
            pending.append(line)


def _kind(first: str) -> str:
    return first[0] if first.startswith(("- ", "|")) else ""


def _prose(text: str) -> Text:
    styled = Text()
    text = " ".join(plain(line.strip()) for line in text.split("\n"))
    end = 0
    for match in _INLINE.finditer(text):
        styled.append(text[end : match.start()])
        code, bold, link = match.groups()
        styled.append(f"`{code}`" if code else bold or link, "cyan" if code else "bold")
        end = match.end()
    return styled.append(text[end:])


def _print_heading(console: Console, kind: str, text: str) -> None:
    del kind
    level = len(text) - len(text.lstrip("#"))
    console.print(Text(plain(text.lstrip("# ")), "bold underline" if level == 1 else "bold"))


def _print_paragraph(console: Console, kind: str, text: str) -> None:
    del kind
    _print_wrapped(console, _prose(text), "")


def _print_item(console: Console, kind: str, text: str) -> None:
    del kind
    _print_wrapped(console, _prose(text[2:]), "- ")


def _print_wrapped(console: Console, prose: Text, mark: str) -> None:
    for number, line in enumerate(prose.wrap(console, console.width - len(mark))):
        line.rstrip()
        console.print(Text.assemble(mark if number == 0 else " " * len(mark), line))


def _print_table(console: Console, kind: str, text: str) -> None:
    del kind
    rows = [[cell.strip() for cell in line.strip().strip("|").split(" |")] for line in text.split("\n")]
    table = Table(box=None, show_header=bool(any(rows[0])), pad_edge=False, header_style="bold")
    for heading in rows[0]:
        table.add_column(_prose(heading))
    for row in rows[2:]:
        table.add_row(*(_prose(cell) for cell in row))
    console.print(table)


def _print_code(console: Console, kind: str, text: str) -> None:
    paint = _spec if kind == "code nn" else _finding
    for line in text.split("\n"):
        console.print(Text.assemble("    ", paint(line)) if line.strip() else "", soft_wrap=True)


def _spec(line: str) -> Text:
    styled = Text(plain(line))
    for match in _SPEC_WORDS.finditer(styled.plain):
        styled.stylize(_SPEC_STYLES.get(match[0][0], "bold blue"), match.start(), match.end())
        if match[0][0] == "#":
            break
    return styled


def _finding(line: str) -> Text:
    styled = Text(plain(line))
    for pattern, style in _FINDING_STYLES:
        match = pattern.search(styled.plain)
        if match is not None:
            styled.stylize(style, match.start(), match.end())
            break
    return styled


_PRINTERS = {"#": _print_heading, "": _print_paragraph, "-": _print_item, "|": _print_table}
