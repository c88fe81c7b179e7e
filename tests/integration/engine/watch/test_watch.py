"""A fill at the sandbox becomes a warning, counts once, and nothing but reading happens."""

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

import pytest

from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld, issue_key
from coach.engine.api import accounts
from coach.engine.api.broker import leave
from coach.engine.api.broker.sync import SyncRequest, sync
from coach.engine.api.notify import channels
from coach.engine.api.notify.channels import ChannelRequest
from coach.engine.api.notify.warnings import warning_channels
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.api.watch import watch
from coach.engine.api.watch.cooldowns import cooldowns
from coach.engine.api.watch.guard import guard_state
from coach.engine.api.watch.notices import WatchNotice
from coach.engine.rules.draft import Terms
from coach.engine.store import conclusions
from coach.engine.store.imports import runs
from coach.errors import NotFound, TryLater
from coach.model.accounts import Run
from coach.model.machine.secrets import Secret
from tests.hooks import hook_server
from tests.integration.engine.watch.conftest import Fill, SharedClock, Watching, count_fills

SOON_S = 12.0
Watch = Callable[..., Watching]
Spoil = Callable[..., None]


@pytest.mark.usefixtures("connected")
def test_a_live_fill_that_breaks_a_rule_is_told_and_counts_once(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock
) -> None:
    rules.add(session, "max_trades_per_day", {"limit": 1})
    watched = watching()
    watched.next("stream", "open")
    before = count_fills(session)
    for side in ("BUY", "SELL", "BUY"):
        clock.forward(session, seconds=5)
        fill(side, "60000")
        watched.next("fills")
    breach = watched.next("breach")
    assert (breach.rule_id, breach.told.split(": ")[0]) == (("max_trades_per_day",) * 2)
    assert breach.trade_id
    assert count_fills(session) == before + 3


@pytest.mark.usefixtures("connected")
def test_a_loss_begins_a_cooldown_that_is_counted_down_and_ends(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock
) -> None:
    rules.add(session, "cooldown_after_loss", {"minutes": 30})
    watched = watching(ticks=True)
    watched.next("stream", "open")
    clock.forward(session, hours=2)
    fill("BUY", "60000")
    watched.next("fills")
    clock.forward(session, seconds=5)
    fill("SELL", "50000")
    begun = watched.next("cooldown", "begins")
    assert begun.until == clock.moment + timedelta(minutes=30)
    assert watched.next("tick").until == begun.until
    [running] = cooldowns(session)
    assert running.until == begun.until
    clock.forward(session, minutes=31)
    assert watched.next("cooldown", "over").rule_id == "cooldown_after_loss"
    assert cooldowns(session) == ()


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("change", ["remove", "pause", "shorten"])
def test_a_cooldown_that_its_rule_asks_for_no_more_is_over(
    change: str, session: Session, watching: Watch, fill: Fill, clock: SharedClock
) -> None:
    rules.add(session, "cooldown_after_loss", {"minutes": 30})
    watched = watching(ticks=True)
    watched.next("stream", "open")
    for side, price in (("BUY", "60000"), ("SELL", "50000")):
        clock.forward(session, seconds=5)
        fill(side, price)
    watched.next("cooldown", "begins")
    clock.forward(session, minutes=2)
    if change == "remove":
        rules.remove(session, "cooldown_after_loss")
    elif change == "pause":
        rules.set_active(session, "cooldown_after_loss", active=False)
    else:
        rules.edit(session, "cooldown_after_loss", {"minutes": 1}, Terms())
    over = watched.next("cooldown", "over")
    assert over.told == "cooldown_after_loss asks for no pause any more"


@pytest.mark.usefixtures("connected")
def test_a_cooldown_ends_no_later_than_its_rule(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock
) -> None:
    ends = clock.moment + timedelta(minutes=10)
    rules.add(session, "cooldown_after_loss", {"minutes": 30}, Terms(expires_at=ends))
    watched = watching()
    watched.next("stream", "open")
    for side, price in (("BUY", "60000"), ("SELL", "50000")):
        clock.forward(session, seconds=5)
        fill(side, price)
    assert watched.next("cooldown", "begins").until == ends


@pytest.mark.usefixtures("connected")
def test_a_list_that_lags_behind_the_stream_is_read_again(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock, spoil: Spoil
) -> None:
    watched = watching()
    watched.next("stream", "open")
    spoil(lag_s=30)
    fill("BUY", "60000")
    begin = watched.turns

    def catch_up() -> None:
        if watched.turns == begin + 8:
            clock.forward(session, seconds=31)

    watched.each_turn = catch_up
    assert watched.next("fills").fills == 1


