"""`coach connect`: let coach read a broker, with a key that can do nothing but view."""

from typing import Annotated

import typer

from coach.cli.commands.accounts import answer
from coach.cli.frame import frame_of
from coach.cli.input_file import small_text
from coach.cli.lazy import sub_app
from coach.errors import UsageError
from coach.settings import process_environment
from coach.settings.reading import read_broker_key

app = sub_app("Let coach read a broker, with a view-only key.")
COINBASE = "https://api.coinbase.com"


@app.command()
def coinbase(
    context: typer.Context,
    key_file: Annotated[
        str,
        typer.Option(metavar="FILE", help="The CDP key as downloaded (JSON), or - for stdin."),
    ] = "",
    account: Annotated[
        str, typer.Option(metavar="NAME", help="What to call the account.")
    ] = "coinbase",
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Another server, such as the sandbox.")
    ] = COINBASE,
) -> None:
    """Connect Coinbase by a view-only key.

    A key that can trade or transfer is refused. Without --key-file the key is the setting
    COACH_COINBASE_KEY, which another program can hand over.
    """
    from coach.engine.api import accounts

    frame = frame_of(context)
    key_text = key_in(key_file) if key_file else read_broker_key("coinbase", process_environment())
    if not key_text:
        hint = "--key-file FILE, or COACH_COINBASE_KEY_FILE, or COACH_COINBASE_KEY_COMMAND"
        raise UsageError(hint, what="where is the key?")
    with frame.session(create=True) as session:
        found = accounts.connect(session, "coinbase", key_text, account, base_url)
    frame.show(answer("connect coinbase", [found]))
    frame.talk.hint("next: coach import sync")


def key_in(file: str) -> str:
    """Return the key's text; a key never stands on the command line."""
    try:
        return small_text(file)
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise UsageError(
            "give the file that the broker let you download, or - to read it from stdin",
            what=f"cannot read the key file: {reason}",
        ) from trouble
