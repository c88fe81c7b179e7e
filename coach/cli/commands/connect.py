"""`coach connect`: let coach read a broker, with a key or a grant that can do nothing but view."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.commands.accounts import answer
from coach.cli.frame import Frame, frame_of
from coach.cli.input_file import small_text
from coach.cli.lazy import sub_app
from coach.errors import UsageError
from coach.model.machine.listening import CALLBACK_PORT, HIGHEST_PORT
from coach.settings import process_environment
from coach.settings.reading import read_broker_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.accounts import AccountSummary

app = sub_app("Let coach read a broker, with a view-only key.")

Account = Annotated[str, typer.Option(metavar="NAME", help="What to call the account.")]
BaseUrl = Annotated[str, typer.Option(metavar="URL", help="Another server, such as the sandbox.")]


CdpKey = Annotated[
    str, typer.Option(metavar="FILE", help="The CDP key as downloaded (JSON), or - for stdin.")
]
OAuth = Annotated[
    bool, typer.Option("--oauth", help="Allow it on Coinbase's own page, without a key.")
]
Paste = Annotated[
    bool, typer.Option("--paste", help="With --oauth: the browser is on another machine.")
]
Port = Annotated[
    int, typer.Option(metavar="PORT", min=0, max=HIGHEST_PORT, help="Where it comes back to.")
]


@app.command()
def coinbase(  # noqa: PLR0913 -- a command's options are its parameters
    context: typer.Context,
    *,
    key_file: CdpKey = "",
    oauth: OAuth = False,
    paste: Paste = False,
    port: Port = CALLBACK_PORT,
    account: Account = "coinbase",
    base_url: BaseUrl = "https://api.coinbase.com",
) -> None:
    """Connect Coinbase by a view-only key, or by its own page.

    \b
      coach connect coinbase --key-file cdp_api_key.json
      coach connect coinbase --oauth
      coach connect coinbase --oauth --paste

    What can trade or transfer is refused. Without --key-file the key is the setting
    COACH_COINBASE_KEY, which another program can hand over. --oauth takes coach registered at
    Coinbase: coach help connections.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    if oauth and key_file:
        raise UsageError("leave one of them out", what="--oauth takes no --key-file")
    if paste and not oauth:
        raise UsageError("coach connect coinbase --oauth --paste", what="--paste takes --oauth")
    if oauth:
        ask_on_page(frame, ("coinbase", account, base_url), port, paste=paste)
    else:
        connect(frame, "coinbase", key_file, account, base_url)


@app.command()
def kraken(
    context: typer.Context,
    key_file: Annotated[
        str,
        typer.Option(metavar="FILE", help="The API key and the private key, a line each, or -."),
    ] = "",
    account: Account = "kraken",
    base_url: BaseUrl = "https://api.kraken.com",
) -> None:
    """Connect Kraken by a view-only key.

    Tick Query funds, Query closed orders & trades and Query ledger entries, and nothing else: a key
    that can do more is refused. Make it for coach alone. Without --key-file the key is the setting
    COACH_KRAKEN_KEY, which another program can hand over.
    """
    connect(frame_of(context), "kraken", key_file, account, base_url)


@app.command()
def binance(
    context: typer.Context,
    key_file: Annotated[
        str,
        typer.Option(metavar="FILE", help="The API key and the secret key, a line each, or -."),
    ] = "",
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="PAIR", help="A pair to read, such as BTC-USDT; once for each."),
    ] = None,
    account: Account = "binance",
    base_url: BaseUrl = "https://api.binance.com",
) -> None:
    """Connect Binance by a read-only key, if you are invited.

    Binance tells trades pair by pair, so name those that you traded; without --pair you are shown
    which your balances and statements suggest. cross:, isolated: or futures: before a pair is
    another market than spot. Tick Enable Reading and nothing else: a key that can do more is
    refused. Without --key-file the key is the setting COACH_BINANCE_KEY.

    \b
      coach config set features binance
      coach connect binance --key-file FILE --pair BTC-USDT --pair cross:ETH-USDT
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    connect(frame_of(context), "binance", key_file, account, base_url, pair or ())


def ask_on_page(frame: Frame, asked: tuple[str, str, str], port: int, *, paste: bool) -> None:
    """Connect an account by the broker's own page, and show it."""
    from coach.cli.connecting import allow
    from coach.engine.api.broker.allow import GrantRequest

    way = allow.connect_by_paste if paste else allow.connect_here
    show(frame, asked[0], way(frame, GrantRequest(*asked), port))


def connect(
    frame: Frame,
    broker: str,
    key_file: str,
    account: str,
    base_url: str,
    pairs: "Sequence[str]" = (),
) -> None:
    """Connect an account to a broker, and show it."""
    from coach.engine.api import accounts

    key_text = key_in(key_file) if key_file else read_broker_key(broker, process_environment())
    if not key_text:
        name = f"COACH_{broker.upper()}_KEY"
        hint = f"--key-file FILE, or {name}_FILE, or {name}_COMMAND"
        raise UsageError(hint, what="where is the key?")
    with frame.session(create=True) as session:
        found = accounts.connect(session, broker, key_text, account, base_url, pairs)
    show(frame, broker, found)


def show(frame: Frame, broker: str, found: "AccountSummary") -> None:
    """Show an account that was connected."""
    frame.show(answer(f"connect {broker}", [found]))
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
