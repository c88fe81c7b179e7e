"""Sentences about an answer to which a face may add what to do."""

from typing import Self, TypedDict

from coach.remedies import NoticeKind


class StoredNotice(TypedDict):
    """A notice as JSON."""

    text: str
    kind: NoticeKind
    facts: dict[str, str]


class Notice(str):
    """A sentence that every face can show as it is.

    A face that has words for its `kind` adds a command or a button; `facts` fill those words.
    """

    __slots__ = ("facts", "kind")

    kind: NoticeKind
    facts: dict[str, str]

    def __new__(cls, text: str, kind: NoticeKind, **facts: str) -> Self:
        """Return the sentence with its kind and facts."""
        notice = super().__new__(cls, text)
        notice.kind = kind
        notice.facts = facts
        return notice

    def __getnewargs_ex__(self) -> tuple[tuple[str, NoticeKind], dict[str, str]]:
        """Return how another process makes this sentence again."""
        return (str(self), self.kind), self.facts


def as_json(sentence: str) -> str | StoredNotice:
    """Return a sentence as JSON, an object where it is a notice."""
    if isinstance(sentence, Notice):
        return {"text": str(sentence), "kind": sentence.kind, "facts": sentence.facts}
    return sentence


def from_json(stored: str | StoredNotice) -> str:
    """Return the sentence that `as_json` turned into JSON."""
    if isinstance(stored, str):
        return stored
    return Notice(stored["text"], stored["kind"], **stored["facts"])
