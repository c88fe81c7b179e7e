"""Keys that are no broker's: of vendors of candles, a bucket, a model. Sealed by name for a user.

All users keep their candles in one bucket, so its key counts for all, whoever sealed it. Keys count
where no variable hands one over. A bucket's key is its id, its secret and perhaps a session token,
each on a line of its own.
"""

from collections.abc import Callable, Iterable, Iterator

from coach.engine.audit.record import record
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret, seal_secret
from coach.engine.store import users
from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import sealed_secrets
from coach.engine.store.vault.sealed_secrets import SecretPlace
from coach.errors import KekUnavailable, SealBroken
from coach.model.accounts import UserId
from coach.model.machine.audit import AuditEntry
from coach.model.machine.keys import BUCKET, SecretOwner
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import MODEL_KEY

KEY = "key"


def place_of(user_id: UserId, name: str) -> SecretPlace:
    """Return where the key of a vendor, of the bucket or of the model is sealed."""
    owner = name if name in {BUCKET, MODEL_KEY} else f"vendor:{name}"
    return SecretPlace(user_id, SecretOwner(owner), KEY, name)


def seal_named(
    keyring: Keyring, connection: CoachConnection, user_id: UserId, name: str, secret: Secret
) -> bool:
    """Seal a key in place of an older one, and return whether it reads back as it was."""
    place = place_of(user_id, name)
    with connection.transaction():
        seal_secret(keyring, connection, place, secret)
        entry = AuditEntry("key.sealed", place.owner, {"from": "its owner"})
        record(connection, user_id, [entry], keyring.clock())
    return open_secret(keyring, connection, place).reveal() == secret.reveal()


def open_named(keyring: Keyring, connection: CoachConnection, user_id: UserId, name: str) -> Secret:
    """Return a key, empty where none is sealed; SealBroken and KekUnavailable as ever."""
    place = place_of(user_id, name)
    if sealed_secrets.find(connection, place) is None:
        return Secret("")
    return open_secret(keyring, connection, place)


def open_several(
    keyring: Keyring,
    connection: CoachConnection,
    user: str,
    names: Iterable[str],
    warn: Callable[[str], None],
) -> dict[str, Secret]:
    """Return the sealed keys among these, as they count for a user.

    A bucket is the installation's: where the user has no key of it, somebody else's counts. `warn`
    hears of those that do not open.
    """
    found = users.find(connection, user)
    own = None if found is None else found.id
    opened: dict[str, Secret] = {}
    for name in names:
        for place in _sealed_places(connection, own, name):
            try:
                opened[name] = open_secret(keyring, connection, place)
            except (KekUnavailable, SealBroken) as trouble:
                warn(str(trouble))
                continue
            break
    return opened


def _sealed_places(
    connection: CoachConnection, own: UserId | None, name: str
) -> Iterator[SecretPlace]:
    """Yield where a key of this name may be sealed, the user's own first."""
    mine = None if own is None else place_of(own, name)
    if mine is not None and sealed_secrets.find(connection, mine) is not None:
        yield mine
    if name == BUCKET:
        for user_id in sealed_secrets.users_with(connection, SecretOwner(BUCKET), KEY):
            if user_id != own:
                yield place_of(user_id, name)


def bucket_keys(key: Secret | None) -> tuple[str, str, str] | None:
    """Return the id, the secret and the token of a bucket's key; None where there is none."""
    if not key:
        return None
    lines = [*key.reveal().split("\n"), "", "", ""]
    return lines[0].strip(), lines[1].strip(), lines[2].strip()
