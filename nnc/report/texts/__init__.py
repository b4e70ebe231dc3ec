"""The words of the report, one catalogue a language: a key gives a sentence with places for values.

Values are put in by `str.format` once and never looked at again, so a value may hold braces. Markup never stands
in a text: the templates escape everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnc.report.texts import en, zh

ENGLISH = "en"
_CATALOGUES: Mapping[str, Mapping[str, str]] = {ENGLISH: en.TEXTS, "zh": zh.TEXTS}
_LANGUAGE_TAGS: Mapping[str, str] = {ENGLISH: "en", "zh": "zh-Hans"}


@dataclass(frozen=True)
class Texts:
    """The catalogue of one language; what it lacks is said in English."""

    language: str

    @property
    def tag(self) -> str:
        """The language as HTML and PDF name it (BCP 47)."""
        return _LANGUAGE_TAGS[self.language]

    def say(self, key: str, **values: object) -> str:
        """The text of a key with its values. Raises KeyError for a key that no catalogue has."""
        text = _CATALOGUES[self.language].get(key)
        return (text if text is not None else en.TEXTS[key]).format(**values)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in en.TEXTS

    def name(self, group: str, key: str) -> str:
        """The text `group.key`, or the key itself where nobody has written one (metrics of the user's own)."""
        return self.say(f"{group}.{key}") if self.has(f"{group}.{key}") else key.replace("_", " ")


def texts(language: str) -> Texts:
    """The catalogue of a language, English where there is none of it."""
    return Texts(language if language in _CATALOGUES else ENGLISH)
