"""Binance behind its feature: who may connect it, which pairs are read, and a shared budget."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from coach.brokers.binance.client import SPOT
from coach.brokers.sandbox.binance.books import fee_of, milliseconds
from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld, issue_binance_key
from coach.engine.api import accounts
from coach.engine.api.broker.pairs import ReadPair, change_pairs, pairs
from coach.engine.api.broker.sync import SyncRequest, sync
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.people import features
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.api.people.place import SignInPlace
from coach.engine.api.session import Session
from coach.engine.api.trades import profit
from coach.engine.hot.in_postgres import PostgresHotStore
from coach.engine.imports.sync.budget import SharedBudget
from coach.engine.store import users
from coach.engine.store.connect import connect
from coach.errors import (
    AuthenticationFailed,
    BrokerTrouble,
    Conflict,
    Invalid,
    Missing,
    NotFound,
    NotTaken,
    Refused,
    TryLater,
)
from tests.integration.engine.sync.conftest import SharedClock, Spoil

SPOT_PAIRS = ("BTC-USDT", "ETH-USDT")
ALL = (*SPOT_PAIRS, "cross:SOL-USDT", "isolated:LINK-USDT", "futures:DOGE-USDT")
Connect = Callable[..., accounts.AccountSummary]


@pytest.fixture
def session(session: Session) -> Session:
    return replace(session, features=("binance",))


@pytest.fixture
def key(world: SandboxWorld) -> str:
    return issue_binance_key(world)


@pytest.fixture
def connect_binance(session: Session, sandbox: SandboxServer, key: str) -> Connect:
    """Return a function that connects the account `binance` for some pairs."""

    def made(*chosen: str) -> accounts.AccountSummary:
        return accounts.connect(session, "binance", key, "binance", sandbox.url, chosen)

    return made


@pytest.fixture
def place(session: Session) -> SignInPlace:
    assert session.keyring is not None
    return SignInPlace(session.connection, session.clock, session.keyring, PasswordHashing())


def test_every_trade_arrives_to_the_last_digit_with_its_fee_in_its_own_coin(
    session: Session, world: SandboxWorld, connect_binance: Connect
) -> None:
    assert connect_binance(*ALL).permissions == {
        "view": True,
        "trade": False,
        "transfer": False,
        "portfolio": "",
        "names": ["enableFixReadOnly", "enableReading"],
    }
    run = sync(session)
    assert (run.source, run.new, run.skipped) == ("binance-api", len(world.executions), ())
    rows = session.connection.execute(
        "select symbol, side, quantity, price, fee, fee_currency,"
        " floor(extract(epoch from at) * 1000)::bigint from fill"
    ).fetchall()
    expected = [
        (
            one.product_id.replace("-USD", "-USDT"),
            one.side.lower(),
            *(one.size, one.price, *fee_of(one), milliseconds(one.at)),
        )
        for one in world.executions
    ]
    assert sorted(rows) == sorted(expected)
    assert sync(session, "binance", SyncRequest(since=world.executions[0].at)).new == 0


def test_margin_and_futures_are_positions_of_their_own(
    session: Session, connect_binance: Connect
) -> None:
    connect_binance(*ALL)
    sync(session)
    told = session.connection.execute("select distinct symbol from fill where margin <> ''")
    assert sorted(symbol for (symbol,) in told) == ["DOGE-USDT", "LINK-USDT", "SOL-USDT"]
    assert all(one.chosen for one in pairs(session, "binance"))


def test_the_same_trades_earn_the_same_as_at_coinbase_to_the_last_digit(
    session: Session, connect_binance: Connect, connected: str
) -> None:
    connect_binance(*ALL)
    sync(session, "binance")
    sync(session, connected)
    found = profit(session)
    assert found.totals["USDT"].gross == found.totals["USD"].gross
    assert found.unknown == ()


def test_nobody_connects_it_while_the_feature_is_off(
    session: Session, sandbox: SandboxServer, key: str
) -> None:
    off = replace(session, features=())
    with pytest.raises(Refused, match="binance is off in this coach") as refused:
        accounts.connect(off, "binance", key, "binance", sandbox.url, SPOT_PAIRS)
    assert refused.value.remedy == "turn_feature_on"


def test_the_only_user_is_invited_by_the_feature_itself_and_no_other_is(
    session: Session, place: SignInPlace, connect_binance: Connect
) -> None:
    assert connect_binance(*SPOT_PAIRS).connected
    users.add(session.connection, "ann", "UTC")
    with pytest.raises(Refused, match="local is not invited to binance"):
        sync(session)
    features.allow(place, "local", "binance")
    assert sync(session).new > 0
    features.withdraw(place, "local", "binance")
    with pytest.raises(Refused, match="local is not invited to binance") as refused:
        connect_binance(*SPOT_PAIRS)
    assert refused.value.remedy == "invite_user"


def test_a_confined_session_is_not_taken_for_the_only_user(
    session: Session, connect_binance: Connect
) -> None:
    """The database shows the user of a request no other user."""
    users.add(session.connection, "ann", "UTC")
    with (
        session.connection.confined_to(session.user.id),
        pytest.raises(Refused, match="local is not invited to binance"),
    ):
        connect_binance(*SPOT_PAIRS)


def test_invitations_are_for_users_and_features_that_there_are(place: SignInPlace) -> None:
    with pytest.raises(NotFound):
        features.allow(place, "nobody", "binance")
    with pytest.raises(NotFound):
        features.allow(place, "local", "telepathy")
    with pytest.raises(NotFound, match="invitation"):
        features.withdraw(place, "local", "binance")


def test_an_invitation_is_audited_once(session: Session, place: SignInPlace) -> None:
    features.allow(place, "local", "binance")
    features.allow(place, "local", "binance")
    (user,) = users.summaries(session.connection)
    assert user.features == ["binance"]
    features.withdraw(place, "local", "binance")
    kinds = session.connection.execute("select kind from audit_event order by n").fetchall()
    assert kinds == [("feature.allowed",), ("feature.withdrawn",)]


def test_without_pairs_the_error_suggests_those_that_were_traded(
    session: Session, connect_binance: Connect
) -> None:
    with pytest.raises(Missing) as missing:
        connect_binance()
    assert missing.value.facts["suggested"] == "none"
    connect_binance(*SPOT_PAIRS)
    sync(session)
    with pytest.raises(Missing) as missing:
        connect_binance()
    assert sorted(str(missing.value.facts["suggested"]).split(", ")) == [*SPOT_PAIRS]


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        (("BTCUSDT",), "not 'BTCUSDT'"),
        (("BTC-BTC",), "not 'BTC-BTC'"),
        (("options:BTC-USDT",), "not 'options:BTC-USDT'"),
        (("BTC-EUR",), "not BTC-EUR"),
        (("cross:SOL-USDT", "futures:SOL-USDT"), "not SOL-USDT on two of them"),
    ],
)
def test_a_pair_that_cannot_be_read_is_refused_by_name(
    connect_binance: Connect, chosen: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        connect_binance(*chosen)


def test_other_brokers_take_no_pairs(
    session: Session, sandbox: SandboxServer, connected: str
) -> None:
    with pytest.raises(NotTaken):
        pairs(session, connected)
    with pytest.raises(NotTaken):
        accounts.connect(session, "kraken", "", "kraken", sandbox.url, SPOT_PAIRS)


def test_a_pair_that_is_chosen_later_is_read_from_its_first_trade(
    session: Session, world: SandboxWorld, connect_binance: Connect, clock: SharedClock
) -> None:
    connect_binance("BTC-USDT")
    first = sync(session)
    clock.forward(session, hours=6)
    assert change_pairs(session, "binance", ["ETH-USDT"], []) == [
        ReadPair("BTC-USDT", chosen=True, reason=""),
        ReadPair("ETH-USDT", chosen=True, reason=""),
    ]
    second = sync(session)
    of_eth = [one for one in world.executions if one.product_id == "ETH-USD"]
    assert (second.new, first.new > 0) == (len(of_eth), True)
    clock.forward(session, hours=6)
    assert sync(session).fetched < len(of_eth)


def test_a_pair_that_is_not_read_any_more_keeps_its_trades_and_is_suggested(
    session: Session, connect_binance: Connect
) -> None:
    connect_binance(*SPOT_PAIRS)
    new = sync(session).new
    change_pairs(session, None, [], ["ETH-USDT"])
    assert pairs(session, "binance") == [
        ReadPair("BTC-USDT", chosen=True, reason=""),
        ReadPair("ETH-USDT", chosen=False, reason="statement"),
    ]
    assert accounts.summary(session, "binance").fills == new
    with pytest.raises(Conflict, match="does not read ETH-USDT"):
        change_pairs(session, None, [], ["ETH-USDT"])
    with pytest.raises(Invalid):
        change_pairs(session, None, [], ["BTC-USDT"])


@pytest.mark.parametrize(("fault", "words"), [("banned", "HTTP 418"), ("restricted", "HTTP 451")])
def test_a_refusal_stops_the_sync_in_clear_words_without_a_secret(
    session: Session, spoil: Spoil, connect_binance: Connect, fault: str, words: str
) -> None:
    connect_binance(*SPOT_PAIRS)
    spoil(path="myTrades", chance={fault: 1.0})
    with pytest.raises((TryLater, BrokerTrouble), match=words) as raised:
        sync(session)
    assert "signature" not in f"{raised.value} {raised.value.hint} {raised.value.facts}"


def test_a_clock_that_is_off_is_measured_and_the_trades_arrive(
    session: Session, spoil: Spoil, connect_binance: Connect
) -> None:
    spoil(drift_ms=-90_000)
    connect_binance(*SPOT_PAIRS)
    spoil(drift_ms=3_600_000)
    assert sync(session).new > 0


def test_a_key_that_is_gone_asks_to_connect_again(
    session: Session, world: SandboxWorld, connect_binance: Connect
) -> None:
    connect_binance(*SPOT_PAIRS)
    forgotten = dict(world.binance_keys)
    world.binance_keys.clear()
    try:
        with pytest.raises(AuthenticationFailed, match="code -2015"):
            sync(session)
    finally:
        world.binance_keys.update(forgotten)


@pytest.fixture
def hot(database_url: str) -> Callable[[], PostgresHotStore]:
    """Return a function that opens the tables of the hot store, as each process does."""
    return lambda: PostgresHotStore(partial(connect, database_url))


def test_two_processes_spend_one_budget(
    session: Session, hot: Callable[[], PostgresHotStore]
) -> None:
    one, other = hot(), hot()
    first, second = (
        SharedBudget(store, "binance", "https://api.binance.com", session.clock)
        for store in (one, other)
    )
    assert first.wait_s(SPOT, SPOT.per_minute / 2) == 0
    assert second.wait_s(SPOT, SPOT.per_minute / 2) > 1
    elsewhere = SharedBudget(other, "binance", "http://127.0.0.1:1", session.clock)
    assert elsewhere.wait_s(SPOT, 1) == 0
    one.close()
    other.close()


def test_a_ban_that_one_process_met_keeps_the_others_away(
    session: Session,
    spoil: Spoil,
    connect_binance: Connect,
    hot: Callable[[], PostgresHotStore],
    sandbox: SandboxServer,
) -> None:
    shared = replace(session, hot=hot)
    connect_binance(*SPOT_PAIRS)
    spoil(path="myTrades", at={1: "banned"})
    with pytest.raises(TryLater, match="HTTP 418"):
        sync(shared)
    other = hot()
    budget = SharedBudget(other, "binance", sandbox.url, session.clock)
    assert 100 < budget.wait_s(SPOT, 1) <= 120
    other.close()
    with pytest.raises(TryLater, match="its limit for this address is spent"):
        sync(shared)


def test_what_a_sync_asks_for_is_taken_from_the_budget(
    session: Session, connect_binance: Connect, hot: Callable[[], PostgresHotStore]
) -> None:
    connect_binance(*SPOT_PAIRS)
    sync(replace(session, hot=hot))
    left = session.connection.execute("select key, tokens from hot_bucket").fetchall()
    assert {key.rpartition("|")[2] for key, _ in left} == {"spot", "wallet"}
    assert all(tokens < SPOT.per_minute for _, tokens in left)


def test_a_statement_and_the_broker_tell_a_trade_once(
    session: Session, world: SandboxWorld, connect_binance: Connect, tmp_path: Path
) -> None:
    """The export has neither numbers nor milliseconds."""
    wanted = [one for one in world.executions if one.product_id == "BTC-USD"]
    lines = ["Date(UTC),Pair,Side,Price,Executed,Amount,Fee"]
    for one in wanted:
        fee = fee_of(one)
        money = f"{one.price * one.size:f}USDT"
        told = (f"{one.price:f}", f"{one.size:f}BTC", money, f"{fee.quantity:f}{fee.coin}")
        lines.append(",".join([f"{one.at:%Y-%m-%d %H:%M:%S}", "BTCUSDT", one.side, *told]))
    statement = tmp_path / "binance.csv"
    statement.write_text("\n".join(lines) + "\n")
    request = ImportRequest(account="binance", shorts=False, zone="UTC")
    imported = import_statement(session, statement, request)
    assert (imported.source, imported.new) == ("binance-trades", len(wanted))
    connect_binance("BTC-USDT")
    run = sync(session)
    assert (run.new, run.known) == (0, len(wanted))
    assert accounts.summary(session, "binance").fills == len(wanted)
