"""What is said about signs that only look like those of the language: `（`, `→`, a no-break space, `/* */`."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import name

from nnc import codes, limits
from nnc.diagnostics import Findings, Fix
from nnc.source import Source, Span


def find_alikes(source: Source, alikes: Iterable[tuple[int, int, str]], findings: Findings) -> None:
    """Add a finding for each, with its fix; the lexer has read it as what was meant."""
    for start, end, written in alikes:
        if len(findings) >= limits.MAX_SYNTAX_FINDINGS:
            return
        span = source.span(start, end)
        message, help_ = _said(span.text, written)
        if written[:1].isdigit():
            message, help_ = "the digits of a number stand without commas", f"write {written}"
        found = None if span.text.startswith("/*") or not written.strip() else f"`{span.text[:40]}`"
        fix = Fix(help_, span, written, _is_sure(span, written))
        findings.add(
            codes.BAD_NUMBER if written[:1].isdigit() else codes.BAD_CHARACTER,
            message,
            span,
            expected=f"`{written}`" if found and written.strip() else None,
            found=found,
            help=help_,
            fix=fix,
        )


def _said(text: str, written: str) -> tuple[str, str]:
    if text.startswith("/*"):
        return "a comment begins with `#` and ends with its line", "write `#` before each of its lines"
    if not written.strip():
        if text.startswith("\\"):
            return "a line goes on by itself where the next one begins with `->`", "take the `\\` out"
        return f"this is no blank but {_name(text[0])}", "write a blank" if written else "take it out"
    if written.startswith('"'):
        return "these quotes are not straight", f"write {written}"
    if text.isascii():
        return f"`{text}` is no sign of the language", f"write `{written}`"
    return f"this is {_name(text[0])}, which only looks like `{written}`", f"write `{written}`"


def _name(char: str) -> str:
    words = name(char, "character").lower()
    return f"{'an' if words[0] in 'aeio' else 'a'} {words} (U+{ord(char):04X})"


def _is_sure(span: Span, written: str) -> bool:
    """Whether nothing stands behind a comment of C that would become part of it."""
    if not written.startswith("#"):
        return True
    line, column = span.source.position(span.end)
    return not span.source.line(line)[column - 1 :].strip()
