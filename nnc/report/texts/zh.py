"""The report's Chinese; a key that is missing here is said in English."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
