"""What the doctor says of keys: which are sealed, which do not open, and which would be lost."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from coach.engine.api.keys.check import Check
from coach.engine.store import accounts
from coach.engine.store.vault import deks, sealed_secrets
from coach.errors import AuthenticationFailed, CoachError
from coach.model.accounts import key_powers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.session import Session
    from coach.engine.store.accounts import BrokerConnection
    from coach.engine.store.vault.sealed_secrets import SealedSecret

OTHERS = 0o077


def key_checks(session: Session) -> Iterator[Check]:
    """Yield the checks of the key of keys, then those of every account's key."""
    connection, user_id = session.connection, session.user.id
    stored = sealed_secrets.every(connection, user_id)
    yield from _key_of_keys(session, stored)
    for connected in accounts.connected(connection, user_id):
        owner = sealed_secrets.account_owner(connected.account_id)
        kept = next((one for one in stored if one.owner == owner), None)
        yield _account_key(connected, kept)
    for one in stored:
        if one.state == "unreadable" and not one.owner.startswith("account:"):
            yield Check(f"key of {one.owner}", "error", UNREADABLE, remedy="replace_secret")


END_GRANT = "end at the broker what you allowed coach, and allow it to read once more"
UNREADABLE = (
    "its sealed copy does not open, so nothing is read with it: a row was changed or moved, or the"
    " database was restored without its key of keys"
)


def _key_of_keys(session: Session, stored: list[SealedSecret]) -> Iterator[Check]:
    """Open the key of keys where anything was sealed, and one data key by it."""
    connection = session.connection
    waiting = bool(accounts.key_files(connection))
    if session.keyring is None or not (stored or waiting):
        return
    keyring = session.keyring()
    try:
        kek = keyring.kek(connection)
        for dek_id in sorted({one.dek_id for one in stored}):
            keyring.key_named(connection, session.user.id, dek_id)
    except CoachError as trouble:
        yield Check("key of keys", "error", str(trouble), trouble.hint, trouble.remedy)
        return
    if kek.current in deks.unrecoverable(connection):
        detail = (
            f"kept by {kek.provider}, and no recovery file was written: if it is lost, every sealed"
            " key is lost with it"
        )
        yield Check("key of keys", "warning", detail, remedy="export_recovery")
    else:
        yield Check("key of keys", "ok", f"kept by {kek.provider}")


def _account_key(connected: BrokerConnection, kept: SealedSecret | None) -> Check:
    name = f"key of {connected.account}"
    is_grant = connected.permissions.get("credential") == "oauth"
    if powers := key_powers(connected.permissions):
        return Check(
            name,
            "error",
            f"it can {' and '.join(powers)}, so nothing is read with it",
            END_GRANT
            if is_grant
            else "make a new key with nothing but View ticked, delete this one, and connect again",
        )
    if connected.key_file:
        return _unsealed(name, Path(connected.key_file))
    if kept is None or kept.state == "unreadable":
        return Check(name, "error", UNREADABLE, remedy="replace_secret")
    if kept.revoke_due:
        detail = "sealed anew after an incident, but whoever had the old key of coach may know it"
        hint = "delete it at the broker, make a new one with nothing but View, and connect again"
        return Check(name, "warning", detail, END_GRANT if is_grant else hint)
    if connected.trouble_code == AuthenticationFailed.code:
        detail = f"{connected.broker} does not let coach in with it, so nothing is read"
        return Check(name, "warning", detail, "connect the account again")
    return Check(name, "ok", "view-only, sealed")


def _unsealed(name: str, file: Path) -> Check:
    if not file.exists():
        return Check(name, "error", f"{file} is gone", "connect the account again")
    if stat.S_IMODE(file.stat().st_mode) & OTHERS:
        return Check(name, "error", f"{file} can be read by others", f"chmod 600 '{file}'")
    detail = f"view-only, but unsealed in {file}: the key of keys could not be had yet"
    return Check(name, "warning", detail, "see the line of the key of keys")
