"""`coach note`: what you write down about trades and days, and find again."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.note_lines import text_lines
from coach.advice.readable import ENOUGH_OF_A_KEY, local
from coach.cli.frame import Frame, frame_of
from coach.cli.lazy import sub_app
from coach.cli.notes.written import written_text
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Last, Limit
from coach.errors import CoachError, Invalid, NotFound, UsageError
from coach.model.journal.notes import NotedTrade
from coach.views import notes as views
from coach.views.paging import list_page
from coach.views.table import Table, rows
from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from coach.engine.api.notes import NoteChange, NoteFilter
    from coach.engine.api.session import Session
    from coach.model.journal.notes import JournalNote

HELP = "What you write down about trades and days."
EXAMPLES = """\
\b
  coach note 3fa9c1 sold before my target    a trade's id, or its beginning
  coach note 2026-03-04 slept badly          a day; also today and yesterday
  coach note 3fa9c1 - < thoughts.txt         the text from a file or a pipe
  coach note 3fa9c1                          opens $EDITOR
  coach note search target "slept badly"     notes with both, in any case
  coach note list --since 30d
  coach note edit 12
  coach note remove 12                       coach note restore 12 undoes it

After -- a text may begin with a dash: coach note 3fa9c1 -- "-2 R".
"""
HOW = "coach note TRADE|DAY TEXT, or - for stdin"
SUBJECTS = "a trade, by its id or the beginning of it, or a day as 2026-03-04"
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="As the list shows it.")]
Words = Annotated[
    list[str] | None, typer.Argument(metavar="TEXT", help="What to remember; - is stdin.")
]
Time = Annotated[str | None, typer.Option(metavar="TIME", help="Day, week, time, or 30d.")]
Symbol = Annotated[
    str | None, typer.Option(metavar="SYMBOL", help="Only notes on trades in this one.")
]
Removed = Annotated[bool, typer.Option("--removed", help="Those that you removed instead.")]


def listed(context: typer.Context) -> None:
    """List the notes."""
    if context.invoked_subcommand is None:
        notes(context)


app = sub_app(HELP, alone=listed, otherwise="add", epilog=EXAMPLES)


@app.command()
def add(
    context: typer.Context,
    about: Annotated[str, typer.Argument(metavar="TRADE|DAY", help="What the note is on.")],
    text: Words = None,
) -> None:
    """Write a note; add may be left out.

    A text that is left out is asked for on a terminal, in $VISUAL or $EDITOR where one is set.
    """
    from coach.engine.api import notes as api

    frame = frame_of(context)
    with frame.session(create=True) as session:
        subject = _subject(frame, session, about)
        kept = written_text(frame, text or (), HOW, f"Note on {_on(subject, frame.zone)}")
        change = api.add(session, subject, kept)
    frame.show(changed("note add", change, frame.zone))


@app.command("list")
def notes(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    since: Time = None,
    until: Time = None,
    symbol: Symbol = None,
    after: After = None,
    limit: Limit = None,
    last: Last = None,
    removed: Removed = False,
) -> None:
    """List the notes, oldest day or opening of a trade first.

    --since and --until go by the day, or by when the trade was opened.

    \b
      coach note list --since 2026-W10 --until 2026-W10
      coach note list --symbol BTC-USD --last 5
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.notes import NoteFilter

    frame, page = frame_of(context), list_page(after, limit, last)
    with frame.session() as session:
        begin, end = _span(frame, session, since, until)
        wanted = NoteFilter((), begin, end, symbol and symbol.upper(), removed, page)
        found = _found(frame, session, wanted)
    frame.show(listing("note list", found, frame.zone))


