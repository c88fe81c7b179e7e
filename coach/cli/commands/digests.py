"""`coach digest`: one week, read back; `--verify` proves that it can be made again to the byte."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, assert_never

import typer

from coach.advice.digest_steps import next_step
from coach.advice.notify import sending_lines
from coach.cli import exits
from coach.cli.frame import Frame, frame_of
from coach.cli.output_file import writing
from coach.cli.show.answers import Answer
from coach.cli.show.screen import without_columns, wrapped
from coach.errors import Invalid, UsageError
from coach.files import write_private
from coach.model.plain import plain
from coach.views import digests as views
from coach.views.table import json_row, rows
from coach.wording.json_text import compact
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from coach.engine.api.digests import DigestView, Verification
    from coach.engine.api.session import Session

Format = Literal["text", "md", "html", "json", "svg", "png"]
WeekIn = tuple[str | None, str | None]
"""Which week, and in which currency for this once."""

Week = Annotated[str | None, typer.Option(metavar="WEEK", help="An ISO week such as 2026-W14.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]
Evidence = Annotated[
    bool, typer.Option("--evidence", help="On a terminal: what the figures rest on, too.")
]
Verify = Annotated[bool, typer.Option("--verify", help="Make it again and compare.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.")
]
Currency = Annotated[
    str | None, typer.Option("--in", metavar="CURRENCY", help="Sums in this one, for this once.")
]
Send = Annotated[bool, typer.Option("--send", help="Send it by each channel that has not had it.")]


def digest(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    week: Week = None,
    form: Form = "text",
    evidence: Evidence = False,
    verify: Verify = False,
    output: Output = None,
    send: Send = False,
    currency: Currency = None,
) -> None:
    """Read one week back to you; without --week the last one that is over.

    \b
      coach digest
      coach digest --week 2026-W14 --format html -o week.html
      coach digest --week 2026-W14 --verify
      coach digest --send

    A terminal shows what to read and the next step first, and the evidence with --evidence; every
    other form has all of it. svg and png are its charts alone; png needs a file.

    With --send it goes out once by each channel of `coach notify`, outside of its quiet hours, and
    a line for each says what became of it; exit code 3 where one could not be sent.

    With --in sums are told in that currency, by stored candles. Such a digest is not kept.

    With --verify the digest is computed anew and compared; exit code 5 when it differs and no
    newer formula explains it.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    if verify or send:
        _of_the_kept_one(frame, week, currency, verify=verify)
    elif output is not None:
        save(frame, (week, currency), form, output)
    else:
        show(frame, (week, currency), form, evidence=evidence)


def _of_the_kept_one(frame: Frame, week: str | None, currency: str | None, *, verify: bool) -> None:
    if currency is not None:
        raise UsageError("leave --in out", what="only the digest that is kept is verified or sent")
    if verify:
        prove(frame, week)
    else:
        send_out(frame, week)


def show(frame: Frame, wanted: WeekIn, form: Format, *, evidence: bool) -> None:
    """Show a week's digest; on a terminal its text begins with what to read."""
    if form == "png":
        hint = "coach digest --format png -o week.png"
        raise Invalid("format", "not png on its own", "png with a file to write", hint=hint)
    with frame.session() as session:
        view = _read(session, wanted)
        shown = answer(view, form)
        if form == "text" and frame.columns is not None:
            page = on_terminal(view, frame.columns, evidence=evidence)
            lines = [*page.split("\n"), *_noted(session, view, frame.columns)]
            if frame.accessible:
                lines = [without_columns(line) for line in lines]
            shown = replace(shown, text="\n".join(lines))
    frame.show(shown)


def _read(session: "Session", wanted: WeekIn) -> "DigestView":
    """Return a week's digest; in another currency for this once it is not kept."""
    from coach.engine.api import digests

    week, currency = wanted
    return digests.look(session, week, currency) if currency else digests.digest(session, week)


def save(frame: Frame, wanted: WeekIn, form: Format, output: Path) -> None:
    """Write a week's digest to a file, which is its owner's alone to read."""
    with frame.session() as session:
        view = _read(session, wanted)
    content = view.png() if form == "png" else written(view, form).encode()
    with writing(output):
        write_private(output, content)
    data = {**views.digest(view), "file": str(output)}
    text = f"{view.week}: {output}, {len(content)} bytes"
    frame.show(Answer("digest", data, text=text))


def _noted(session: "Session", view: "DigestView", columns: int) -> list[str]:
    """Return how the notes of the week are read: they stand beside the digest and not in it."""
    from coach.engine.api import notes

    found = notes.of_week(session, view.week)
    how = f"coach note list --since {view.week} --until {view.week}"
    return wrapped(f"{counted(len(found), 'note')} on this week: {how}", columns) if found else []


def on_terminal(view: "DigestView", columns: int, *, evidence: bool) -> str:
    """Return the digest as a terminal shows it: without the evidence unless that is wanted."""
    page = view.page(next_step(view), columns)
    if evidence:
        return f"{page}\n{view.evidence(columns)}"
    week = view.week
    return f"{page}\n" + "\n".join(
        wrapped(f"[e1] and so on: coach digest --week {week} --evidence", columns)
    )


def send_out(frame: Frame, week: str | None) -> None:
    """Send the week's digest by each channel; leave with 3 where one could not be sent."""
    from coach.engine.api import digests
    from coach.engine.api.notify.deliveries import send_digest
    from coach.views.notifications.channels import sending

    with frame.session() as session:
        view = digests.digest(session, week)
        found = [sending(one) for one in send_digest(session, view.week)]
    text = "\n".join(sending_lines(view.week, found))
    hints = () if found else ("there is no channel yet: coach notify add NAME KIND",)
    frame.show(Answer("digest", list(rows(found)), text=text, hints=hints))
    if any(one["standing"] == "due" and one["fault"] is not None for one in found):
        raise typer.Exit(exits.PARTIAL)


def prove(frame: Frame, week: str | None) -> None:
    """Compare the digest with one made anew; leave with 5 when they differ."""
    from coach.engine.api import digests

    with frame.session() as session:
        compared = digests.verify(session, week)
    frame.show(verified(compared))
    if not compared.ok:
        raise typer.Exit(exits.FOUND_SOMETHING)


def answer(view: "DigestView", form: Format) -> Answer:
    """Return a digest in one of its forms."""
    return Answer("digest", views.digest(view), text=written(view, form))


def written(view: "DigestView", form: Format) -> str:
    """Return the digest as text in that form; JSON is the very bytes that were hashed."""
    match form:
        case "text":
            return view.text
        case "md":
            return view.markdown
        case "html":
            return view.html
        case "json":
            return compact(plain(view.pack))
        case "svg":
            return view.svg()
        case "png":
            return ""
        case _:
            assert_never(form)


def verified(compared: "Verification") -> Answer:
    """Return how a comparison ended."""
    data = json_row(views.digest_verification(compared))
    said = f"{compared.week}: reproduced, sha256 {compared.recomputed}"
    if compared.ok and compared.stored != compared.recomputed:
        said = f"{compared.week}: {compared.reason}; coach digest makes it anew"
    if not compared.ok:
        said = f"{compared.week}: not reproduced; {compared.reason}"
    return Answer("digest", data, text=said)
