"""Specs that are right, damaged at several places at once: how many findings are about the damage, and how many follow.

`python -m tests.mutations [SPECS] [SEED]` damages that many specs and prints the rates, what is missed, what follows.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnc.check import check
from nnc.diagnostics import Diagnostic
from nnc.source import Source
from nnc.syntax import parse
from nnc.syntax.lexer import CLOSERS, OPENERS, Token, pattern, tokenize
from nnc.syntax.tables import END, LINE_END, load
from tests.conftest import ROOT
from tests.golden import CASES

SPECS = sorted([*(ROOT / "examples").glob("*.nn"), *(CASES / "good").glob("*.nn")])
KINDS = ("drop", "double", "replace", "misspell", "bracket")
_SIGNS = (")", "]", "}", ",", "=", "->", ":", "+", "=>", ";", "x", "3", "$", "(")


@dataclass(frozen=True)
class Edit:
    """One place of damage."""

    kind: str
    start: int
    end: int
    text: str


def edits(text: str, random_: random.Random) -> Iterator[Edit]:
    """Damage of every kind, one place a line at most, the lines in random order."""
    tables = load()
    lines: dict[int, list[Token]] = {}
    source = Source("a.nn", text)
    for token in tokenize(text, pattern(tables.signs), tables.words).tokens:
        if token.kind not in (LINE_END, END):
            lines.setdefault(source.position(token.start)[0], []).append(token)
    order = list(lines)
    random_.shuffle(order)
    for line in order:
        kind = random_.choice(KINDS)
        edit = _edit(kind, lines[line], text, random_)
        if edit is not None:
            yield edit


def _edit(kind: str, tokens: Sequence[Token], text: str, random_: random.Random) -> Edit | None:
    if kind == "misspell":
        tokens = [token for token in tokens if token.kind == "NAME" and token.end - token.start >= 4]
    elif kind == "bracket":
        tokens = [token for token in tokens if token.kind in OPENERS or token.kind in CLOSERS]
    if not tokens:
        return None
    token = random_.choice(tokens)
    old = text[token.start : token.end]
    at = random_.randrange(1, max(2, len(old) - 1))
    new = {
        "drop": "",
        "bracket": "",
        "double": f"{old} {old}",
        "replace": random_.choice(_SIGNS),
        "misspell": old[:at] + old[at + 1 :] if old[at : at + 2] == old[at : at + 1] * 2 else _swapped(old, at),
    }[kind]
    return Edit(kind, token.start, token.end, new) if new != old else None


def _swapped(old: str, at: int) -> str:
    return old[:at] + old[at + 1 : at + 2] + old[at : at + 1] + old[at + 2 :]


def damaged(text: str, made: Sequence[Edit]) -> str:
    """The text with the edits made."""
    for edit in sorted(made, key=lambda edit: -edit.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def errors(text: str, folder: Path) -> list[tuple[list[int], str]]:
    """The lines of each error's labels, and its sentence with its help."""
    source = Source("a.nn", text)
    file, found = parse(source)
    items = list(found)
    if file is not None:
        items += check(file, read=lambda name: Source(name, (folder / name).read_text("utf-8")), syntax=found)[1]
    return [(_lines(item), f"{item.message} {item.help}") for item in items if item.severity == "error"]


def _lines(item: Diagnostic) -> list[int]:
    return [label.span.source.position(label.span.start)[0] for label in item.labels]


def _is_about(edit: Edit, line: int, lines: Sequence[int], message: str, text: str) -> bool:
    """Whether a finding speaks of that damage: on its line or the next that holds anything, where what is missing is
    missed; or of a name that was misspelt where it is bound, at its use.
    """
    old = text[edit.start : edit.end]
    named = edit.kind == "misspell" and (f"`{old}`" in message or f"`{edit.text}`" in message)
    following = text.split("\n")[line:]
    reach = line + 1 + next((i for i, other in enumerate(following) if other.strip()), 0)
    return named or any(line <= other <= reach for other in lines)


@dataclass
class Rates:
    """What a sweep counted: places of damage, those that were found, findings, and those that are about no damage."""

    places: int = 0
    met: int = 0
    findings: int = 0
    follow: int = 0

    @property
    def missed(self) -> float:
        """The part of the places that has no finding though alone it has one."""
        return 1 - self.met / max(1, self.places)

    @property
    def following(self) -> float:
        """The part of the findings that stands on no damaged line: it follows from another."""
        return self.follow / max(1, self.findings)


def sweep(rounds: int, seed: int, worst: Counter[str] | None = None) -> Rates:
    """Damage specs at one to five places that each give a finding alone; hold the findings against the places."""
    random_ = random.Random(seed)  # noqa: S311 - the same damage for the same seed is what is wanted
    rates = Rates()
    for _ in range(rounds):
        path = random_.choice(SPECS)
        text = path.read_text(encoding="utf-8")
        many = random_.randint(1, 5)
        chosen: list[Edit] = []
        for edit in edits(text, random_):
            if len(chosen) == many:
                break
            if errors(damaged(text, [edit]), path.parent):
                chosen.append(edit)
        source = Source("a.nn", text)
        found = errors(damaged(text, chosen), path.parent)
        places = [(edit, source.position(edit.start)[0]) for edit in chosen]
        rates.places += len(places)
        rates.findings += len(found)
        made = [(line, edit.kind, text[edit.start : edit.end], edit.text) for edit, line in places]
        for (edit, line), what in zip(places, made, strict=True):
            met = any(_is_about(edit, line, *said, text) for said in found)
            rates.met += met
            if worst is not None and not met:
                worst[f"missed {path.name} {what} | {made}"] += 1
        for lines, message in found:
            if not any(_is_about(edit, line, lines, message, text) for edit, line in places):
                rates.follow += 1
                if worst is not None:
                    worst[f"{path.name} {lines}: {message[:90]} | {made}"] += 1
    return rates


def main() -> None:
    worst: Counter[str] = Counter()
    rates = sweep(int((sys.argv[1:] or ["300"])[0]), int((sys.argv[2:] or ["1"])[0]), worst)
    lines = [f"{rates}: missed {rates.missed:.1%}, following {rates.following:.1%}", *worst]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
