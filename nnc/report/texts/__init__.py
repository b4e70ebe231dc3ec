"""The words of the report, one catalogue a language in `templates/texts/`: a key gives a sentence with places.

Values are put in as `str.format` does it, once, and never looked at again, so a value may hold braces. Markup never
stands in a text: the templates escape everything.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from nnc import assets
from nnc.report.texts.joining import fill_in

ENGLISH = "en"
LANGUAGE_TAGS: Mapping[str, str] = {ENGLISH: "en", "zh": "zh-Hans"}
"""The languages of the report and their names in HTML and PDF (BCP 47)."""

_PLAIN = "general."


@dataclass(frozen=True)
class Texts:
    """The catalogue of one language; what it lacks is said in English."""

    language: str

    @property
    def tag(self) -> str:
        """The language as HTML and PDF name it (BCP 47)."""
        return LANGUAGE_TAGS[self.language]

    def say(self, key: str, **values: object) -> str:
        """The text of a key with its values. Raises KeyError for a key that English does not have."""
        text = catalogue(self.language).get(key)
        return fill_in(text if text is not None else catalogue(ENGLISH)[key], values)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in catalogue(ENGLISH)

    def name(self, group: str, key: str) -> str:
        """The text `group.key`, or the key itself where nobody has written one (metrics of the user's own)."""
        return self.say(f"{group}.{key}") if self.has(f"{group}.{key}") else key


def texts(language: str) -> Texts:
    """The catalogue of a language, English where there is none of it."""
    return Texts(language if language in LANGUAGE_TAGS else ENGLISH)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Key to text for a language; keys of the table `general` have no prefix. Empty where the file is missing."""
    path = assets.folder("templates") / "texts" / f"{language}.toml"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return dict(_flat(tomllib.load(file), ""))


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield (before + key).removeprefix(_PLAIN), value
        else:
            yield from _flat(value, f"{before}{key}.")
