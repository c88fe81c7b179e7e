"""Leaving a broker: the credential is ended where the broker can, and always forgotten here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api import accounts as accounts_api
from coach.engine.api import sight
from coach.engine.api.broker.account_broker import open_account_broker
from coach.engine.api.broker.sync import connected_account
from coach.engine.store import accounts
from coach.engine.store.imports import connections
from coach.engine.store.vault import sealed_secrets
from coach.errors import CoachError, Invalid
from coach.model.bookkeeping.import_events import AccountChanged
from coach.model.machine.audit import AuditEntry

if TYPE_CHECKING:
    from coach.brokers.adapter import Revocation
    from coach.engine.api.accounts import AccountSummary
    from coach.engine.api.session import Session
    from coach.engine.store.accounts import BrokerConnection
    from coach.model.events import Json

MOST_HOURS = 168


@dataclass(frozen=True, slots=True)
class Leaving:
    """What became of a connection: the account, and what is left to do at the broker.

    `revoked` says whether the broker ended the credential; `trouble` why that could not be tried.
    """

    account: str
    broker: str
    revoked: bool
    how_to_check: str
    trouble: str = ""


def disconnect(session: Session, name: str) -> Leaving:
    """End an account's connection: its key is wiped here, whatever the broker says.

    Fills and imports stay. NotFound where the account is not connected.
    """
    from coach.engine.imports.connect import forget_key

    found = connected_account(session, name)
    with connections.sync_turn(session.connection, found.account_id, found.account):
        ended, trouble = _revoke(session, found)
        with sight.change(session) as events:
            user_id = session.user.id
            owner = sealed_secrets.account_owner(found.account_id)
            sealed_secrets.remove(session.connection, user_id, owner)
            accounts.disconnect(session.connection, user_id, found.account_id)
            events.append(AccountChanged(account=name, what="disconnected"))
            details: dict[str, Json] = {
                "broker": found.broker,
                "key": found.key_name,
                "revoked": ended.revoked,
            }
            sight.audit(session, AuditEntry("account.disconnected", name, details))
        forget_key(found)
    return Leaving(name, found.broker, ended.revoked, ended.how_to_check, trouble)


def set_sync_hours(session: Session, name: str, hours: int) -> AccountSummary:
    """Say how often a connected account is read by itself; 0 never."""
    if not 0 <= hours <= MOST_HOURS:
        raise Invalid("sync_hours", f"not {hours}", f"0 to {MOST_HOURS} hours")
    found = connected_account(session, name)
    before = accounts_api.summary(session, name)
    with sight.change(session) as events:
        accounts.set_sync_hours(session.connection, session.user.id, found.account_id, hours)
        after = accounts_api.summary(session, name)
        if after != before:
            events.append(AccountChanged(account=name, what="sync_hours"))
    return after


def _revoke(session: Session, found: BrokerConnection) -> tuple[Revocation, str]:
    """Ask the broker to end the credential; return what it did, and why it could not be asked."""
    from coach.brokers.adapter import Revocation

    try:
        with open_account_broker(session, found) as opened:
            return opened.revoke(), ""
    except CoachError as trouble:
        check = f"delete the key {found.key_name} at {found.broker} yourself"
        if found.permissions.get("credential") == "oauth":
            check = f"end what you allowed coach in the settings of {found.broker} yourself"
        return Revocation(revoked=False, how_to_check=check), str(trouble)