@pytest.mark.usefixtures("connected")
def test_an_account_without_a_stream_is_asked(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock, spoil: Spoil
) -> None:
    spoil(live=["refused"])
    watched = watching(every_s=0.2)
    watched.next("stream", "refused")
    clock.forward(session, seconds=5)
    fill("BUY", "60000")
    assert watched.next("fills").fills == 1


@pytest.mark.usefixtures("connected")
def test_what_was_not_scored_in_time_is_scored_when_nothing_comes(
    session: Session, watching: Watch, fill: Fill
) -> None:
    fill("BUY", "60000")
    watched = watching()
    watched.next("fills")
    assert conclusions.are_due(session.connection, session.user.id)

    def settle() -> None:
        if not conclusions.are_due(session.connection, session.user.id):
            watched.each_turn = lambda: None
            watched._until = 0.0

    watched.each_turn = settle
    watched.rest()
    assert not conclusions.are_due(session.connection, session.user.id)


@pytest.mark.usefixtures("connected")
def test_a_broker_that_lets_nobody_in_is_told_once_and_then_read_again(
    watching: Watch, fill: Fill, world: SandboxWorld
) -> None:
    keys = dict(world.keys)
    world.keys.clear()
    fill("BUY", "60000")
    watched = watching(every_s=0.2)
    assert watched.next("trouble").state == "E_AUTH"
    turn = watched.turns

    def let_in() -> None:
        if watched.turns == turn + 6:
            world.keys.update(keys)

    watched.each_turn = let_in
    watched.next("stream", "read")
    watched.next("fills")
    assert [one.kind for one in watched.seen].count("trouble") == 1


@pytest.mark.usefixtures("connected")
def test_a_broker_that_is_away_is_told_soon_and_soon_asked_again(
    watching: Watch, spoil: Spoil
) -> None:
    """A command would ask for a quarter of a minute, and others would wait for their warnings."""
    spoil(chance={"unavailable": 1.0}, path="fills")
    watched = watching(every_s=600.0)
    began = monotonic()
    assert watched.next("trouble").state == "E_TRY_LATER"
    assert monotonic() - began < SOON_S
    spoil()
    watched.next("stream", "read")
    assert monotonic() - began < 2 * SOON_S


@pytest.mark.usefixtures("connected")
def test_a_broker_that_comes_back_without_news_is_told(watching: Watch, spoil: Spoil) -> None:
    spoil(live=["refused"])
    watched = watching(every_s=0.2)
    watched.next("stream", "refused")
    spoil(live=["refused"], chance={"unavailable": 1.0}, path="fills")
    assert watched.next("trouble").state == "E_TRY_LATER"
    spoil(live=["refused"])
    assert watched.next("stream", "read").told == "it is read again"


@pytest.mark.usefixtures("connected")
def test_a_broker_is_not_asked_before_the_time_that_it_asked_for(
    watching: Watch, spoil: Spoil
) -> None:
    busy = {"too_many_requests_retry_after": 1.0}
    spoil(chance=busy, path="fills", retry_after_s=7, live=["refused"])
    watched = watching(every_s=0.5)
    watched.next("trouble")
    began = monotonic()
    spoil(live=["refused"])
    watched.next("stream", "read")
    assert monotonic() - began > 5


