"""`coach notify`: where the weekly digest is sent, and what became of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice import notify as advice
from coach.cli.frame import Frame, frame_of
from coach.cli.input_file import small_text
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import UnreadableFile
from coach.model.machine.secrets import Secret
from coach.views.notifications import channels as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from coach.model.notifications.channels import Delivery

HELP = "Where your weekly digest is sent."
EXAMPLES = """\
\b
  coach notify add mail smtp --to ann@example.org --host smtp.example.org
  coach notify add phone ntfy                  asks for the address of the topic
  coach notify add hook webhook --secret-file url.txt
  coach notify test phone
  coach digest --send                          once by each channel
  coach notify log
"""
Name = Annotated[str, typer.Argument(metavar="NAME", help="The channel, as the list names it.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a digest in the log.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="What you call it.")]
Kind = Annotated[
    str, typer.Argument(metavar="KIND", help="smtp, ntfy, webhook, or apprise (an extra).")
]
To = Annotated[str, typer.Option(metavar="ADDRESS", help="Mail: who gets it.")]
Sender = Annotated[
    str, typer.Option("--from", metavar="ADDRESS", help="Mail: who it is from; else --to.")
]
Host = Annotated[str, typer.Option(metavar="HOST", help="Mail: the server.")]
Port = Annotated[int, typer.Option(metavar="PORT", help="Mail: 587 unless given.")]
User = Annotated[str, typer.Option(metavar="NAME", help="Mail: the user name there.")]
Security = Annotated[
    str, typer.Option(metavar="HOW", help="Mail: tls at port 465, else starttls; or none.")
]
SecretFile = Annotated[
    str, typer.Option(metavar="FILE", help="The password, or the address; - for stdin.")
]
Quiet = Annotated[str, typer.Option(metavar="HOURS", help="When nothing is sent, or none.")]
SECRETS = {"smtp": "password (empty for none): ", "webhook": "URL: ", "ntfy": "URL of the topic: "}


def listed(context: typer.Context) -> None:
    """List the channels."""
    if context.invoked_subcommand is None:
        channels(context)


app = sub_app(HELP, alone=listed, epilog=EXAMPLES)


@app.command()
def add(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    name: NewName,
    kind: Kind,
    to: To = "",
    sender: Sender = "",
    host: Host = "",
    port: Port = 0,
    user: User = "",
    security: Security = "",
    secret_file: SecretFile = "",
    quiet_hours: Quiet = "22:00-07:00",
) -> None:
    """Add a channel, in place of one of the same name.

    A password, and the address of a topic or a hook, are secrets: they come from a file, stdin or
    an unseen question, and are sealed. A second line is the token of a topic, or a webhook's key;
    without one coach makes a key and shows it once. Quiet hours are of your own zone.
    """
    from coach.engine.api.notify import channels as api

    frame = frame_of(context)
    secret = _secret(frame, kind, secret_file, user)
    mail = api.MailServer(host, port, security, user, sender, to)
    with frame.session(create=True) as session:
        asked = api.ChannelRequest(name, kind, secret, mail, quiet_hours)
        added = api.add(session, asked)
    made = added.channel
    text = f"added: {made.name}, {made.target}"
    if added.signing_key:
        text += f"\nkey of its signatures, shown once: {added.signing_key}"
    hint = f"next: coach notify test {made.name}"
    frame.show(Answer("notify add", json_row(views.new_channel(added)), text=text, hints=(hint,)))


@app.command("list")
def channels(context: typer.Context) -> None:
    """List the channels; no secret is shown."""
    from coach.engine.api.notify import channels as api

    frame = frame_of(context)
    with frame.session() as session:
        values = rows([views.channel(one) for one in api.channels(session)])
    table = Table(views.CHANNELS, values, "no channel yet: coach notify add NAME KIND")
    frame.show(Answer("notify list", list(values), table))


@app.command()
def test(context: typer.Context, name: Name) -> None:
    """Send a short test by a channel, at whatever time."""
    from coach.engine.api.notify import deliveries as api

    frame = frame_of(context)
    with frame.session() as session:
        made = api.send_test(session, name)
    _show_sent(frame, "notify test", made)


@app.command()
def log(
    context: typer.Context,
    last: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many.")] = 100,
) -> None:
    """Show what was sent and what failed, oldest first.

    On a terminal, and as a warning in JSON, what to do about a channel that fails.
    """
    from coach.engine.api.notify import deliveries as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.log(session, last)
    values = rows([views.delivery(one) for one in found])
    table = Table(views.DELIVERIES, values, "nothing was sent yet")
    warnings = tuple(advice.failures(found))
    frame.show(Answer("notify log", list(values), table, warnings=warnings))


@app.command()
def resend(context: typer.Context, id_: Id) -> None:
    """Send a digest once more, at whatever time.

    The receiver gets the id that it had before, and may take it for the same message.
    """
    from coach.engine.api.notify import deliveries as api

    frame = frame_of(context)
    with frame.session() as session:
        made = api.send_again(session, id_)
    _show_sent(frame, "notify resend", made)


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Forget a channel and its secret; the log stays."""
    from coach.engine.api.notify import channels as api

    frame = frame_of(context)
    with frame.session() as session:
        gone = api.remove(session, name)
    text = f"removed: {gone.name}"
    frame.show(Answer("notify remove", json_row(views.channel(gone)), text=text))


def _show_sent(frame: Frame, command: str, made: "Delivery") -> None:
    text = f"sent: {made.channel}, {made.id[:8]}"
    frame.show(Answer(command, json_row(views.delivery(made)), text=text))


def _secret(frame: Frame, kind: str, file: str, user: str) -> Secret:
    """Return what opens the channel: from the file, or as a person types it unseen."""
    if file:
        try:
            return Secret(small_text(file).strip())
        except (OSError, UnicodeDecodeError) as trouble:
            reason = getattr(trouble, "strerror", None) or "it is not text"
            raise UnreadableFile("the secret's file", reason) from trouble
    if not frame.somebody_answers or (kind == "smtp" and not user):
        return Secret("")
    return Secret(frame.typed_unseen(SECRETS.get(kind, "address: ")).strip())
