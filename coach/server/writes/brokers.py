"""What comes from brokers and sources: accounts, and fills and candles that are asked for.

To fetch takes long: a route queues a job, and `GET /api/jobs/RUN` says what became of it.
"""

import json
from typing import Annotated

from pydantic import Field, JsonValue

from coach.engine.api import accounts as accounts_api
from coach.engine.api import candles as candles_api
from coach.engine.api.broker import leave
from coach.engine.api.jobs import requests
from coach.errors import UsageError
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import Since, Until
from coach.server.writes.body import NoBody, RequestBody
from coach.views import accounts as account_views
from coach.views import jobs as job_views
from coach.views.table import json_row, rows

OWNER_ALONE = "leave it out: only whoever runs coach sends it to another address than the broker's"
Key = Annotated[
    dict[str, JsonValue] | str,
    Field(description="The CDP key as downloaded: a JSON object, or its text.", repr=False),
]


class CoinbaseBody(RequestBody):
    """A view-only key of Coinbase; it is sealed and never shown again."""

    key: Key
    account: Annotated[str, Field(description="What to call the account.")] = "coinbase"
    base_url: Annotated[str, Field(description="Another server, such as the sandbox.")] = ""


class KrakenBody(RequestBody):
    """A key of Kraken's that can only query; it is sealed and never shown again."""

    key: Annotated[
        str, Field(description="The API key and the private key, a line each.", repr=False)
    ]
    account: Annotated[str, Field(description="What to call the account.")] = "kraken"
    base_url: Annotated[str, Field(description="Another server, such as the sandbox.")] = ""


class BinanceBody(RequestBody):
    """A key of Binance's that can only read; it is sealed and never shown again."""

    key: Annotated[
        str, Field(description="The API key and the secret key, a line each.", repr=False)
    ]
    pairs: Annotated[
        tuple[str, ...], Field(description="Those to read: BTC-USDT, cross:ETH-USDT.")
    ] = ()
    account: Annotated[str, Field(description="What to call the account.")] = "binance"
    base_url: Annotated[str, Field(description="Another server, such as the sandbox.")] = ""


class SyncBody(RequestBody):
    """Which account is read, and from when on."""

    account: Annotated[str | None, Field(description="The only one connected.")] = None
    since: Since = None
    anyway: Annotated[
        bool, Field(description="Import fills that look known but for their clock.")
    ] = False


class FetchBody(RequestBody):
    """Which candles; without any of it those around the trader's own trades."""

    symbols: Annotated[tuple[str, ...], Field(description="BTC-USD, or AAPL-USD=equity.")] = ()
    since: Since = None
    until: Until = None
    granularity: Annotated[str, Field(description="1m, 15m, 1h or 1d.")] = "15m"
    source: Annotated[str | None, Field(description="From this source alone.")] = None


def connect_coinbase(call: ApiCall, body: CoinbaseBody) -> ApiAnswer:
    """Connect Coinbase by a view-only key."""
    text = body.key if isinstance(body.key, str) else json.dumps(body.key)
    return _connected(call, "coinbase", text, body)


def connect_kraken(call: ApiCall, body: KrakenBody) -> ApiAnswer:
    """Connect Kraken by a key that can only query."""
    return _connected(call, "kraken", body.key, body)


def connect_binance(call: ApiCall, body: BinanceBody) -> ApiAnswer:
    """Connect Binance by a key that can only read, where you are invited to that."""
    return _connected(call, "binance", body.key, body, body.pairs)


def _connected(
    call: ApiCall,
    broker: str,
    key_text: str,
    body: CoinbaseBody | KrakenBody | BinanceBody,
    pairs: tuple[str, ...] = (),
) -> ApiAnswer:
    if body.base_url and not call.is_of_owner:
        raise UsageError(OWNER_ALONE, what="base_url is not for you")
    at = (body.account, body.base_url)
    found = accounts_api.connect(call.session, broker, key_text, *at, pairs)
    return ApiAnswer(f"connect {broker}", list(rows([account_views.account(found)])))


def disconnect(call: ApiCall, _: NoBody, name: str) -> ApiAnswer:
    """End an account's connection to its broker, and wipe its key."""
    left = leave.disconnect(call.session, name)
    row = json_row(account_views.disconnection(left))
    return ApiAnswer("disconnect", row, account_views.disconnection_sentences(left))


def remove_account(call: ApiCall, _: NoBody, name: str) -> ApiAnswer:
    """Remove an account without fills, its connection and its key."""
    removed = accounts_api.remove(call.session, name)
    return ApiAnswer("accounts remove", list(rows([account_views.account(removed)])))


def sync(call: ApiCall, body: SyncBody) -> ApiAnswer:
    """Queue an import of what is new at the connected broker."""
    found = requests.ask_for_sync(
        call.session, body.account, call.since(body.since), anyway=body.anyway
    )
    return ApiAnswer("jobs show", json_row(job_views.job(found)))


def fetch_candles(call: ApiCall, body: FetchBody) -> ApiAnswer:
    """Queue a fetch of candles."""
    request = candles_api.FetchRequest(
        symbols=candles_api.wanted_named(body.symbols),
        since=call.since(body.since),
        until=call.until(body.until),
        granularity=candles_api.granularity_named(body.granularity),
        source=body.source or "",
    )
    found = requests.ask_for_fetch(call.session, request)
    return ApiAnswer("jobs show", json_row(job_views.job(found)))
