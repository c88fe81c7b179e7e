"""`coach commit`: what you sign while you are calm, to be read at the moment of a breach."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.notes.written import written_text
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Last, Limit
from coach.errors import UsageError
from coach.views.paging import list_page
from coach.views.promises import commitments as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.promises.commitments import CommitmentChange
    from coach.model.promises.commitments import Commitment

HELP = "What you sign while you are calm, to be read at a breach."
EXAMPLES = """\
\b
  coach commit write Close the laptop and walk once round the block.
  coach commit write --rule RULE - < letter.txt
  coach commit write                         opens $EDITOR
  coach commit list
  coach commit search walk
  coach commit remove 2                      coach commit restore 2 undoes it

It is shown where a rule is broken: by coach check, in the lists of breaches, in the events, in the
digest. It is never changed: sign another one, and remove the old one.
"""
HOW = "coach commit write TEXT, or - for stdin"
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="As the list shows it.")]
RuleOption = Annotated[
    str | None, typer.Option("--rule", metavar="RULE", help="At the breach of this rule alone.")
]
Removed = Annotated[bool, typer.Option("--removed", help="Those that you removed instead.")]


def listed(context: typer.Context) -> None:
    """List the commitments."""
    if context.invoked_subcommand is None:
        list_(context)


app = sub_app(HELP, alone=listed, epilog=EXAMPLES)


@app.command()
def write(
    context: typer.Context,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="What to read; - is stdin.")
    ] = None,
    rule: RuleOption = None,
) -> None:
    """Sign a commitment, for one rule or for every one.

    A text that is left out is asked for on a terminal, in $VISUAL or $EDITOR where one is set.
    """
    from coach.engine.api.promises import commitments as api

    frame = frame_of(context)
    with frame.session(create=True) as session:
        kept = written_text(frame, text or (), HOW, "Commitment")
        change = api.sign(session, kept, rule)
    frame.show(_changed("commit write", change))


@app.command("list")
def list_(
    context: typer.Context,
    rule: RuleOption = None,
    after: After = None,
    limit: Limit = None,
    last: Last = None,
    removed: Removed = False,
) -> None:
    """List the commitments, by number."""
    from coach.engine.api.promises import commitments as api

    frame = frame_of(context)
    wanted = api.CommitmentFilter((), rule, removed, list_page(after, limit, last))
    with frame.session() as session:
        found = api.commitments(session, wanted)
    frame.show(_listing("commit list", found, "no commitments"))


@app.command()
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What they hold.")],
    removed: Removed = False,
) -> None:
    """Find the commitments that hold all these words."""
    from coach.engine.api.promises import commitments as api

    if not any(word.strip() for word in words):
        raise UsageError("coach commit search WORDS", what="which words?")
    frame = frame_of(context)
    with frame.session() as session:
        found = api.commitments(session, api.CommitmentFilter(tuple(words), None, removed))
    frame.show(_listing("commit search", found, "no commitment holds that"))


@app.command()
def show(context: typer.Context, number: Number) -> None:
    """Show one commitment, also a removed one."""
    from coach.engine.api.promises import commitments as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.commitment_named(session, number)
    frame.show(_one("commit show", found))


@app.command()
def remove(context: typer.Context, number: Number) -> None:
    """Remove a commitment; restore brings it back."""
    from coach.engine.api.promises import commitments as api

    frame = frame_of(context)
    with frame.session() as session:
        change = api.remove(session, number)
    frame.show(_changed("commit remove", change))


@app.command()
def restore(context: typer.Context, number: Number) -> None:
    """Bring a removed commitment back."""
    from coach.engine.api.promises import commitments as api

    frame = frame_of(context)
    with frame.session() as session:
        change = api.restore(session, number)
    frame.show(_changed("commit restore", change))


def _listing(command: str, found: "Sequence[Commitment]", empty: str) -> Answer:
    values = rows([views.commitment(one) for one in found])
    lines = tuple(line for one in found for line in commitment_lines(one))
    return Answer(command, list(values), Table(views.COMMITMENTS, values, empty), lines=lines)


def _one(command: str, signed: "Commitment", warnings: tuple[str, ...] = ()) -> Answer:
    [value] = values = rows([views.commitment(signed)])
    back = f"coach commit restore {signed.id} brings it back"
    return Answer(
        command,
        value,
        Table(views.COMMITMENTS, values),
        lines=tuple(commitment_lines(signed)),
        warnings=warnings,
        hints=() if signed.removed_at is None else (back,),
    )


def _changed(command: str, change: "CommitmentChange") -> Answer:
    return _one(command, change.commitment, views.unchanged_sentences(command, change))


def commitment_lines(signed: "Commitment") -> "Iterator[str]":
    """Yield a commitment as a person reads it: since when and for what, then its text."""
    about = "every rule" if signed.rule_id is None else f"rule {signed.rule_id}"
    removed = "" if signed.removed_at is None else ", removed"
    yield f"{signed.id}  for {about}, signed on {signed.signed_at:%Y-%m-%d}{removed}"
    yield from (f"    {line}" for line in signed.text.splitlines())
