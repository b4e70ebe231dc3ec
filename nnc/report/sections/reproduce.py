"""What somebody needs to do it again and come to the same numbers."""

from __future__ import annotations

from collections.abc import Mapping

from nnc.report.highlight import pieces
from nnc.report.page import Cell, Head, Page


def build(page: Page) -> Mapping[str, object]:
    """Views for `sections/reproduce.html`."""
    reproduce = page.evidence.reproduce
    git = page.say("reproduce.no_git")
    if reproduce.git is not None:
        commit, dirty = reproduce.git
        git = page.say("reproduce.git_dirty" if dirty else "reproduce.git_clean", commit=commit)
    facts = [(page.say("reproduce.seed"), str(reproduce.seed)), (page.say("reproduce.git"), git)]
    facts += [(page.say("reproduce.param", name=name), str(value)) for name, value in reproduce.params.items()]
    heads = [Head(page.say("reproduce.head.what")), Head(page.say("reproduce.head.value"), code=True)]
    hashes: list[list[Cell | str]] = [
        [page.texts.name("reproduce.of", name), value] for name, value in reproduce.sha256.items()
    ]
    machine: list[list[Cell | str]] = [
        [page.texts.name("reproduce.of", name), value]
        for name, value in (*reproduce.versions.items(), *reproduce.hardware.items())
    ]
    return {
        "command": reproduce.command,
        "facts": facts,
        "spec_name": reproduce.spec_name,
        "spec": list(pieces(reproduce.spec_text.rstrip("\n"))),
        "hashes": page.table("hashes", page.say("reproduce.hashes_caption"), heads, hashes) if hashes else None,
        "machine": page.table("machine", page.say("reproduce.machine_caption"), heads, machine) if machine else None,
    }