@app.command()
def search(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What the notes hold.")],
    since: Time = None,
    until: Time = None,
    symbol: Symbol = None,
    after: After = None,
    limit: Limit = None,
    last: Last = None,
) -> None:
    """Find the notes that hold all these words.

    Parts of words count, too; upper case and accents make no difference.

    \b
      coach note search target               also Targets, TARGETED
      coach note search cafe late            both, in any order
      coach note search "too late"           the two words one after the other

    Nothing has a special meaning: % is a percent sign, * an asterisk.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.notes import NoteFilter

    frame, page = frame_of(context), list_page(after, limit, last)
    if not any(word.strip() for word in words):
        raise UsageError("coach note search WORDS; coach note list shows all", what="which words?")
    with frame.session() as session:
        begin, end = _span(frame, session, since, until)
        wanted = NoteFilter(tuple(words), begin, end, symbol and symbol.upper(), page=page)
        found = _found(frame, session, wanted)
    frame.show(listing("note search", found, frame.zone, "no note holds that"))


@app.command()
def edit(context: typer.Context, number: Number, text: Words = None) -> None:
    """Change the text of a note.

    Without TEXT a terminal opens it in $VISUAL or $EDITOR.
    """
    from coach.engine.api import notes as api

    frame = frame_of(context)
    with frame.session() as session:
        before = api.standing_note(session, number)
        how = f"coach note edit {number} TEXT, or - for stdin"
        title = f"Note {number} on {_on(before.about, frame.zone)}"
        kept = written_text(frame, text or (), how, title, before.text)
        change = api.edit(session, number, kept)
    frame.show(changed("note edit", change, frame.zone))


@app.command()
def remove(context: typer.Context, number: Number) -> None:
    """Remove a note; restore brings it back."""
    from coach.engine.api import notes as api

    frame = frame_of(context)
    with frame.session() as session:
        change = api.remove(session, number)
    frame.show(changed("note remove", change, frame.zone))


@app.command()
def restore(context: typer.Context, number: Number) -> None:
    """Bring a removed note back."""
    from coach.engine.api import notes as api

    frame = frame_of(context)
    with frame.session() as session:
        change = api.restore(session, number)
    frame.show(changed("note restore", change, frame.zone))


@app.command()
def share(context: typer.Context, number: Number) -> None:
    """Let the language model read a note; unshare takes that back.

    No other note is ever sent. A note that you edit is not shared until you say so again, and
    coach reflect --show-prompt prints what would be sent.
    """
    from coach.engine.api import notes as api

    frame = frame_of(context)
    with frame.session() as session:
        change = api.share(session, number)
    frame.show(changed("note share", change, frame.zone))


@app.command()
def unshare(context: typer.Context, number: Number) -> None:
    """Let no language model read a note any more."""
    from coach.engine.api import notes as api

    frame = frame_of(context)
    with frame.session() as session:
        change = api.unshare(session, number)
    frame.show(changed("note unshare", change, frame.zone))


def _subject(frame: Frame, session: "Session", name: str) -> "NotedTrade | date":
    """Return the trade or the day of that name; eight digits are a trade's id before a day."""
    from coach.engine.api import notes as api

    day: date | UsageError | None
    try:
        day = moments.named_day(name, frame.zone, session.clock())
    except UsageError as trouble:
        day = trouble
    if day is not None and not isinstance(day, UsageError) and not name.isdecimal():
        return day
    try:
        return api.subject(session, name)
    except (NotFound, Invalid) as unknown:
        if day is None:
            raise _no_subject(name, unknown) from unknown
        if isinstance(day, UsageError):
            raise day from unknown
        return day


def _no_subject(name: str, unknown: CoachError) -> CoachError:
    """Return the error for a word that names no trade and no day."""
    looks_like_an_id = all(letter in "0123456789abcdef" for letter in name)
    if looks_like_an_id:
        return unknown
    hint = "coach trades lists the ids; coach note --help shows how notes are written"
    return UsageError(hint, what=f"a note is on {SUBJECTS}, not on {name!r}")


def _span(
    frame: Frame, session: "Session", since: str | None, until: str | None
) -> "tuple[datetime | None, datetime | None]":
    zone, now = frame.zone, session.clock()
    return moments.since(since, zone, now), moments.until(until, zone, now)


def _found(frame: Frame, session: "Session", wanted: "NoteFilter") -> "list[JournalNote]":
    from coach.engine.api import notes as api
    from coach.engine.api.trades import require_symbol

    found = api.notes(session, wanted, frame.zone)
    if wanted.symbol and not found:
        require_symbol(session, wanted.symbol)
    return found


def listing(
    command: str, found: "Sequence[JournalNote]", zone: str, empty: str = "no notes"
) -> Answer:
    """Return notes."""
    values = rows([views.written_note(note) for note in found])
    lines = tuple(line for note in found for line in note_lines(note, zone))
    return Answer(command, list(values), Table(views.NOTES, values, empty), lines=lines)


def changed(command: str, change: "NoteChange", zone: str) -> Answer:
    """Return one note after a request."""
    note = change.note
    [value] = values = rows([views.written_note(note)])
    back = f"coach note restore {note.id} brings it back"
    return Answer(
        command,
        value,
        Table(views.NOTES, values),
        lines=tuple(note_lines(note, zone)),
        warnings=views.unchanged_sentences(command, change),
        hints=() if note.removed_at is None else (back,),
    )


def note_lines(note: "JournalNote", zone: str) -> "Iterator[str]":
    """Yield a note as a person reads it: what it is on, then its text."""
    removed = "" if note.removed_at is None else ", removed"
    yield f"{note.id}  {_on(note.about, zone)}{removed}"
    yield from (f"    {line}" for line in text_lines(note))


def _on(about: "NotedTrade | date", zone: str) -> str:
    if not isinstance(about, NotedTrade):
        return f"{about:%Y-%m-%d, a %A}"
    opened = local(about.opened_at.isoformat(), zone)
    what = f"{about.symbol} {about.side} of {opened}"
    if about.now is None:
        return f"{what}, trade {about.id[:ENOUGH_OF_A_KEY]}, which is gone"
    if about.now != about.id:
        return f"{what}, now part of trade {about.now[:ENOUGH_OF_A_KEY]}"
    return f"{what}, trade {about.id[:ENOUGH_OF_A_KEY]}"
