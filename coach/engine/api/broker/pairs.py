"""Which pairs a connection reads, where the broker has to be told, and which it might."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api.broker.account_broker import open_account_broker
from coach.engine.store.imports import connections, fetched
from coach.errors import Conflict, NotTaken
from coach.model.bookkeeping.import_events import AccountChanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.session import Session
    from coach.engine.store.accounts import BrokerConnection


@dataclass(frozen=True, slots=True)
class ReadPair:
    """A pair of an account: whether it is read, and why it is suggested, empty where it is not."""

    pair: str
    chosen: bool
    reason: str


def pairs(session: Session, account: str | None) -> list[ReadPair]:
    """Return the pairs that an account reads, then those that balances and statements suggest.

    NotTaken for a broker that tells all trades at once.
    """
    from coach.engine.imports.pairs import suggest_pairs

    found = _paired_account(session, account)
    traded = connections.traded_symbols(session.connection, session.user.id, found.broker)
    with open_account_broker(session, found) as opened:
        suggested = {one.pair: one.reason for one in suggest_pairs(opened, traded)}
    read = [ReadPair(one, chosen=True, reason="") for one in found.pairs]
    symbols = {one.rpartition(":")[2] for one in found.pairs}
    return read + [
        ReadPair(pair, chosen=False, reason=reason)
        for pair, reason in suggested.items()
        if pair not in symbols
    ]


def change_pairs(
    session: Session, account: str | None, add: Sequence[str], remove: Sequence[str]
) -> list[ReadPair]:
    """Read other pairs from now on; a new one is read from its first trade by the next sync.

    Trades of a pair that is not read any more stay. UsageError for what cannot be read, or for the
    last one.
    """
    from coach.brokers.registry import adapter_of
    from coach.engine.api import sight
    from coach.engine.api.broker.sync import connected_account
    from coach.engine.imports.pairs import read_from_the_first, refuse_unlisted

    found = _paired_account(session, account)
    adapter = adapter_of(found.broker)
    new = adapter.check_pairs(add) if add else ()
    gone = set(adapter.check_pairs(remove)) if remove else set()
    strangers = sorted(gone - set(found.pairs))
    if strangers:
        raise Conflict(("pair", strangers[0]), f"{found.account} does not read {strangers[0]}")
    adapter.check_pairs([one for one in (*found.pairs, *new) if one not in gone])
    if new:
        with open_account_broker(session, found) as opened:
            refuse_unlisted(opened, new)
    connection, user_id = session.connection, session.user.id
    with (
        connections.sync_turn(connection, found.account_id, found.account),
        sight.change(session) as events,
    ):
        before = set(connected_account(session, found.account).pairs)
        kept = adapter.check_pairs([*((before | set(new)) - gone)])
        connections.set_pairs(connection, user_id, found.account_id, kept)
        fetched.forget(connection, user_id, found.account_id)
        read_from_the_first(connection, user_id, found.account_id, set(kept) - before)
        if set(kept) != before:
            events.append(AccountChanged(account=found.account, what="pairs"))
    return [ReadPair(one, chosen=True, reason="") for one in kept]


def _paired_account(session: Session, account: str | None) -> BrokerConnection:
    """Return the connection of an account whose broker has to be told its pairs."""
    from coach.brokers.registry import adapter_of
    from coach.engine.api.broker.sync import connected_account
    from coach.engine.api.people import features

    found = connected_account(session, account)
    adapter = adapter_of(found.broker)
    features.require(session, adapter.feature)
    if not adapter.needs_pairs:
        raise NotTaken(f"an account at {found.broker}", "pair")
    return found
