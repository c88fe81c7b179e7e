"""What is sent: one message with an id that every repetition of it has.

It says what happened, and never what to trade: its words are those of the digest.
"""

from dataclasses import dataclass
from datetime import datetime

from coach.engine.digest.page.letter import letter_html, summary
from coach.engine.digest.render import text
from coach.engine.digest.shape import Pack
from coach.model.canonical import canonical_json

PICTURE = "days"
"""The name by which the mail's page refers to its picture."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in all its forms; `date` is when it was first asked for.

    `summary` is the highlight and the cost, for a small screen. `html` shows the picture by its
    name; `pack` is the digest as JSON, empty for a message that is none.
    """

    id: str
    kind: str
    week: str
    date: datetime
    title: str
    summary: str
    text: str
    html: str = ""
    picture: bytes = b""
    pack: str = ""


def digest_letter(pack: Pack, picture: bytes, id_: str, date: datetime) -> Letter:
    """Return a digest as a message; without a picture where the week has no chart."""
    return Letter(
        id=id_,
        kind="digest",
        week=pack["week"],
        date=date,
        title=f"Trading digest {pack['week']}",
        summary=summary(pack),
        text=text(pack),
        html=letter_html(pack, PICTURE if picture else ""),
        picture=picture,
        pack=canonical_json(pack).decode(),
    )


def trial_letter(id_: str, date: datetime) -> Letter:
    """Return the message that shows that a channel works."""
    words = "This is a test: your weekly digest comes here."
    return Letter(
        id=id_, kind="test", week="", date=date, title="coach: test", summary=words, text=words
    )


def breach_letter(id_: str, date: datetime, words: str) -> Letter:
    """Return the message that a rule was broken; it says what was broken and nothing to do."""
    title = "coach: rule broken"
    return Letter(id=id_, kind="breach", week="", date=date, title=title, summary=words, text=words)