@pytest.mark.usefixtures("connected")
def test_fills_that_were_named_and_not_read_are_read_later(
    watching: Watch, spoil: Spoil, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(live=["refused"])
    watched = watching(every_s=0.2)
    watched.next("stream", "refused")
    troubles = [TryLater(broker="sandbox", reason="it broke off")]

    def once_in_vain(session: Session, name: str, request: SyncRequest) -> Run:
        if troubles:
            raise troubles.pop()
        return sync(session, name, request)

    monkeypatch.setattr(watch, "sync", once_in_vain)
    fill("BUY", "60000")
    watched.next("trouble")
    assert watched.next("fills").fills == 1


@pytest.mark.usefixtures("connected")
def test_what_was_done_before_the_promise_warns_nobody(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock
) -> None:
    """Two trades; then one a day is promised, a note is added, and a third follows."""
    watched = watching()
    watched.next("stream", "open")
    for side in ("BUY", "SELL", "BUY", "SELL"):
        clock.forward(session, seconds=5)
        fill(side, "60000")
        watched.next("fills")
    clock.forward(session, seconds=5)
    rules.add(session, "max_trades_per_day", {"limit": 1})
    assert watched.next("earlier").told == "max_trades_per_day: 1 earlier breach"
    clock.forward(session, seconds=5)
    fill("BUY", "60000")
    watched.next("breach")
    rules.edit(session, "max_trades_per_day", {}, Terms(note="One is enough."))
    assert len(guard_state(session).lines) == 1


@pytest.mark.usefixtures("connected")
def test_a_key_that_cannot_be_opened_is_told_and_stops_no_other(
    session: Session, watching: Watch, sandbox: SandboxServer, world: SandboxWorld
) -> None:
    accounts.connect(session, "coinbase", issue_key(world), "other", sandbox.url)
    session.connection.execute(
        "update sealed_secret set sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1)"
        " where owner = (select 'account:' || id from account where name = 'other')"
    )
    watched = watching(every_s=0.2)
    trouble = watched.next("trouble")
    assert (trouble.account, trouble.state) == ("other", "E_SEAL")
    opened = [one for one in watched.seen if one.kind == "stream"] or [watched.next("stream")]
    assert (opened[0].account, opened[0].state) == ("sandbox", "open")


@pytest.mark.usefixtures("connected")
def test_an_account_that_is_disconnected_is_followed_no_longer(
    session: Session, watching: Watch
) -> None:
    """Its stream ends, and with the last account the watch does."""
    watched = watching(every_s=0.2)
    watched.next("stream", "open")
    streams = [one for one in threading.enumerate() if one.name == "stream of sandbox"]
    leave.disconnect(session, "sandbox")
    assert watched.next("account", "gone").account == "sandbox"
    assert [one.kind for one in watched.seen].count("trouble") == 0
    with pytest.raises(NotFound):
        watched.rest()
    assert [one.is_alive() for one in streams] == [False]


@pytest.mark.usefixtures("connected")
def test_once_reads_each_account_and_ends(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock
) -> None:
    rules.add(session, "max_trades_per_day", {"limit": 1})
    for side in ("BUY", "SELL", "BUY"):
        fill(side, "60000")
        clock.forward(session, seconds=1)
    told = watching(once=True).rest()
    assert [one.kind for one in told] == ["account", "fills", "breach"]


@pytest.mark.usefixtures("connected")
def test_breaches_of_earlier_days_are_counted_and_warn_nobody(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock
) -> None:
    rules.add(session, "max_trades_per_day", {"limit": 1})
    for side in ("BUY", "SELL", "BUY"):
        fill(side, "60000")
        clock.forward(session, seconds=1)
    clock.forward(session, days=2)
    told = watching(once=True).rest()
    assert [one.kind for one in told] == ["account", "fills", "earlier"]
    assert told[-1].told == "max_trades_per_day: 1 earlier breach"


@pytest.mark.usefixtures("connected")
def test_an_account_that_is_not_connected_is_refused(watching: Watch) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        watching(accounts=("nowhere",)).rest()


def test_a_warning_goes_by_a_channel_outside_of_its_quiet_hours(session: Session) -> None:
    notice = WatchNotice("breach", session.clock(), "broken", rule_id="r", commitments=("walk",))
    with hook_server() as hook:
        for name, quiet in (("loud", "none"), ("asleep", "11:00-13:00")):
            secret = Secret(f"{hook.url}/topic")
            channels.add(session, ChannelRequest(name, "ntfy", secret, quiet=quiet))
        loud, asleep = warning_channels(session, ("loud", "asleep"))
        assert loud.send(notice) == ""
    assert [one.is_quiet(session.clock()) for one in (loud, asleep)] == [False, True]
    [message] = hook.posts
    assert message.body == b'broken\nYou signed: "walk"'


@pytest.mark.usefixtures("connected")
def test_reads_in_vain_leave_one_run_and_each_that_brings_fills_its_own(
    session: Session, watching: Watch, fill: Fill, clock: SharedClock, spoil: Spoil
) -> None:
    watched = watching()
    watched.next("stream", "open")

    def catch_up() -> None:
        if any(not one.new and not one.other and one.state == "done" for one in every_run()):
            clock.forward(session, seconds=31)

    def every_run() -> list[Run]:
        return runs.runs(session.connection, session.user.id)

    for price in ("60000", "61000"):
        spoil(lag_s=30)
        clock.forward(session, seconds=5)
        fill("BUY", price)
        watched.each_turn = catch_up
        assert watched.next("fills").fills == 1
        watched.each_turn = lambda: None
        spoil()
    found = [(bool(one.other), one.new, one.attempt > 1) for one in every_run()]
    assert sorted(found) == [(False, 1, True), (False, 1, True), (True, 0, False)]
