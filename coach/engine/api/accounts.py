"""Accounts: what coach reads from, and what it may read there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.session import Session
from coach.engine.promises.pending_settings import holding
from coach.engine.store import accounts as store
from coach.engine.store import fills
from coach.engine.store.accounts import AccountSummary
from coach.engine.store.imports import connections, fetched
from coach.engine.store.promises import pending_settings, plans
from coach.engine.store.vault import sealed_secrets
from coach.errors import (
    AuthenticationFailed,
    Conflict,
    KeyCanDoTooMuch,
    NotFound,
    Refused,
)
from coach.model.accounts import check_account_name
from coach.model.bookkeeping.import_events import AccountChanged
from coach.model.machine.audit import AuditEntry, AuditKind

if TYPE_CHECKING:
    from coach.engine.imports.connect import CheckedKey
    from coach.model.events import Json

__all__ = [
    "AccountSummary",
    "connect",
    "keep_connection",
    "overview",
    "remove",
    "set_shorts",
    "summary",
]


def overview(session: Session) -> list[AccountSummary]:
    """Return every account with its fills, reach and last import."""
    from coach.engine.periodic.orders import next_sync

    now = session.clock()
    connected = {one.account: one for one in store.connected(session.connection, session.user.id)}
    return [
        replace(one, next_sync=next_sync(connected[one.name], now))
        if one.name in connected and session.sync_auto
        else one
        for one in store.summaries(session.connection, session.user.id)
    ]


def summary(session: Session, name: str) -> AccountSummary:
    """Return one account."""
    for found in overview(session):
        if found.name == name:
            return found
    raise NotFound(kind="account", name=name)


def connect(
    session: Session,
    broker: str,
    key_text: str,
    account: str = "",
    base_url: str = "",
    pairs: Sequence[str] = (),
) -> AccountSummary:
    """Connect an account to a broker by a view-only key; a key that can do more is refused.

    The account has the broker's name and the address is the broker's own, unless they are given.
    `pairs` are those to read, where the broker has to be told. Refused for a broker whose feature
    is off, or the user not invited to.
    """
    account = account or broker
    check_account_name(account)
    with refusals_audited(session, account):
        checked = _checked(session, broker, key_text, base_url, pairs)
    return keep_connection(session, checked, account, base_url)


def keep_connection(
    session: Session, checked: "CheckedKey", account: str, base_url: str
) -> AccountSummary:
    """Connect an account by a key, or a grant, that was checked; a former one is replaced."""
    from coach.engine.imports.connect import connection_of, forget_key, seal_key
    from coach.engine.imports.pairs import read_from_the_first

    connection, user_id, broker = session.connection, session.user.id, checked.broker
    with sight.change(session) as events:
        kept = store.ensure_account(connection, user_id, account, broker, shorts=False)
        former = [one for one in store.connected(connection, user_id) if one.account == account]
        made = connection_of(checked, base_url, kept)
        store.connect_broker(connection, user_id, made)
        fetched.forget(connection, user_id, kept.id)
        before = {pair for one in former for pair in one.pairs}
        read_from_the_first(connection, user_id, kept.id, set(made.pairs) - before)
        events.append(AccountChanged(account=account, what="connected"))
        seal_key(sight.keyring(session), connection, user_id, made, checked.secret)
        details: dict[str, Json] = {"broker": made.broker, "key": made.key_name}
        sight.audit(session, AuditEntry("account.connected", account, details))
    for one in former:
        forget_key(one)
    return summary(session, account)


def _checked(
    session: Session, broker: str, key_text: str, base_url: str, pairs: Sequence[str]
) -> "CheckedKey":
    """Return the key as the broker confirms it, for a user who may read that broker."""
    from coach.brokers.registry import adapter_of
    from coach.engine.api.people import features
    from coach.engine.imports.connect import KeyRequest, check_key
    from coach.engine.imports.sync.budget import budget_of

    adapter = adapter_of(broker)
    features.require(session, adapter.feature)
    pairs = pairs and adapter.check_pairs(pairs)
    traded: Sequence[str] = ()
    if adapter.needs_pairs:
        traded = connections.traded_symbols(session.connection, session.user.id, broker)
    request = KeyRequest(broker, key_text, base_url, pairs, traded)
    address = base_url or adapter.base_url
    with budget_of(session.hot, broker, address, session.clock) as budget:
        return check_key(request, session.clock, budget)


@contextmanager
def refusals_audited(
    session: Session, account: str, failing: AuditKind = "key.refused"
) -> Iterator[None]:
    """Audit a key that can do too much, and under `failing` one that the broker does not accept."""
    try:
        yield
    except KeyCanDoTooMuch as trouble:
        entry = AuditEntry("key.refused", account, {"powers": str(trouble.facts["powers"])})
        with session.connection.transaction():
            sight.audit(session, entry)
        raise
    except AuthenticationFailed:
        entry = AuditEntry(failing, account, {"reason": "the broker does not let coach in"})
        with session.connection.transaction():
            sight.audit(session, entry)
        raise


def remove(session: Session, name: str) -> AccountSummary:
    """Remove an account whose imports were all taken back, with its connection and key.

    Raises NotFound, or Refused while the account holds fills.
    """
    from coach.engine.imports.connect import forget_key

    connection, user_id = session.connection, session.user.id
    with sight.import_turn(session), sight.change(session) as events:
        found, account = summary(session, name), store.account_named(connection, user_id, name)
        assert account is not None
        if fills.any_in(connection, user_id, account.id):
            raise Refused(
                remedy="undo_imports",
                what=f"account {name!r} holds {found.fills} fills",
            )
        keys = [one for one in store.connected(connection, user_id) if one.account == name]
        money = plans.equity(connection, user_id)
        sealed_secrets.remove(connection, user_id, sealed_secrets.account_owner(account.id))
        store.remove(connection, user_id, account.id)
        pending_settings.forget(connection, user_id, "equity", name)
        if money is not None and plans.equity(connection, user_id) is None:
            _refuse_while_locked(session, name)
        events.append(AccountChanged(account=name, what="removed"))
        revoked: dict[str, Json] = {"key": [one.key_name for one in keys]}
        sight.audit(session, AuditEntry("account.removed", name, revoked))
    for one in keys:
        forget_key(one)
    return found


def _refuse_while_locked(session: Session, name: str) -> None:
    """Raise Conflict where a locked rule is measured against the money of that account alone."""
    for rule in holding(session.connection, session.user.id, "equity"):
        what = f"rule {rule.id} is locked and measured against what {name!r} began with"
        raise Conflict(("account", name), what, hint="take its lock off first")


def set_shorts(session: Session, name: str, allowed: bool) -> AccountSummary:
    """Declare whether a sell from flat opens a short, and read the account's books anew."""
    from coach.engine.imports.shorts import declare_anew

    connection, user = session.connection, session.user
    with sight.import_turn(session), sight.change(session) as events:
        before = summary(session, name)
        account = store.account_named(connection, user.id, name)
        assert account is not None
        if (before.shorts, before.shorts_origin) != (allowed, "declared"):
            events.append(AccountChanged(account=name, what="shorts"))
        events.extend(
            declare_anew(connection, user, account, allowed, sight.analysis_inputs(session))
        )
    return summary(session, name)
