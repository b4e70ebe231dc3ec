"""Silencing a warning where it stands: `# allow NN0901: the single class is on purpose`.

The comment stands at the end of the line, or alone on the line before. It names one code or several and gives a
reason; without one it silences nothing. Errors can't be silenced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field

from nnc import codes, limits
from nnc.diagnostics import Diagnostic, Findings
from nnc.lean import dataclass
from nnc.source import Span
from nnc.syntax import tree

_FORM = re.compile(r"#\s*allow\s+(NN\d{4}(?:\s*,\s*NN\d{4})*)(?:\s*:\s*(\S.*)|.*)$")


@dataclass(slots=True)
class _Allow:
    ids: frozenset[str]
    span: Span
    used: set[str] = field(default_factory=set)


def silence(findings: Iterable[Diagnostic], file: tree.File) -> Findings:
    """The findings without those that an `allow` silences, and with one for each `allow` that is of no use."""
    lines: dict[int, _Allow] = {}
    kept = Findings()
    for comment in file.comments:
        match = _FORM.match(comment.text)
        if match is None:
            continue
        if match[2] is None:
            if len(kept) >= limits.MAX_FINDINGS:
                continue
            message = "this silences nothing: it gives no reason"
            hint = f"write # allow {match[1]}: why it is right here"
            kept.add(codes.ALLOW_WITHOUT_REASON, message, comment.span, help=hint)
            continue
        lines[_line_meant(comment.span)] = _Allow(frozenset(re.findall(r"NN\d{4}", match[1])), comment.span)
    for finding in findings:
        allow = lines.get(_line_of(finding, file))
        if finding.severity == "warning" and allow is not None and finding.code.id in allow.ids:
            allow.used.add(finding.code.id)
        else:
            kept.extend([finding])
    for allow in lines.values():
        for code in sorted(allow.ids - allow.used):
            if len(kept) >= limits.MAX_FINDINGS:  # nobody reads more
                return kept
            kept.add(codes.IDLE_ALLOW, f"there is no {code} here to be silenced", allow.span, help="remove it")
    return kept


def _line_meant(span: Span) -> int:
    line, column = span.source.position(span.start)
    alone = not span.source.line(line)[: column - 1].strip()
    return line + 1 if alone else line


def _line_of(finding: Diagnostic, file: tree.File) -> int:
    if not finding.labels or finding.labels[0].span.source is not file.source:
        return -1
    return file.source.position(finding.labels[0].span.start)[0]
