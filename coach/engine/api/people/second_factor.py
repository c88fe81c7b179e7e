"""Time-based codes (TOTP, RFC 6238) as a second factor, and recovery codes for when it is lost.

The secret is sealed by the vault. A code counts once: its time step, and all before it, are used up
with it. Of recovery codes only hashes are kept, and each is forgotten when it is used.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from secrets import choice
from typing import TYPE_CHECKING

from coach.engine.api.people.credentials import hashed
from coach.engine.keyring.secrets import open_secret, seal_secret
from coach.engine.store.people import second_factors
from coach.engine.store.vault import sealed_secrets
from coach.engine.store.vault.sealed_secrets import SecretPlace
from coach.errors import Conflict, NotFound, Refused
from coach.model.accounts import UserId
from coach.model.machine.audit import AuditEntry
from coach.model.machine.keys import SecretOwner
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace
    from coach.model.people.access import SignInMethod

OWNER = SecretOwner("sign-in")
FIELD = "totp"
ISSUER = "coach"
STEP_S = 30
DRIFT = 1
"""Steps by which the clock of a device may be off, either way."""
CODES = 10
GROUPS, LETTERS = 4, 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is mistaken for something else when it is written down."""
SIX_DIGITS = re.compile(r"\d{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TotpEnrolment:
    """The secret of a new second factor as it is typed, and as a device scans it."""

    secret: Secret
    uri: Secret


def begin(place: "SignInPlace", user_id: UserId, name: str) -> TotpEnrolment:
    """Seal a new secret, which does not count before a code by it confirms it.

    Conflict where a second factor is there already.
    """
    import pyotp

    secret = pyotp.random_base32()
    with place.change(user_id):
        if not second_factors.begin(place.connection, user_id):
            what = "there is a second factor already"
            raise Conflict(("second factor", name), what, hint="remove it first")
        seal_secret(place.keyring(), place.connection, place_of(user_id), Secret(secret))
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    return TotpEnrolment(Secret(secret), Secret(uri))


def confirm(place: "SignInPlace", user_id: UserId, code: str) -> list[Secret]:
    """Ask for the second factor from now on, and return its recovery codes.

    Refused for a wrong code; NotFound where none was begun.
    """
    if not second_factors.is_there(place.connection, user_id, confirmed=False):
        raise NotFound(kind="second factor", name="that waits for its first code")
    if not _takes_code(place, user_id, code):
        raise Refused("see that the clock of the device is right", what="this code is wrong")
    with place.change(user_id) as audited:
        second_factors.confirm(place.connection, user_id, place.clock())
        audited.append(AuditEntry("second_factor.added", "totp"))
        return _new_codes(place, user_id)


def make_new_codes(place: "SignInPlace", user_id: UserId) -> list[Secret]:
    """Return new recovery codes; the former count no more. NotFound without a second factor."""
    if not is_asked_of(place, user_id):
        raise NotFound(kind="second factor", name="of this user")
    with place.change(user_id) as audited:
        audited.append(AuditEntry("recovery_codes.made", "totp", {"count": CODES}))
        return _new_codes(place, user_id)


def remove(place: "SignInPlace", user_id: UserId) -> bool:
    """Ask for no second factor any more; False where none was asked for."""
    with place.change(user_id) as audited:
        sealed_secrets.remove(place.connection, user_id, OWNER)
        removed = second_factors.remove(place.connection, user_id)
        if removed:
            audited.append(AuditEntry("second_factor.removed", "totp"))
    return removed


def is_asked_of(place: "SignInPlace", user_id: UserId) -> bool:
    """Say whether a user signs in with a second factor."""
    return second_factors.is_there(place.connection, user_id)


def check(place: "SignInPlace", user_id: UserId, code: str) -> "SignInMethod | None":
    """Use up a code of the device, or a recovery code; None for one that does not count."""
    plain = re.sub(r"[\s-]", "", code).lower()
    if _takes_code(place, user_id, plain):
        return "password+totp"
    if second_factors.take_code(place.connection, user_id, hashed(Secret(plain))):
        return "password+recovery"
    return None


def place_of(user_id: UserId) -> SecretPlace:
    """Return where the secret of a second factor is sealed."""
    return SecretPlace(user_id, OWNER, FIELD, ISSUER)


def _takes_code(place: "SignInPlace", user_id: UserId, code: str) -> bool:
    plain = code.replace(" ", "")
    if not SIX_DIGITS.fullmatch(plain):
        return False
    secret = open_secret(place.keyring(), place.connection, place_of(user_id))
    return any(
        second_factors.take_step(place.connection, user_id, step)
        for step in _steps_of(secret, plain, place.clock())
    )


def _steps_of(secret: Secret, code: str, now: datetime) -> Iterator[int]:
    """Yield the time steps around now that a code is of."""
    import pyotp

    totp, here = pyotp.TOTP(secret.reveal()), int(now.timestamp()) // STEP_S
    for step in range(here - DRIFT, here + DRIFT + 1):
        if compare_digest(totp.at(step * STEP_S), code):
            yield step


def _new_codes(place: "SignInPlace", user_id: UserId) -> list[Secret]:
    plain = ["".join(choice(ALPHABET) for _ in range(GROUPS * LETTERS)) for _ in range(CODES)]
    second_factors.replace_codes(place.connection, user_id, (hashed(Secret(one)) for one in plain))
    return [Secret(_in_groups(one)) for one in plain]


def _in_groups(code: str) -> str:
    return "-".join(code[at : at + LETTERS] for at in range(0, len(code), LETTERS))
