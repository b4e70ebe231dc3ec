"""What the explainers raise: one small type, whose reason stands in the report where the explanation would."""

from __future__ import annotations


class CannotExplain(Exception):
    """The model or the rows can't be explained. `reason` is a sentence for the reader of the report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
